"""A stack's first hour: preview, up, nothing to do, a push that rolls out, and still nothing to do."""

from __future__ import annotations

from importlib import metadata

from local.seed import push, seed_pair
from tests.engine.stage import PAIR, Stage

BASE = "ecr-batch-updater-dev-ocr"
MADE = {
    *("ecr-batch-updater-dev", "default_" + metadata.version("pulumi-aws").replace(".", "_"), "ocr"),
    *("ocr-rule", "ocr-target", "ocr-permission"),
    *("ocr-function", "ocr-invoke-config", "ocr-role", "ocr-policy", "ocr-logs"),
    *("ocr-dlq", "ocr-dlq-policy"),
    *("ocr-errors", "ocr-failures-queued", "ocr-events-dropped"),
    *("ocr-undelivered-failures", "ocr-undelivered-events"),
    "ocr-dashboard",
}
# What has to stand before what.
ORDER = (
    ("ocr-logs", "ocr-function"),
    ("ocr-policy", "ocr-function"),
    ("ocr-policy", "ocr-invoke-config"),
    ("ocr-permission", "ocr-target"),
    ("ocr-dlq-policy", "ocr-target"),
)


def test_a_first_up_makes_what_its_preview_said_and_a_push_rolls_out(stage: Stage) -> None:
    cloud, project = stage.cloud, stage.project
    seed_pair(cloud, repository="backend", job_definitions=["ocr-job"], roles=[])
    stage.init({"ocr": PAIR})

    preview = project.preview()
    assert preview.changes() == dict.fromkeys(MADE, "create")
    assert cloud.client("lambda").list_functions()["Functions"] == []
    ran = project.up("--skip-preview")
    assert ran.changes() == preview.changes()
    done = [name for _, name in ran.done()]
    assert [pair for pair in ORDER if done.index(pair[0]) > done.index(pair[1])] == []

    here = f"{cloud.region}:{cloud.account}"
    role = stage.outputs()["pairs"]["ocr"].pop("roleName")
    expected = {
        "functionArn": f"arn:aws:lambda:{here}:function:{BASE}",
        "ruleArn": f"arn:aws:events:{here}:rule/{BASE}",
        "roleName": role,
        "policyName": BASE,
        "logGroup": f"/aws/lambda/{BASE}",
        "queueUrl": cloud.client("sqs").get_queue_url(QueueName=f"{BASE}-dlq")["QueueUrl"],
        "dashboardName": BASE,
        "dashboardUrl": f"https://{cloud.region}.console.aws.amazon.com/cloudwatch/home?region={cloud.region}"
        f"#dashboards/dashboard/{BASE}",
    }
    assert stage.outputs() == {"pairs": {"ocr": expected}}
    function = cloud.client("lambda").get_function_configuration(FunctionName=BASE)
    assert function["Role"] == cloud.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    assert project.preview("--expect-no-changes").changes() == {}

    digest = push(cloud, "backend", "second")
    cloud.settle()
    found = cloud.client("batch").describe_job_definitions(jobDefinitionName="ocr-job")["jobDefinitions"]
    images = {each["revision"]: each["containerProperties"]["image"] for each in found}
    registry = f"{cloud.account}.dkr.ecr.{cloud.region}.amazonaws.com"
    assert images == {1: f"{registry}/backend:first", 2: f"{registry}/backend@{digest}"}
    queue = cloud.client("sqs").get_queue_attributes(
        QueueUrl=expected["queueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert queue["Attributes"]["ApproximateNumberOfMessages"] == "0"
    project.preview("--refresh", "--expect-no-changes")
