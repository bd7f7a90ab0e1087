"""What AWS refuses, the local cloud refuses in AWS's words, and before or instead of making anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.inputs import Inputs
from local.provider.kind import HalfMade, Place
from local.provider.kinds import KINDS
from local.seed import push
from tests.cloud.kind_rows import ROWS
from tests.cloud.kinds import ACCOUNT, inline, make

LONG = "x" * 300
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("aws:batch/jobQueue:JobQueue", {"name": "a queue"}, "ClientException", "'jobQueueName'"),
    ("aws:batch/jobDefinition:JobDefinition", {"name": "a job"}, "ClientException", "valid pattern"),
    ("aws:batch/jobDefinition:JobDefinition", {"type": "single"}, "ClientException", "enum value set"),
    ("aws:batch/computeEnvironment:ComputeEnvironment", {"state": "ON"}, "ClientException", "ENABLED"),
    ("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": "a b"}, "ValidationError", "'dashboardName'"),
    ("aws:cloudwatch/dashboard:Dashboard", {"dashboardBody": "{"}, "InvalidParameterInput", "JSON"),
    ("aws:cloudwatch/eventRule:EventRule", {"name": "a rule"}, "ValidationException", "[\\.\\-_A-Za-z0-9]+"),
    ("aws:cloudwatch/eventRule:EventRule", {"name": LONG}, "ValidationException", "less than or equal to 64"),
    ("aws:cloudwatch/eventRule:EventRule", {"eventPattern": "{"}, "InvalidEventPatternException", "valid"),
    (
        "aws:cloudwatch/eventRule:EventRule",
        {"scheduleExpression": "hourly"},
        "ValidationException",
        "Schedule",
    ),
    ("aws:cloudwatch/eventRule:EventRule", {"state": "ON"}, "ValidationException", "enum value set"),
    ("aws:cloudwatch/eventTarget:EventTarget", {"rule": "no-rule"}, "ResourceNotFoundException", "no-rule"),
    (
        "aws:cloudwatch/eventTarget:EventTarget",
        {"retryPolicy": {"maximumRetryAttempts": 186}},
        "ValidationException",
        "'targets.1.member.retryPolicy.maximumRetryAttempts'",
    ),
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "a b"}, "InvalidParameterException", "'logGroupName'"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 45}, "ValidationError", "multiple of 60"),
    (
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {"evaluationPeriods": 300},
        "ValidationError",
        "more than a day",
    ),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", {"statistic": "Mean"}, "ValidationError", "enum value set"),
    (
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {"policy": "{}"},
        "InvalidParameterException",
        "equal to 100",
    ),
    ("aws:ecr/repository:Repository", {"name": "Images"}, "InvalidParameterException", "repositoryName"),
    ("aws:iam/role:Role", {"name": "a role"}, "ValidationError", "'roleName'"),
    ("aws:iam/role:Role", {"assumeRolePolicy": "{"}, "MalformedPolicyDocument", "invalid Json"),
    ("aws:iam/role:Role", {"maxSessionDuration": 60}, "ValidationError", "equal to 3600"),
    ("aws:iam/role:Role", {"tags": {"team": "x" * 257}}, "ValidationError", "'tags.1.member.value'"),
    ("aws:iam/rolePolicy:RolePolicy", {"policy": "{"}, "MalformedPolicyDocument", "invalid Json"),
    ("aws:iam/rolePolicy:RolePolicy", {"policy": inline("x" * 10240)}, "LimitExceeded", "10240 bytes"),
    ("aws:iam/rolePolicy:RolePolicy", {"role": "nobody"}, "NoSuchEntity", "nobody"),
    ("aws:lambda/function:Function", {"timeout": 901}, "ValidationException", "less than or equal to 900"),
    ("aws:lambda/function:Function", {"memorySize": 64}, "ValidationException", "equal to 128"),
    ("aws:lambda/function:Function", {"runtime": "python2"}, "ValidationException", "'runtime'"),
    ("aws:lambda/function:Function", {"name": "a b"}, "ValidationException", "'functionName'"),
    (
        "aws:lambda/function:Function",
        {"role": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
        "InvalidParameterValueException",
        "cannot be assumed by Lambda",
    ),
    (
        "aws:lambda/function:Function",
        {"environment": {"variables": {"NAMES": "x" * 4096}}},
        "InvalidParameterValueException",
        "4KB limit",
    ),
    (
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        {"maximumRetryAttempts": 3},
        "ValidationException",
        "less than or equal to 2",
    ),
    ("aws:lambda/permission:Permission", {"function": "nothing"}, "ResourceNotFoundException", "nothing"),
    ("aws:sns/topic:Topic", {"name": "a topic"}, "InvalidParameter", "Topic names"),
    (
        "aws:sns/topicSubscription:TopicSubscription",
        {"protocol": "pigeon"},
        "InvalidParameter",
        "enum value set",
    ),
    ("aws:sqs/queue:Queue", {"name": "a queue"}, "InvalidParameterValue", "alphanumeric"),
    (
        "aws:sqs/queue:Queue",
        {"visibilityTimeoutSeconds": 43201},
        "InvalidAttributeValue",
        "VisibilityTimeout",
    ),
    (
        "aws:sqs/queue:Queue",
        {"messageRetentionSeconds": 59},
        "InvalidAttributeValue",
        "MessageRetentionPeriod",
    ),
    ("aws:sqs/queuePolicy:QueuePolicy", {"policy": "{"}, "InvalidAttributeValue", "parameter Policy"),
]


@pytest.mark.parametrize(("token", "changed", "code", "words"), REFUSED)
def test_a_value_that_aws_refuses_is_refused_and_nothing_is_made(
    place: Place, token: str, changed: dict[str, Any], code: str, words: str
) -> None:
    row, kind = ROWS[token], KINDS[token]
    row.before(place)
    with pytest.raises(ClientError) as refused:
        kind.create(place, row.inputs(place, changed))
    assert refused.value.response["Error"]["Code"] == code
    assert words in refused.value.response["Error"]["Message"]
    state = kind.create(place, row.inputs(place))
    assert kind.read(place, state.id, state.properties) is not None


def test_an_update_to_a_value_that_aws_refuses_leaves_what_was(place: Place) -> None:
    row, kind = ROWS["aws:sqs/queue:Queue"], KINDS["aws:sqs/queue:Queue"]
    state = row.made(kind, place)
    with pytest.raises(ClientError, match="VisibilityTimeout"):
        kind.update(place, state, row.inputs(place, {"visibilityTimeoutSeconds": -1}))
    read = kind.read(place, state.id)
    assert read is not None
    assert read.properties["visibilityTimeoutSeconds"] == 45


def test_a_role_with_an_inline_policy_is_not_deleted_unless_the_program_says_so(place: Place) -> None:
    kind = KINDS["aws:iam/role:Role"]
    given = {"name": "runs", "assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": []})}
    state = kind.create(place, Inputs(given))
    make(place, "aws:iam/rolePolicy:RolePolicy", role="runs", name="own", policy=inline("s3:GetObject"))
    with pytest.raises(ClientError, match="must delete policies first"):
        kind.delete(place, state)
    forced = kind.update(place, state, Inputs({**given, "forceDetachPolicies": True}))
    kind.delete(place, forced)
    assert kind.read(place, "runs") is None


def test_a_rule_with_targets_is_not_deleted(place: Place) -> None:
    row, kind = (
        ROWS["aws:cloudwatch/eventTarget:EventTarget"],
        KINDS["aws:cloudwatch/eventTarget:EventTarget"],
    )
    target = row.made(kind, place)
    rules = KINDS["aws:cloudwatch/eventRule:EventRule"]
    rule = rules.read(place, "rule")
    assert rule is not None
    with pytest.raises(ClientError, match="it has targets"):
        rules.delete(place, rule)
    kind.delete(place, target)
    rules.delete(place, rule)
    assert rules.read(place, "rule") is None


def test_a_repository_with_images_is_not_deleted_unless_the_program_says_so(place: Place) -> None:
    kind = KINDS["aws:ecr/repository:Repository"]
    state = kind.create(place, Inputs({"name": "images"}))
    push(place.cloud, "images", "build")
    with pytest.raises(ClientError, match="RepositoryNotEmpty"):
        kind.delete(place, state)
    kind.delete(place, kind.update(place, state, Inputs({"name": "images", "forceDelete": True})))
    assert kind.read(place, "images") is None


def test_what_was_half_made_is_told_and_can_be_brought_to_an_end(place: Place) -> None:
    kind = KINDS["aws:cloudwatch/logGroup:LogGroup"]
    with pytest.raises(HalfMade, match=r"must satisfy enum value set: \[1, 3, 5") as refused:
        kind.create(place, Inputs({"name": "/jobs", "retentionInDays": 13, "tags": {"team": "ocr"}}))
    state = refused.value.state
    assert kind.read(place, state.id) is not None
    whole = kind.update(place, state, Inputs({"name": "/jobs", "retentionInDays": 14}))
    assert whole.properties["retentionInDays"] == 14
    assert "tags" not in whole.properties


def test_what_cannot_be_read_after_it_was_made_is_told_as_half_made(place: Place) -> None:
    place.cloud.faults.add("sqs:GetQueueAttributes", "access-denied")
    with pytest.raises(HalfMade) as refused:
        make(place, "aws:sqs/queue:Queue", name="queue")
    kind = KINDS["aws:sqs/queue:Queue"]
    assert kind.read(place, refused.value.state.id) is not None


def test_a_log_group_is_left_alone_when_the_program_says_so(place: Place) -> None:
    kind = KINDS["aws:cloudwatch/logGroup:LogGroup"]
    state = kind.create(place, Inputs({"name": "/jobs", "skipDestroy": True}))
    kind.delete(place, state)
    assert kind.read(place, "/jobs") is not None


def test_a_subscription_that_nobody_confirmed_stays_until_its_topic_goes(place: Place) -> None:
    topics, kind = KINDS["aws:sns/topic:Topic"], KINDS["aws:sns/topicSubscription:TopicSubscription"]
    topic = topics.create(place, Inputs({"name": "topic"}))
    given = {"topic": topic.id, "protocol": "email", "endpoint": "ops@example.com"}
    state = kind.create(place, Inputs(given))
    assert state.properties["pendingConfirmation"] is True
    kind.delete(place, state)
    assert kind.read(place, state.id) is not None
    topics.delete(place, topic)
    assert kind.read(place, state.id) is None


def test_a_confirmed_subscription_is_deleted(place: Place) -> None:
    kind = KINDS["aws:sns/topicSubscription:TopicSubscription"]
    topic = make(place, "aws:sns/topic:Topic", name="topic").id
    state = kind.create(place, Inputs({"topic": topic, "protocol": "email", "endpoint": "ops@example.com"}))
    place.cloud.subscriptions.confirm("ops@example.com")
    read = kind.read(place, state.id)
    assert read is not None
    assert read.properties["pendingConfirmation"] is False
    kind.delete(place, state)
    assert kind.read(place, state.id) is None
