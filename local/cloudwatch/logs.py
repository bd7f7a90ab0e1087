"""CloudWatch Logs' FilterLogEvents with JSON patterns, which moto takes for "everything"."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from local.cloudwatch.json_pattern import BadPattern, parse
from local.http import ApiError, Request, Response, json_response


class LogsApi:
    """Answers FilterLogEvents when its pattern is a JSON one; ``backend`` is moto's logs backend."""

    def __init__(self, backend: Callable[[], Any]) -> None:
        self._backend = backend

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        if request.operation != "FilterLogEvents":
            return None
        body = request.json()
        text = str(body.get("filterPattern") or "").strip()
        if not text.startswith("{"):
            return None
        try:
            matches = parse(text)
        except BadPattern as error:
            raise ApiError("InvalidParameterException", f"Invalid filter pattern: {error}") from error
        group = self._backend().groups.get(body.get("logGroupName"))
        if group is None:
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        events = [
            {
                "logStreamName": name,
                "timestamp": event.timestamp,
                "message": event.message,
                "ingestionTime": event.ingestion_time,
                "eventId": str(event.event_id),
            }
            for name, stream in group.streams.items()
            if _stream_wanted(name, body)
            for event in stream.events
            if body.get("startTime", 0) <= event.timestamp <= body.get("endTime", float("inf"))
            and matches(_object(event.message))
        ]
        events.sort(key=lambda event: event["timestamp"])
        return json_response({"events": events[: body.get("limit", 10000)], "searchedLogStreams": []})


def _stream_wanted(name: str, body: dict[str, Any]) -> bool:
    names = body.get("logStreamNames")
    return (not names or name in names) and name.startswith(body.get("logStreamNamePrefix", ""))


def _object(message: str) -> Any:
    try:
        return json.loads(message)
    except ValueError:
        return None
