"""What the packaged function publishes, and that it reaches a rule of the users'."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from local.cloud import Cloud
from local.eventbridge.service import EventBridge
from local.seed import push
from tests.cloud.conftest import Handmade
from tests.cloud.pair import FUNCTION, HOST, deploy, invoke, newest, queued, records
from tests.support.pages import blocks, page

ARN = "arn:aws:batch:ap-southeast-2:123456789012:job-definition"
PATTERN = {"source": ["ecr-batch-updater"]}


def routed(handmade: Handmade, pattern: dict[str, Any]) -> None:
    """A rule of a user's, by which notices reach the queue ``notices``."""
    queue = "arn:aws:sqs:ap-southeast-2:123456789012:notices"
    handmade.queue("notices", rule=handmade.rule(pattern, queue, name="users", allow=False))


def received(handmade: Handmade) -> list[dict[str, Any]]:
    return [json.loads(message["Body"]) for message in handmade.messages("notices")]


def published(events: EventBridge) -> list[dict[str, Any]]:
    return [event for event in events.history if event["source"] == "ecr-batch-updater"]


def test_an_update_and_a_failure_reach_a_rule_of_the_users(handmade: Handmade) -> None:
    cloud = handmade.cloud
    deploy(cloud, "one", "missing", seeded=("one",))
    routed(handmade, PATTERN)
    digest = push(cloud, "backend", "build")
    cloud.settle()
    events = {event["detail-type"]: event for event in received(handmade)}
    updated = events["Batch Job Definition Image Updated"]
    failed = events["Batch Job Definition Image Update Failed"]
    logged = [record for record in records(cloud) if "outcome" in record]
    pushed = cloud.events.history[0]["id"]
    assert (updated["resources"], failed["resources"]) == ([f"{ARN}/one:2"], [f"{ARN}/missing"])
    assert (updated["account"], updated["region"]) == (cloud.account, cloud.region)
    detail = updated["detail"]
    assert (detail["eventId"], detail["selectedImage"]) == (pushed, {"tag": "latest", "digest": digest})
    assert (detail["newRevision"], detail["newImage"]) == (2, f"{HOST}@{digest}")
    assert failed["detail"]["errorType"] == "DefinitionNotFound"
    for told in (updated["detail"], failed["detail"]):
        # Lambda leaves null out of a record, and keeps errorType for exceptions that are logged.
        keys = told.keys() - {"selectedImage", "errorType"}
        same = {key: told[key] for key in keys if told[key] is not None}
        assert any(same.items() <= record.items() for record in logged), told


def test_a_definition_that_keeps_failing_is_told_of_at_each_attempt_under_one_event_id(cloud: Cloud) -> None:
    deploy(cloud, "one", "missing", seeded=("one",))
    push(cloud, "backend", "build")
    cloud.settle()
    told = [(event["detail"]["outcome"], event["detail"]["eventId"]) for event in published(cloud.events)]
    pushed = cloud.events.history[0]["id"]
    assert sorted(told) == [("failed", pushed)] * 3 + [("updated", pushed)]


def test_nothing_is_told_of_a_run_that_finds_nothing_to_do_and_no_permission_is_used(cloud: Cloud) -> None:
    deploy(cloud, "one")
    push(cloud, "backend", "build")
    cloud.settle()
    before = len(cloud.calls_by(FUNCTION))
    assert invoke(cloud, {"action": "reconcile"})["outcomes"][0]["outcome"] == "skipped"
    assert len(published(cloud.events)) == 1
    assert "events:PutEvents" not in {call.action for call in cloud.calls_by(FUNCTION)[before:]}


def test_without_notify_the_function_publishes_nothing_and_may_not(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one", "missing", seeded=("one",), notify=False)
    push(cloud, "backend", "build")
    cloud.settle()
    assert newest(cloud, "one")["revision"] == 2
    assert published(cloud.events) == []
    assert {call.allowed for call in cloud.calls_by(FUNCTION)} == {True}
    policy = cloud.client("iam").get_role_policy(
        RoleName=outputs["roleName"], PolicyName=outputs["policyName"]
    )
    assert "events:" not in json.dumps(policy["PolicyDocument"])


def test_more_definitions_than_one_call_takes_are_all_told_of(cloud: Cloud) -> None:
    names = [f"job-{number}" for number in range(11)]
    deploy(cloud, *names)
    push(cloud, "backend", "build")
    cloud.settle()
    assert sorted(event["detail"]["jobDefinition"] for event in published(cloud.events)) == sorted(names)
    # The other calls are as many as without notices.
    counts = Counter(call.action for call in cloud.calls_by(FUNCTION))
    assert (counts["batch:DescribeJobDefinitions"], counts["batch:RegisterJobDefinition"]) == (11, 11)
    assert counts["ecr:DescribeImages"] == 2


def test_a_notice_that_is_lost_is_an_error_and_the_update_stands(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one")
    cloud.faults.add("events:PutEvents", "access-denied")
    digest = push(cloud, "backend", "build")
    cloud.settle()
    assert newest(cloud, "one")["containerProperties"]["image"] == f"{HOST}@{digest}"
    assert newest(cloud, "one")["revision"] == 2
    # The retry finds the image in place: it has nothing to tell, and the event is done with.
    assert (published(cloud.events), queued(cloud, outputs)) == ([], [])
    reports = [each["record"]["status"] for each in records(cloud) if each.get("type") == "platform.report"]
    assert sorted(reports) == ["error", "success"]
    (error,) = [each for each in records(cloud) if each.get("errorType") == "NoticesLost"]
    assert "1 of 1 notice(s) were not published: one: AccessDenied" in error["errorMessage"]
    metrics = cloud.client("cloudwatch").list_metrics(Namespace="AWS/Lambda", MetricName="Errors")["Metrics"]
    assert metrics


def test_when_updating_and_publishing_fail_both_are_told(cloud: Cloud) -> None:
    outputs = deploy(cloud, "missing", seeded=())
    cloud.faults.add("events:PutEvents", "access-denied", times=3)
    push(cloud, "backend", "build")
    cloud.settle()
    (message,) = queued(cloud, outputs)
    said = message["responsePayload"]
    assert said["errorType"] == "UpdateFailed"
    assert "missing: DefinitionNotFound" in said["errorMessage"]
    assert "1 of 1 notice(s) were not published: missing: AccessDenied" in said["errorMessage"]
    logged = [each for each in records(cloud) if each.get("errorType") == "NoticesLost"]
    assert len(logged) == 3


def test_the_role_may_publish_under_no_other_source(handmade: Handmade) -> None:
    cloud = handmade.cloud
    outputs = deploy(cloud, "one")
    policy = cloud.client("iam").get_role_policy(
        RoleName=outputs["roleName"], PolicyName=outputs["policyName"]
    )
    handmade.function(
        """
        import boto3
        from botocore.exceptions import ClientError

        def handle(event, context):
            entry = {"DetailType": "thing", "Detail": "{}", **event}
            try:
                return boto3.client("events").put_events(Entries=[entry])["FailedEntryCount"]
            except ClientError as error:
                return error.response["Error"]["Code"]
        """,
        statements=policy["PolicyDocument"]["Statement"],
    )
    assert handmade.invoke(event={"Source": "ecr-batch-updater"}) == (0, "")
    for other in (
        {"Source": "aws.ecr"},
        {"Source": "ecr-batch-updater.x"},
        {"Source": "ecr-batch-updater", "EventBusName": "own"},
    ):
        assert handmade.invoke(event=other) == ("AccessDeniedException", ""), other


def test_the_page_shows_a_notice_as_it_is_published(cloud: Cloud) -> None:
    deploy(cloud, "one")
    push(cloud, "backend", "build")
    cloud.settle()
    (event,) = published(cloud.events)
    (sample,) = (json.loads(block) for block in blocks(page("notices.md"), "json"))
    assert _shape(sample) == _shape(event)
    assert {key: sample[key] for key in ("source", "detail-type")} == {
        key: event[key] for key in ("source", "detail-type")
    }


def _shape(value: Any) -> Any:
    """The keys at every depth, in their order, and the types of the values."""
    if isinstance(value, dict):
        return [(key, _shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return type(value)
