"""The queue for events that could not be delivered or processed."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.documents.iam import queue_policy
from components.scope import Scope, to_json

_FOURTEEN_DAYS = 14 * 24 * 3600  # the longest that SQS keeps a message


def failure_queue(scope: Scope) -> aws.sqs.Queue:
    """The queue. Encrypted by SQS itself: EventBridge cannot write under the key that AWS manages for SQS."""
    return aws.sqs.Queue(
        scope.names.logical("dlq"),
        name=scope.names.queue,
        message_retention_seconds=_FOURTEEN_DAYS,
        sqs_managed_sse_enabled=True,
        tags=scope.tags,
        opts=scope.options(protect=scope.protect),
    )


def allow_rules(
    scope: Scope, queue: aws.sqs.Queue, rules: Sequence[aws.cloudwatch.EventRule]
) -> aws.sqs.QueuePolicy:
    """Lets EventBridge send on behalf of ``rules``."""
    return aws.sqs.QueuePolicy(
        scope.names.logical("dlq-policy"),
        queue_url=queue.url,
        policy=pulumi.Output.all(queue.arn, *(rule.arn for rule in rules)).apply(
            lambda arns: to_json(queue_policy(arns[0], arns[1:]))
        ),
        opts=scope.options(),
    )
