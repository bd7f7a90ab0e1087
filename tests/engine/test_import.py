"""`pulumi import` of what stands already, into the component."""

from __future__ import annotations

from tests.engine.stage import PAIR, Stage
from tests.support.engine import Ran

NAME = "ecr-batch-updater-dev-ocr"
COMPONENT = "urn:pulumi:dev::ecr-batch-updater::ecr-batch-updater:index:BatchImageUpdater::ocr"
KINDS = {
    "ocr-dlq": "aws:sqs/queue:Queue",
    "ocr-rule": "aws:cloudwatch/eventRule:EventRule",
    "ocr-logs": "aws:cloudwatch/logGroup:LogGroup",
}


def imported(stage: Stage, name: str, identity: str, *more: str) -> Ran:
    flags = ("--protect=false", "--generate-code=false", "--yes", "--non-interactive", "--skip-preview")
    parent = ("--parent", f"ocr={COMPONENT}")
    return stage.project.pulumi("import", KINDS[name], name, identity, *parent, *flags, *more)


def test_a_queue_a_rule_and_a_log_group_that_stand_become_the_components_own(stage: Stage) -> None:
    project, cloud = stage.project, stage.cloud
    queue = cloud.client("sqs").create_queue(
        QueueName=f"{NAME}-dlq", Attributes={"MessageRetentionPeriod": "60"}, tags={"by": "hand"}
    )["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="kept")
    cloud.client("events").put_rule(Name=NAME, ScheduleExpression="rate(1 day)", State="DISABLED")
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{NAME}")
    stage.init({"ocr": PAIR})
    # The component comes into the state by an update, even by one that makes nothing else.
    project.up("--skip-preview", "--target", COMPONENT)
    identities = {"ocr-dlq": queue, "ocr-rule": f"default/{NAME}", "ocr-logs": f"/aws/lambda/{NAME}"}
    for name, identity in identities.items():
        imported(stage, name, identity)

    assert project.preview("--refresh").changes() | dict.fromkeys(KINDS, "update") == (
        found := project.preview().changes()
    )
    assert {name for name, step in found.items() if step != "create"} == set(KINDS)
    project.up("--skip-preview")
    project.preview("--refresh", "--expect-no-changes")
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])[
        "Attributes"
    ]
    assert (attributes["ApproximateNumberOfMessages"], attributes["MessageRetentionPeriod"]) == (
        "1",
        "1209600",
    )
    rule = cloud.client("events").describe_rule(Name=NAME)
    assert (rule["State"], "ScheduleExpression" in rule, "aws.ecr" in rule["EventPattern"]) == (
        "ENABLED",
        False,
        True,
    )
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 14
