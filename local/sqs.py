"""Amazon SQS beyond moto: what a queue keeps, and sending to it from inside the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.backends import Backends
from local.http import Request, Response
from local.iam.policy import Access, decide


class QueueSettings:
    """Lets a queue keep the policy that SetQueueAttributes does not name; moto drops it."""

    def __init__(self, *, backends: Backends, forward: Callable[[Request], Response]) -> None:
        self._backends = backends
        self._forward = forward

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers."""
        if request.operation != "SetQueueAttributes":
            return None
        if request.protocol == "json":
            url, named = request.json().get("QueueUrl", ""), request.json().get("Attributes") or {}
        else:
            parameters = request.parameters()
            url, named = parameters.get("QueueUrl", ""), set(parameters.values())
        queue = self._backends.of("sqs", request.region).queues.get(url.rpartition("/")[2])
        if queue is None or "Policy" in named:
            return self._forward(request)
        policy = queue.policy
        response = self._forward(request)
        queue.policy = policy
        return response


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
