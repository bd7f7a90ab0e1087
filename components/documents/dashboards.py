"""The dashboard of one pair and the overview of a stack, as CloudWatch reads them.

Limits: AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html (100 alarms a widget),
AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html (50 log groups a query). How many pairs an overview
can show is in components/quotas.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from components.documents import widgets
from components.documents.alarms import Alarm
from components.documents.widgets import Line, Row, Widget
from components.naming import Names, Place

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
    """A pair on a dashboard, and its alarms."""

    names: Names
    alarms: tuple[Alarm, ...]

    def alarm(self, suffix: str) -> Alarm:
        """The alarm with this end of its name."""
        (found,) = (alarm for alarm in self.alarms if alarm.suffix == suffix)
        return found


def dashboard_body(pair: Shown, place: Place, *, timeout_seconds: int) -> dict[str, Any]:
    """The body for the pair's dashboard. Each of its alarms has its line and threshold in it."""
    function = pair.names.base
    errors, queued = pair.alarm("errors"), pair.alarm("failures-queued")
    lost = [alarm for alarm in pair.alarms if alarm not in (errors, queued)]

    def ours(name: str, label: str, stat: str, color: str) -> Line:
        return widgets.emitted(name, function, label, stat, color)

    standing = widgets.numbers(
        "Job definitions as the last run left them",
        [
            ours("Behind", "behind the selected image", widgets.STANDING, widgets.ORANGE),
            ours("Gated", "held back by a gate", widgets.STANDING, widgets.PURPLE),
            ours("Held", "on hold", widgets.STANDING, widgets.BLUE),
            ours("Failed", "failed", widgets.STANDING, widgets.RED),
        ],
    )
    done = widgets.graph(
        "What was done about the job definitions",
        "job definitions",
        [
            ours("Updated", "updated", "Sum", widgets.GREEN),
            ours("Skipped", "skipped", "Sum", widgets.GREY),
            ours("Gated", "of these, held back by a gate", "Sum", widgets.PURPLE),
            ours("Failed", "failed", "Sum", widgets.RED),
        ],
    )
    delay = widgets.graph(
        "From push to new revision",
        "milliseconds",
        [
            ours("PushToRevision", "half take at most", "p50", widgets.BLUE),
            ours("PushToRevision", "99 in 100 take at most", "p99", widgets.ORANGE),
        ],
    )
    put_off = widgets.of_lambda("Throttles", function, "runs put off by Lambda", "Sum", widgets.ORANGE)
    failures = [widgets.watched(errors, color=widgets.RED), put_off]
    failed = widgets.graph("Runs that failed", "runs", failures, widgets.thresholds([errors]))
    duration = widgets.graph(
        "How long the longest run took",
        "milliseconds",
        [widgets.of_lambda("Duration", function, "longest run", "Maximum", widgets.BLUE)],
        [widgets.level(timeout_seconds * 1000, "Lambda ends the run")],
    )
    full = [widgets.watched(queued, color=widgets.RED)]
    waiting = widgets.graph("Events in the failure queue", "events", full, widgets.thresholds([queued]))
    losses = [widgets.watched(alarm) for alarm in lost]
    gone = widgets.graph("Events given up or lost", "events", losses, widgets.thresholds(lost))
    ringing = widgets.alarm_states("Alarms", widgets.alarm_arns(pair.names, place, pair.alarms))
    title, groups = "Latest outcomes, failures and time-outs", [pair.names.log_group]
    told = widgets.log_table(title, groups, widgets.EVERY_OUTCOME)
    graphs: list[Row] = [(4, standing), (6, done, delay), (6, failed, duration), (6, waiting, gone)]
    return widgets.body(place, [*graphs, (3, ringing), (12, told)])


def overview_body(title: str, place: Place, pairs: Sequence[Shown]) -> dict[str, Any]:
    """The body of the overview of ``pairs``: which are behind, held back, held or failing."""

    def of_each(name: str, stat: str) -> list[Line]:
        return [widgets.emitted(name, pair.names.base, pair.names.pair, stat) for pair in pairs]

    def standing(title: str, name: str) -> Widget:
        lines = of_each(name, widgets.STANDING)
        return widgets.ranking(title, "job definitions", lines, most=_DRAWN, stands=True)

    def failing(title: str, unit: str, suffix: str) -> Widget:
        lines = [widgets.watched(pair.alarm(suffix), pair.names.pair) for pair in pairs]
        levels = widgets.thresholds(pair.alarm(suffix) for pair in pairs)
        return widgets.ranking(title, unit, lines, levels, most=_DRAWN)

    def delay(title: str, stat: str) -> Widget:
        return widgets.ranking(title, "milliseconds", of_each("PushToRevision", stat), most=_DRAWN)

    def ringing(title: str, arns: Sequence[str]) -> Row:
        height = 2 + -(-len(arns) // _ALARMS_A_LINE)
        return height, widgets.alarm_states(f"{title}, ringing ones first", arns)

    def not_done(title: str, groups: Sequence[str]) -> Row:
        return 10, widgets.log_table(f"{title}, newest first", groups, widgets.WHAT_WAS_NOT_DONE)

    arns = [arn for pair in pairs for arn in widgets.alarm_arns(pair.names, place, pair.alarms)]
    groups = [pair.names.log_group for pair in pairs]
    behind = standing("Behind the selected image", "Behind")
    gated, held = standing("Of these, held back by a gate", "Gated"), standing("On hold", "Held")
    failed = failing("Runs that failed", "runs", "errors")
    waiting = failing("Events in the failure queues", "events", "failures-queued")
    half = delay("From push to new revision: half take at most", "p50")
    most = delay("From push to new revision: 99 in 100 take at most", "p99")
    return widgets.body(
        place,
        [
            (2, widgets.text(f"**{title}** — {_WORDS}")),
            (7, behind, gated, held),
            (7, failed, waiting),
            (7, half, most),
            *_split("Alarms", arns, _ALARMS_A_WIDGET, ringing),
            *_split("What was not done, and why", groups, _LOG_GROUPS_A_QUERY, not_done),
        ],
    )


def _split(
    title: str, items: Sequence[str], most: int, row: Callable[[str, Sequence[str]], Row]
) -> Iterator[Row]:
    """A row for each ``most`` of ``items``, numbered where there are several."""
    parts = [items[start : start + most] for start in range(0, len(items), most)]
    for number, part in enumerate(parts, start=1):
        yield row(f"{title} ({number} of {len(parts)})" if len(parts) > 1 else title, part)
