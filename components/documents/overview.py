"""The one dashboard of a stack, as CloudWatch reads it: which pairs are behind, held back, held or failing.

Its limits: AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html (500 metrics a graph, its expressions
among them, and 2,500 a dashboard), AmazonCloudWatch/latest/APIReference/
CloudWatch-Dashboard-Body-Structure.html (100 alarms a widget), AmazonCloudWatch/latest/logs/
cloudwatch_limits_cwl.html (50 log groups a query).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from components.choices import Dashboard
from components.documents.alarms import Alarm
from components.documents.widgets import (
    BODY,
    STANDING,
    Line,
    alarm_arns,
    alarm_states,
    emitted,
    log_table,
    ranking,
    text,
    thresholds,
    watched,
)
from components.grid import Row, laid_out
from components.log_queries import WHAT_WAS_NOT_DONE
from components.naming import Names
from components.place import Place
from components.problems import Problem

Item = TypeVar("Item")

# Each of the seven graphs has a line for a pair, and an expression.
MOST_PAIRS = (2500 - 7) // 7
_DRAWN = 30
_ALARMS_A_WIDGET = 100
_ALARMS_A_LINE = 6
_LOG_GROUPS_A_QUERY = 50
_WORDS = (
    "Each pair stands as its last run left it, until the next one; `ecr-batch status` tells how it is now. "
    f"A graph draws the {_DRAWN} highest pairs, and none that has not run in the time shown."
)


@dataclass(frozen=True)
class Shown:
    """A pair on the overview, and its alarms."""

    names: Names
    alarms: tuple[Alarm, ...]


def on_overview(choices: Mapping[str, Dashboard]) -> tuple[str, ...]:
    """The pairs on the stack's overview: all but those without dashboard; none unless a pair asks for it.

    >>> on_overview({"a": Dashboard.OWN, "b": Dashboard.OVERVIEW, "c": Dashboard.NONE})
    ('a', 'b')
    >>> on_overview({"a": Dashboard.OWN})
    ()
    """
    if Dashboard.OVERVIEW not in choices.values():
        return ()
    return tuple(name for name, choice in choices.items() if choice is not Dashboard.NONE)


def overview_problems(choices: Mapping[str, Dashboard]) -> list[Problem]:
    """Why there cannot be an overview; empty when there can."""
    shown = len(on_overview(choices))
    if shown <= MOST_PAIRS:
        return []
    return [
        Problem(
            key="dashboard",
            found=f"an overview of {shown} pairs",
            expected=f"at most {MOST_PAIRS}, since CloudWatch shows 2500 metrics on a dashboard",
            remedy=f"set dashboard to none for {shown - MOST_PAIRS} pairs or more, or split the stack",
        )
    ]


def overview_body(title: str, place: Place, pairs: Sequence[Shown]) -> dict[str, Any]:
    """The body of the overview of ``pairs``, of which there are at most ``MOST_PAIRS``."""
    region = place.region
    errors = [_alarm(pair, "errors") for pair in pairs]
    queued = [_alarm(pair, "failures-queued") for pair in pairs]

    def emitted_by_each(name: str, stat: str) -> list[Line]:
        return [emitted(name, pair.names.base, pair.names.pair, stat) for pair in pairs]

    def watched_of_each(alarms: Sequence[Alarm]) -> list[Line]:
        return [watched(alarm, pair.names.pair) for alarm, pair in zip(alarms, pairs, strict=True)]

    def standing(title: str, name: str) -> Any:
        lines = emitted_by_each(name, STANDING)
        return ranking(region, title, "job definitions", lines, most=_DRAWN, stands=True)

    def failing(title: str, unit: str, alarms: Sequence[Alarm]) -> Any:
        return ranking(region, title, unit, watched_of_each(alarms), thresholds(alarms), most=_DRAWN)

    def taking(title: str, stat: str) -> Any:
        lines = emitted_by_each("PushToRevision", stat)
        return ranking(region, title, "milliseconds", lines, most=_DRAWN)

    return BODY | {
        "widgets": laid_out(
            [
                Row(2, (text(f"**{title}** — {_WORDS}"),)),
                Row(
                    7,
                    (
                        standing("Behind the selected image", "Behind"),
                        standing("Of these, held back by a gate", "Gated"),
                        standing("On hold", "Held"),
                    ),
                ),
                Row(
                    7,
                    (
                        failing("Runs that failed", "runs", errors),
                        failing("Events in the failure queues", "events", queued),
                    ),
                ),
                Row(
                    7,
                    (
                        taking("From push to new revision: half take at most", "p50"),
                        taking("From push to new revision: 99 in 100 take at most", "p99"),
                    ),
                ),
                *_alarm_rows(place, pairs),
                *_log_rows(region, pairs),
            ]
        )
    }


def _alarm(pair: Shown, suffix: str) -> Alarm:
    (found,) = (alarm for alarm in pair.alarms if alarm.suffix == suffix)
    return found


def _alarm_rows(place: Place, pairs: Sequence[Shown]) -> Iterator[Row]:
    arns = [arn for pair in pairs for arn in alarm_arns(pair.names, place, pair.alarms)]
    parts = list(_chunks(arns, _ALARMS_A_WIDGET))
    for index, part in enumerate(parts, start=1):
        height = 2 + -(-len(part) // _ALARMS_A_LINE)
        yield Row(height, (alarm_states(f"Alarms{_of(index, parts)}, ringing ones first", part),))


def _log_rows(region: str, pairs: Sequence[Shown]) -> Iterator[Row]:
    groups = [pair.names.log_group for pair in pairs]
    parts = list(_chunks(groups, _LOG_GROUPS_A_QUERY))
    for index, part in enumerate(parts, start=1):
        title = f"What was not done, and why{_of(index, parts)}, newest first"
        yield Row(10, (log_table(region, title, part, WHAT_WAS_NOT_DONE),))


def _of(index: int, parts: Sequence[Any]) -> str:
    return f" ({index} of {len(parts)})" if len(parts) > 1 else ""


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
