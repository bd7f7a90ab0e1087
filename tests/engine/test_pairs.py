"""Pairs that come, go, hand over a job definition and get another name, alone or with their project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.cloud import Cloud
from local.seed import push, seed_pair
from tests.engine.stage import Stage
from tests.support.engine import Ran

SHARED = {"repository": "backend"}
OCR = {**SHARED, "jobDefinitions": ["ocr-job"]}
TEXT = {**SHARED, "jobDefinitions": ["text-job"], "imageTag": "stable"}
# The component itself, and what is in it.
PARTS = 16 + 1


def touched(ran: Ran) -> dict[str, set[str]]:
    """What was done, with the pairs that it was done to."""
    found: dict[str, set[str]] = {}
    for name, step in ran.changes().items():
        found.setdefault(step, set()).add(name.partition("-")[0])
    return found


def names(cloud: Cloud) -> list[str]:
    """The names of what the stack has in AWS, whatever it is."""
    client = cloud.client
    queues = client("sqs").list_queues().get("QueueUrls", [])
    roles = [each["RoleName"] for each in client("iam").list_roles()["Roles"]]
    return sorted(
        [
            *(each["FunctionName"] for each in client("lambda").list_functions()["Functions"]),
            *(each["Name"] for each in client("events").list_rules()["Rules"]),
            *(each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]),
            *(each["AlarmName"] for each in client("cloudwatch").describe_alarms()["MetricAlarms"]),
            *(each["DashboardName"] for each in client("cloudwatch").list_dashboards()["DashboardEntries"]),
            *(queue.rpartition("/")[2] for queue in queues),
            *(role.rpartition("-")[0] for role in roles if "-role-" in role),
        ]
    )


def image(cloud: Cloud, job_definition: str) -> tuple[int, str]:
    """The newest revision's number, and what its image is called in the repository."""
    found = cloud.client("batch").describe_job_definitions(jobDefinitionName=job_definition)
    newest = max(found["jobDefinitions"], key=lambda each: int(each["revision"]))
    _, _, name = newest["containerProperties"]["image"].partition("/")
    return newest["revision"], name


def seeded(stage: Stage, **pairs: Any) -> None:
    """A stack of these pairs, with the repository and the job definitions."""
    seed_pair(stage.cloud, repository="backend", job_definitions=["ocr-job", "text-job"], roles=[])
    stage.init(pairs)
    stage.project.up("--skip-preview")


def rewrite(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def test_a_pair_that_comes_and_goes_leaves_the_others_as_they_are(stage: Stage) -> None:
    two = {"ocr": OCR, "text": TEXT}
    seeded(stage, **two)
    before = names(stage.cloud)

    stage.configure({**two, "third": {**SHARED, "jobDefinitions": ["third-job"]}})
    ran = stage.project.up("--skip-preview")
    assert touched(ran) == {"create": {"third"}}
    assert len(ran.changes()) == PARTS
    assert stage.outputs()["pairs"].keys() == {"ocr", "text", "third"}
    assert len(names(stage.cloud)) == len(before) / 2 * 3

    stage.configure(two)
    ran = stage.project.up("--skip-preview")
    assert touched(ran) == {"delete": {"third"}}
    assert len(ran.changes()) == PARTS
    assert stage.outputs()["pairs"].keys() == {"ocr", "text"}
    assert names(stage.cloud) == before


def test_a_job_definition_handed_to_another_pair_follows_that_one_from_then_on(stage: Stage) -> None:
    cloud = stage.cloud
    seeded(
        stage, ocr={**OCR, "jobDefinitions": ["ocr-job", "text-job"]}, other={**TEXT, "jobDefinitions": ["x"]}
    )
    first = push(cloud, "backend", "first", "latest")
    cloud.settle()
    assert image(cloud, "text-job") == (2, f"backend@{first}")

    stage.configure({"ocr": OCR, "other": TEXT})
    expected = {f"{pair}-{part}": "update" for pair in ("ocr", "other") for part in ("function", "policy")}
    assert stage.project.up("--skip-preview").changes() == expected
    later = push(cloud, "backend", "later", "latest")
    stable = push(cloud, "backend", "stable", "stable")
    cloud.settle()
    assert image(cloud, "ocr-job") == (3, f"backend@{later}")
    assert image(cloud, "text-job") == (3, f"backend@{stable}")


def test_a_renamed_pair_is_made_before_the_old_one_goes_and_loses_what_the_docs_say(stage: Stage) -> None:
    cloud, project = stage.cloud, stage.project
    seeded(stage, ocr=OCR)
    digest = push(cloud, "backend", "first")
    cloud.settle()
    queue = stage.outputs()["pairs"]["ocr"]["queueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    batch = cloud.client("batch")
    before = batch.describe_job_definitions(jobDefinitionName="ocr-job")["jobDefinitions"]
    streams = cloud.client("logs").describe_log_streams
    assert streams(logGroupName="/aws/lambda/ecr-batch-updater-dev-ocr")["logStreams"]

    stage.configure({"renamed": OCR})
    ran = project.up("--skip-preview")
    operations = [step for step, _ in ran.done() if step in ("create", "delete")]
    assert operations == ["create"] * PARTS + ["delete"] * PARTS
    assert touched(ran) == {"create": {"renamed"}, "delete": {"ocr"}}

    assert not [name for name in names(cloud) if "ocr" in name]
    (new,) = cloud.client("sqs").list_queues()["QueueUrls"]
    assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=new)
    assert streams(logGroupName="/aws/lambda/ecr-batch-updater-dev-renamed")["logStreams"] == []
    # Job definitions are no resources of the stack: with their tags they are as they were.
    after = batch.describe_job_definitions(jobDefinitionName="ocr-job")["jobDefinitions"]
    assert (after, image(cloud, "ocr-job")) == (before, (2, f"backend@{digest}"))
    second = push(cloud, "backend", "second")
    cloud.settle()
    assert image(cloud, "ocr-job") == (3, f"backend@{second}")


def test_a_renamed_project_has_all_that_it_had_and_says_in_between_what_is_missing(stage: Stage) -> None:
    cloud, project = stage.cloud, stage.project
    seeded(stage, ocr=OCR)
    before = names(cloud)
    project.pulumi("stack", "rename", "organization/renamed/dev")
    assert "doesn't match Pulumi.yaml" in project.preview(check=False).output
    rewrite(stage.root / "Pulumi.yaml", "name: ecr-batch-updater", "name: renamed")
    assert "no stack selected" in project.preview(check=False).output
    project.pulumi("stack", "select", "dev")
    assert "missing configuration value 'pairs'" in project.preview(check=False).output
    rewrite(stage.root / "Pulumi.dev.yaml", "ecr-batch-updater:", "renamed:")
    ran = project.up("--skip-preview")
    assert {name for name, step in ran.changes().items() if step == "update"} == {"ocr-role"}
    assert names(cloud) == sorted(name.replace("ecr-batch-updater", "renamed") for name in before)
