"""``ecr-batch monitor``: what the functions did, as their log groups tell it.

CloudWatch shows a line some seconds after it was written, and lines of several streams not in the order of
their times. So each look begins somewhat before the newest line that is known, and what was seen already is
known by its id. No look goes by the operator's clock, which may be wrong, but the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from components.naming import Names
from handler.settings import Settings
from ops.aws import Aws
from ops.log_events import LogEvent, LogGroup
from ops.log_lines import PATTERN, LogLine, read

# How late a line may become visible without being missed.
OVERLAP = timedelta(minutes=2)


@dataclass(kw_only=True)
class Feed:
    """One pair's log_lines from ``since`` on, each once."""

    pair: str
    group: LogGroup
    since: datetime
    _seen: dict[str, int] = field(default_factory=dict)

    def new(self) -> list[LogLine]:
        """What has come since the last call. Raises OpsError."""
        events = [
            event
            for event in self.group.events(since=_milliseconds(self.since), pattern=PATTERN)
            if event.identity not in self._seen
        ]
        self._remember(events)
        log_lines = (read(event, self.pair) for event in events)
        return [log_line for log_line in log_lines if log_line is not None]

    def _remember(self, events: list[LogEvent]) -> None:
        if not events:
            return
        self.since = max(self.since, datetime.fromtimestamp(events[-1].at / 1000, UTC) - OVERLAP)
        oldest = _milliseconds(self.since)
        self._seen |= {event.identity: event.at for event in events}
        self._seen = {identity: at for identity, at in self._seen.items() if at >= oldest}


def feeds(pairs: Iterable[Settings], aws: Aws, *, project: str, stack: str, since: datetime) -> list[Feed]:
    """A feed for each pair. Raises OpsError; calls nothing."""
    client = aws.client("logs")
    return [
        Feed(
            pair=pair.pair,
            group=LogGroup(client, Names(project, stack, pair.pair).log_group),
            since=since,
        )
        for pair in pairs
    ]


def look(watched: Iterable[Feed]) -> list[LogLine]:
    """What is new in all of them, by time. Raises OpsError."""
    found = [log_line for feed in watched for log_line in feed.new()]
    return sorted(found, key=lambda log_line: log_line.at)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
