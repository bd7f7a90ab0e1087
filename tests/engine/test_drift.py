"""What somebody changed by hand: a refresh sees it, `up --refresh` mends it, and nothing else is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud import Cloud
from tests.engine.stage import PAIR, Stage

NAME = "ecr-batch-updater-dev-ocr"
# Allows nothing.
DENIAL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
)
RULE = {"Name": NAME}
FUNCTION = {"FunctionName": NAME}


def queue(cloud: Cloud) -> str:
    return str(cloud.client("sqs").get_queue_url(QueueName=f"{NAME}-dlq")["QueueUrl"])


def role(cloud: Cloud) -> str:
    return str(cloud.client("lambda").get_function(**FUNCTION)["Configuration"]["Role"].rpartition("/")[2])


def alarm(cloud: Cloud, suffix: str, **changes: Any) -> None:
    cloudwatch = cloud.client("cloudwatch")
    (found,) = cloudwatch.describe_alarms(AlarmNames=[f"{NAME}-{suffix}"])["MetricAlarms"]
    members = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{key: found[key] for key in members if key in found} | changes)


def attributes(cloud: Cloud, **changes: str) -> None:
    cloud.client("sqs").set_queue_attributes(QueueUrl=queue(cloud), Attributes=changes)


def pattern(cloud: Cloud) -> None:
    """Of another repository, and disabled."""
    detail = {"repository-name": ["other"]}
    document = json.dumps({"source": ["aws.ecr"], "detail": detail})
    cloud.client("events").put_rule(**RULE, EventPattern=document, State="DISABLED")


def target(cloud: Cloud) -> None:
    (found,) = cloud.client("events").list_targets_by_rule(Rule=NAME)["Targets"]
    found["RetryPolicy"]["MaximumRetryAttempts"] = 0
    cloud.client("events").put_targets(Rule=NAME, Targets=[found])


def environment(cloud: Cloud) -> None:
    functions = cloud.client("lambda")
    found = functions.get_function_configuration(**FUNCTION)["Environment"]["Variables"]
    functions.update_function_configuration(
        **FUNCTION, Environment={"Variables": {**found, "LOG_LEVEL": "DEBUG", "MORE": "1"}}, Timeout=7
    )


def policy(cloud: Cloud) -> None:
    cloud.client("iam").put_role_policy(RoleName=role(cloud), PolicyName=NAME, PolicyDocument=DENIAL)


def tags(cloud: Cloud) -> None:
    """One is another one, one is more, one is gone."""
    named = {"ResourceARN": cloud.client("logs").describe_log_groups()["logGroups"][0]["logGroupArn"]}
    logs = cloud.client("logs")
    logs.tag_resource(resourceArn=named["ResourceARN"], tags={"stack": "other", "more": "1"})
    logs.untag_resource(resourceArn=named["ResourceARN"], tagKeys=["pair"])
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{NAME}", retentionInDays=1)


CHANGED: dict[str, Callable[[Cloud], Any]] = {
    "ocr-dlq": lambda cloud: attributes(cloud, MessageRetentionPeriod="60"),
    "ocr-dlq-policy": lambda cloud: attributes(cloud, Policy=DENIAL.replace("s3", "sqs")),
    "ocr-rule": pattern,
    "ocr-target": target,
    "ocr-errors": lambda cloud: alarm(cloud, "errors", Threshold=100.0),
    "ocr-logs": tags,
    "ocr-function": environment,
    "ocr-policy": policy,
    "ocr-role": lambda cloud: cloud.client("iam").update_role(
        RoleName=role(cloud), Description="by hand", MaxSessionDuration=3600
    ),
    "ocr-invoke-config": lambda cloud: cloud.client("lambda").update_function_event_invoke_config(
        **FUNCTION, MaximumRetryAttempts=0
    ),
    "ocr-dashboard": lambda cloud: cloud.client("cloudwatch").put_dashboard(
        DashboardName=NAME, DashboardBody=json.dumps({"widgets": []})
    ),
}
DELETED: dict[str, Callable[[Cloud], Any]] = {
    "ocr-permission": lambda cloud: cloud.client("lambda").remove_permission(
        **FUNCTION, StatementId="RuleInvokesFunction"
    ),
    "ocr-events-dropped": lambda cloud: cloud.client("cloudwatch").delete_alarms(
        AlarmNames=[f"{NAME}-events-dropped"]
    ),
    "ocr-dashboard": lambda cloud: cloud.client("cloudwatch").delete_dashboards(DashboardNames=[NAME]),
    "ocr-invoke-config": lambda cloud: cloud.client("lambda").delete_function_event_invoke_config(**FUNCTION),
    "ocr-target": lambda cloud: cloud.client("events").remove_targets(Rule=NAME, Ids=["function"]),
    "ocr-policy": lambda cloud: cloud.client("iam").delete_role_policy(RoleName=role(cloud), PolicyName=NAME),
    "ocr-logs": lambda cloud: cloud.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{NAME}"),
    "ocr-dlq-policy": lambda cloud: attributes(cloud, Policy=""),
}
# What the program does not set, and yet is not left to whoever changes it.
DEFAULTS: dict[str, Callable[[Cloud], Any]] = {
    "ocr-dlq": lambda cloud: attributes(cloud, VisibilityTimeout="600", DelaySeconds="60"),
    "ocr-errors": lambda cloud: alarm(cloud, "errors", ActionsEnabled=False),
    "ocr-events-dropped": lambda cloud: alarm(cloud, "events-dropped", OKActions=["arn:aws:sns:::other"]),
    "ocr-function": lambda cloud: cloud.client("lambda").put_function_concurrency(
        **FUNCTION, ReservedConcurrentExecutions=0
    ),
}


def standing(cloud: Cloud) -> dict[str, Any]:
    """What AWS has of all that is changed here."""
    functions, events, cloudwatch = (cloud.client(name) for name in ("lambda", "events", "cloudwatch"))
    configuration = functions.get_function_configuration(**FUNCTION)
    group = cloud.client("logs").describe_log_groups()["logGroups"][0]
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    kept = ("Threshold", "ActionsEnabled", "OKActions")
    rule = events.describe_rule(**RULE)
    return {
        "queue": {
            key: value
            for key, value in cloud.client("sqs")
            .get_queue_attributes(QueueUrl=queue(cloud), AttributeNames=["All"])["Attributes"]
            .items()
            if "Timestamp" not in key
        },
        "rule": [rule["EventPattern"], rule["State"]],
        "targets": events.list_targets_by_rule(Rule=NAME)["Targets"],
        "alarms": {each["AlarmName"]: [each.get(key) for key in kept] for each in alarms},
        "retention": group["retentionInDays"],
        "tags": cloud.client("logs").list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"],
        "function": [configuration[key] for key in ("Environment", "Timeout", "CodeSha256")],
        "concurrency": functions.get_function(**FUNCTION).get("Concurrency"),
        "permissions": json.loads(functions.get_policy(**FUNCTION)["Policy"])["Statement"],
        "retries": functions.get_function_event_invoke_config(**FUNCTION)["MaximumRetryAttempts"],
        "policy": cloud.client("iam").get_role_policy(RoleName=role(cloud), PolicyName=NAME)[
            "PolicyDocument"
        ],
        "role": cloud.client("iam").get_role(RoleName=role(cloud))["Role"]["Description"],
        "dashboard": json.loads(cloudwatch.get_dashboard(DashboardName=NAME)["DashboardBody"]),
    }


@pytest.mark.parametrize(
    ("drifts", "step"),
    [(CHANGED, "update"), (DELETED, "create"), (DEFAULTS, "update")],
    ids=["changed", "deleted", "defaults"],
)
def test_what_was_done_by_hand_is_seen_and_mended_and_nothing_else_is_touched(
    stage: Stage, drifts: dict[str, Callable[[Cloud], Any]], step: str
) -> None:
    project, cloud = stage.project, stage.cloud
    stage.init({"ocr": PAIR})
    project.up("--skip-preview")
    before = standing(cloud)
    for drift in drifts.values():
        drift(cloud)
    # Only a refresh looks at AWS.
    project.preview("--expect-no-changes")
    expected = dict.fromkeys(drifts, step)
    assert project.preview("--refresh").changes() == expected
    assert project.up("--refresh", "--skip-preview").changes() == expected
    assert standing(cloud) == before
    project.preview("--refresh", "--expect-no-changes")
