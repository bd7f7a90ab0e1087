"""The last thing that the function did about each job definition, from its log group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from components.naming import Names
from handler.settings import Settings
from ops.aws import Aws
from ops.log_events import LogGroup, NoLogGroup
from ops.log_lines import LogLine, read

# CloudWatch reads forwards only, so the newest record is looked for in ever longer stretches back from now.
_STRETCHES = (timedelta(hours=1), timedelta(days=1), timedelta(days=14))

Key = tuple[str, str]  # pair and job definition


def last_outcomes(
    pairs: Iterable[Settings],
    aws: Aws,
    *,
    project: str,
    stack: str,
    known: Mapping[Key, LogLine] | None = None,
) -> Mapping[Key, LogLine]:
    """By pair and definition, the newest outcome of the last 14 days; what has none is left out.

    What a rehearsal found is no outcome, unless the pair only rehearses. ``known`` is what this returned not
    long ago: then only what is newer is looked for. Raises OpsError.
    """
    client = aws.client("logs")
    found = dict(known or {})
    stretches = _STRETCHES if known is None else _STRETCHES[:1]
    for settings in pairs:
        group = LogGroup(client, Names(project, stack, settings.pair).log_group)
        found |= _of_pair(settings, group, datetime.now(UTC), stretches)
    return found


def _of_pair(
    settings: Settings, group: LogGroup, now: datetime, stretches: Iterable[timedelta]
) -> Mapping[Key, LogLine]:
    # A pair with dryRun rehearses always.
    pattern = "{ $.outcome = * }" if settings.dry_run else "{ $.outcome = * && $.dryRun IS FALSE }"
    found: dict[Key, LogLine] = {}
    until = None
    for stretch in stretches:
        since = int((now - stretch).timestamp() * 1000)
        try:
            events = group.events(since=since, until=until, pattern=pattern)
        except NoLogGroup:
            # A pair that is not deployed yet has done nothing.
            return {}
        newer: dict[Key, LogLine] = {}
        for event in events:
            log_line = read(event, settings.pair)
            if log_line is not None:
                newer[settings.pair, log_line.definition] = log_line
        found = newer | found
        if all((settings.pair, name) in found for name in settings.job_definitions):
            break
        until = since - 1
    return found
