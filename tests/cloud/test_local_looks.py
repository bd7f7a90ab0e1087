"""What the local cloud answers to those who only look: patterns tried, archives downloaded, subscriptions."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from tests.cloud.conftest import Handmade

EVENT = {
    "id": "1",
    "account": "123456789012",
    "source": "app",
    "time": "2026-11-24T10:00:00Z",
    "region": "ap-southeast-2",
    "resources": [],
    "detail-type": "thing",
    "detail": {"tag": "v1"},
}


def tried(cloud: Cloud, pattern: Any, event: Any) -> bool:
    answer = cloud.client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps(event)
    )
    return bool(answer["Result"])


def test_a_pattern_is_tried_by_the_rules_of_deliveries(cloud: Cloud) -> None:
    assert tried(cloud, {"detail": {"tag": [{"prefix": "v"}]}}, EVENT)
    assert not tried(cloud, {"detail": {"tag": ["latest"]}}, EVENT)


@pytest.mark.parametrize(
    ("pattern", "event", "code"),
    [
        ({"detail": "v1"}, EVENT, "InvalidEventPatternException"),
        ({"source": ["app"]}, {"source": "app"}, "ValidationException"),
    ],
)
def test_a_pattern_or_an_event_that_eventbridge_would_refuse_is_refused(
    cloud: Cloud, pattern: Any, event: Any, code: str
) -> None:
    with pytest.raises(ClientError) as raised:
        tried(cloud, pattern, event)
    assert raised.value.response["Error"]["Code"] == code


def test_a_function_names_where_its_archive_can_be_downloaded(handmade: Handmade) -> None:
    handmade.function("def handle(event, context):\n    return 1\n")
    location = handmade.cloud.client("lambda").get_function(FunctionName="fn")["Code"]["Location"]
    with urllib.request.urlopen(location) as answer, zipfile.ZipFile(io.BytesIO(answer.read())) as packed:
        assert b"return 1" in packed.read("handler/entry.py")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(location + "-other")


def test_a_function_tells_the_concurrency_that_is_reserved_for_it_also_when_it_is_none(
    handmade: Handmade,
) -> None:
    handmade.function("def handle(event, context):\n    return 1\n")
    functions = handmade.cloud.client("lambda")
    assert "Concurrency" not in functions.get_function(FunctionName="fn")
    functions.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    reserved = functions.get_function(FunctionName="fn")["Concurrency"]
    assert reserved == {"ReservedConcurrentExecutions": 0}


def test_a_subscription_by_mail_waits_until_it_is_confirmed(cloud: Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    for protocol, endpoint in (("email", "ops@example.com"), ("sqs", "arn:aws:sqs:eu-west-1:1:q")):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

    def pending() -> list[str]:
        listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        return [item["Endpoint"] for item in listed if item["SubscriptionArn"] == "PendingConfirmation"]

    assert pending() == ["ops@example.com"]
    cloud.subscriptions.confirm("ops@example.com")
    assert pending() == []
    with pytest.raises(LookupError, match=r"dev@example\.com"):
        cloud.subscriptions.confirm("dev@example.com")
