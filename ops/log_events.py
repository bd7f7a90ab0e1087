"""CloudWatch Logs' events of one log group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import code_of
from ops.aws import in_operators_words
from ops.errors import NotDeployed


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """One line; ``at`` is in milliseconds since 1970, ``identity`` CloudWatch's own id of it."""

    identity: str
    at: int
    message: str


class NoLogGroup(NotDeployed):
    """The log group does not exist."""


class LogGroup:
    """Reads the log group ``name`` through a botocore Logs client."""

    def __init__(self, client: Any, name: str) -> None:
        self.name = name
        self._client = client

    def events(self, *, since: int, until: int | None = None, pattern: str) -> list[LogEvent]:
        """The events from ``since`` to ``until`` (milliseconds since 1970) that ``pattern`` matches, by time.

        AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html: a page may be empty and still
        have a token. Raises NoLogGroup or another OpsError.
        """
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=self.name,
            startTime=since,
            filterPattern=pattern,
            **({} if until is None else {"endTime": until}),
        )
        try:
            found = [event for page in pages for event in page["events"]]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                raise NoLogGroup(f"log group {self.name}") from error
            raise in_operators_words(error) from error
        except BotoCoreError as error:
            raise in_operators_words(error) from error
        events = [LogEvent(identity=e["eventId"], at=e["timestamp"], message=e["message"]) for e in found]
        return sorted(events, key=lambda event: event.at)
