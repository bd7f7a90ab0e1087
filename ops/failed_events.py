"""What a message of the failure queue holds, and whether giving it to the function again did it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ops.function import Answer
from ops.queued_event import unwrap

_SHOWN = 60


class Shape(Enum):
    """Where a message comes from."""

    UNDELIVERED = "undelivered"
    FAILED = "failed"
    NO_EVENT = "no event"


@dataclass(frozen=True, kw_only=True)
class FailedEvent:
    """``event`` is what the function would get, None for a message that is no event."""

    shape: Shape
    event: Mapping[str, Any] | None
    about: str


def read_body(body: str) -> FailedEvent:
    """Reads the body of a message.

    >>> read_body('{"action": "reconcile"}').about
    'reconcile'
    """
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    event = unwrap(content).event
    match event:
        case dict() if event is not content:
            return FailedEvent(shape=Shape.FAILED, event=event, about=_about(event))
        case {"source": str(), "detail-type": str()} | {"action": str()}:
            return FailedEvent(shape=Shape.UNDELIVERED, event=event, about=_about(event))
    start = " ".join(body.split())[:_SHOWN]
    return FailedEvent(shape=Shape.NO_EVENT, event=None, about=f"no event: {start}")


def why_it_stays(event: Mapping[str, Any], answer: Answer) -> str:
    """Why the event still waits to be done, "" when the function did what it asks for.

    A paused function, and one that rehearses, end well and do nothing.
    """
    if answer.error:
        return answer.error
    outcomes = answer.result.get("outcomes")
    if not isinstance(outcomes, list):
        return f"the function's answer has no outcomes: {str(answer.result)[:200]}"
    if answer.result.get("dryRun") is True and event.get("dryRun") is not True:
        return "the function only rehearses: set the pair's dryRun to false and run `pulumi up` first"
    if any(isinstance(item, dict) and item.get("reason") == "paused" for item in outcomes):
        return "the pair is paused: set its paused to false and run `pulumi up` first"
    return ""


def _about(event: Mapping[str, Any]) -> str:
    match event:
        case {"action": str(action)}:
            return action
        case {"detail": {"image-tag": str(tag), "image-digest": str(digest)}, "time": str(time)} if tag:
            return f"push of {tag} ({digest.removeprefix('sha256:')[:12]}) at {time}"
        case {"detail-type": str(kind), "time": str(time)}:
            return f"{kind} at {time}"
    return "an event of another kind"
