"""EventBridge's TestEventPattern, which moto answers with nothing."""

from __future__ import annotations

import json
from typing import Any

from local.http import ApiError, Request, Response, json_response

# eventbridge/latest/APIReference/API_TestEventPattern.html
_NEEDED = ("id", "account", "source", "time", "region", "resources", "detail-type")


def try_pattern(request: Request) -> Response | None:
    """Answers TestEventPattern by the same matching as deliveries; None means that another answers."""
    if request.operation != "TestEventPattern":
        return None
    from moto.events.exceptions import InvalidEventPatternException  # noqa: PLC0415 - slow to import
    from moto.events.models import EventPattern  # noqa: PLC0415

    body = request.json()
    event = _event(body.get("Event"))
    try:
        pattern = EventPattern.load(body.get("EventPattern"))
    except InvalidEventPatternException as error:
        raise ApiError("InvalidEventPatternException", str(error)) from error
    return json_response({"Result": pattern.matches_event(event)})


def _event(text: Any) -> Any:
    try:
        event = json.loads(text or "")
    except (TypeError, ValueError):
        event = None
    missing = [key for key in _NEEDED if not isinstance(event, dict) or key not in event]
    if missing:
        raise ApiError("ValidationException", f"Parameter Event is not valid: it lacks {', '.join(missing)}.")
    return event
