"""Sending to an SQS queue from inside the local cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.backends import Backends
from local.policy import Access, decide


def send(backends: Backends, queue: Any, body: str, attributes: Mapping[str, str] | None = None) -> None:
    """Puts a message with string attributes into the queue."""
    shaped = {
        name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()
    }
    backends.of("sqs", queue.region).send_message(queue.name, body, message_attributes=shaped)


def may_send(queue: Any, *, service: str, source_arn: str, account: str) -> bool:
    """Whether the queue's own policy lets an AWS service send on behalf of ``source_arn``."""
    policy = queue.policy or {}
    document = json.loads(policy) if isinstance(policy, str) else policy
    access = Access(
        action="sqs:SendMessage",
        resource=queue.queue_arn,
        principal=service,
        context={
            "aws:sourcearn": [source_arn],
            "aws:sourceaccount": [account],
            # Services of AWS always speak TLS, which policies of queues often demand.
            "aws:securetransport": ["true"],
        },
    )
    return decide([document] if document else [], access) == "allowed"
