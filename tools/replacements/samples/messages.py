"""SNS and SQS."""

from __future__ import annotations

import json

from tools.replacements.cases import Samples, Setting
from tools.replacements.samples.common import arn, arns, resource_policies

_FIFO_TOPIC = {"name": "alpha.fifo", "fifo_topic": True}
_FIFO_QUEUE = {"name": "alpha.fifo", "fifo_queue": True}
_RATES = {
    f"{protocol}_success_feedback_sample_rate": (10, 20)
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
}


def _retries(number: int) -> str:
    policy = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": number}
    return json.dumps({"healthyRetryPolicy": policy})


def _http(number: int) -> str:
    policy = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": number}
    return json.dumps({"http": {"defaultHealthyRetryPolicy": policy}})


SAMPLES = {
    "aws_sns_topic": Samples(
        settings={"": Setting({"name": "alpha"})},
        values={
            **_RATES,
            "archive_policy": ('{"MessageRetentionPeriod":30}', '{"MessageRetentionPeriod":60}'),
            "delivery_policy": (_http(3), _http(4)),
            "fifo_throughput_scope": ("Topic", "MessageGroup"),
            "policy": resource_policies("sns", "Publish", "Subscribe"),
            "tracing_config": ("Active", "PassThrough"),
        },
        around={
            "name_prefix": {"name": None},
            "fifo_topic": {"name": None},
            "archive_policy": _FIFO_TOPIC,
            "content_based_deduplication": _FIFO_TOPIC,
            "fifo_throughput_scope": _FIFO_TOPIC,
        },
        computed={"fifo_throughput_scope": ""},
    ),
    "aws_sns_topic_policy": Samples(
        settings={
            "": Setting(
                {"arn": arn("sns", "alpha"), "policy": resource_policies("sns", "Publish", "Subscribe")[0]}
            )
        },
        values={"arn": arns("sns", ""), "policy": resource_policies("sns", "Publish", "Subscribe")},
    ),
    "aws_sns_topic_subscription": Samples(
        settings={
            "": Setting(
                {"topic_arn": arn("sns", "alpha"), "protocol": "sqs", "endpoint": arn("sqs", "alpha")}
            )
        },
        values={
            "delivery_policy": (_retries(3), _retries(4)),
            "endpoint": arns("sqs", ""),
            "filter_policy": ('{"alpha":["1"]}', '{"beta":["1"]}'),
            "filter_policy_scope": ("MessageAttributes", "MessageBody"),
            "protocol": ("sqs", "lambda"),
            "redrive_policy": (
                json.dumps({"deadLetterTargetArn": arn("sqs", "alpha")}),
                json.dumps({"deadLetterTargetArn": arn("sqs", "beta")}),
            ),
            "replay_policy": (
                '{"PointType":"Timestamp","StartingPoint":"2024-01-01T00:00:00.000Z"}',
                '{"PointType":"Timestamp","StartingPoint":"2024-02-01T00:00:00.000Z"}',
            ),
            "topic_arn": arns("sns", ""),
        },
        around={
            "filter_policy_scope": {"filter_policy": '{"alpha":["1"]}'},
            "subscription_role_arn": {
                "protocol": "firehose",
                "endpoint": arn("firehose", "deliverystream/alpha"),
            },
        },
        computed={"filter_policy_scope": "MessageAttributes"},
    ),
    "aws_sqs_queue": Samples(
        settings={"": Setting({"name": "alpha"})},
        values={
            "deduplication_scope": ("queue", "messageGroup"),
            "fifo_throughput_limit": ("perQueue", "perMessageGroupId"),
            "kms_data_key_reuse_period_seconds": (300, 600),
            "max_message_size": (1024, 2048),
            "message_retention_seconds": (60, 120),
            "policy": resource_policies("sqs", "SendMessage", "ReceiveMessage"),
            "redrive_allow_policy": ('{"redrivePermission":"allowAll"}', '{"redrivePermission":"denyAll"}'),
            "redrive_policy": (
                json.dumps({"deadLetterTargetArn": arn("sqs", "alpha"), "maxReceiveCount": 3}),
                json.dumps({"deadLetterTargetArn": arn("sqs", "beta"), "maxReceiveCount": 3}),
            ),
        },
        around={
            "name_prefix": {"name": None},
            "fifo_queue": {"name": None},
            "kms_data_key_reuse_period_seconds": {"kms_master_key_id": "alpha"},
            "content_based_deduplication": _FIFO_QUEUE,
            "deduplication_scope": _FIFO_QUEUE,
            "fifo_throughput_limit": _FIFO_QUEUE,
        },
    ),
    "aws_sqs_queue_policy": Samples(
        settings={
            "": Setting(
                {
                    "queue_url": "https://sqs.us-east-1.amazonaws.com/123456789012/alpha",
                    "policy": resource_policies("sqs", "SendMessage", "ReceiveMessage")[0],
                }
            )
        },
        values={"policy": resource_policies("sqs", "SendMessage", "ReceiveMessage")},
    ),
}
