"""What the local cloud answers to those who only look: archives to download, subscriptions."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile

import pytest

from local.cloud import Cloud
from tests.cloud.conftest import Handmade


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
