"""The events that end up in a failure queue, in both of their shapes.

EventBridge leaves the event itself, when it could not deliver it
(eventbridge/latest/userguide/eb-rule-dlq.html). Lambda, when the function failed, leaves a record with the
event in it (lambda/latest/dg/invocation-async-retain-records.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class QueuedEvent:
    """An event as the function gets it; ``function`` and ``rule`` are the names of what it was for, or ""."""

    event: Any
    function: str = ""
    rule: str = ""


def unwrap(message: Any) -> QueuedEvent:
    """The event in a message of a failure queue, or in a file that holds an event as it is.

    >>> unwrap({"requestPayload": {"action": "reconcile"}, "requestContext": {"functionArn": ""}}).event
    {'action': 'reconcile'}
    """
    match message:
        case {"requestPayload": event, "requestContext": {"functionArn": str(arn)}}:
            return QueuedEvent(event=event, function=_part(arn, 6), rule=_rule(event))
    return QueuedEvent(event=message, rule=_rule(message))


def _rule(event: Any) -> str:
    """The rule that ticked; a tick names nothing else."""
    match event:
        case {"source": "aws.events", "resources": [str(arn)]}:
            return _part(arn, 5).removeprefix("rule/")
    return ""


def _part(arn: str, place: int) -> str:
    parts = arn.split(":")
    return parts[place] if len(parts) > place else ""
