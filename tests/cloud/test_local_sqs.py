"""Amazon SQS in the local cloud, where moto does otherwise."""

from __future__ import annotations

import json
from typing import Any

from local.cloud import Cloud

ALLOWED = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]})


def test_a_queue_keeps_its_policy_until_another_one_is_set(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    queue = {"QueueUrl": sqs.create_queue(QueueName="jobs", Attributes={"Policy": POLICY})["QueueUrl"]}

    def policy() -> Any:
        found = sqs.get_queue_attributes(**queue, AttributeNames=["All"])["Attributes"]
        assert found["VisibilityTimeout"] == "60"
        return json.loads(found["Policy"])["Statement"] if "Policy" in found else None

    sqs.set_queue_attributes(**queue, Attributes={"VisibilityTimeout": "60"})
    assert policy() == [ALLOWED]
    sqs.set_queue_attributes(**queue, Attributes={"Policy": ""})
    assert policy() is None
