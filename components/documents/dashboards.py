"""The dashboard of one pair, as CloudWatch reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.documents.alarms import Alarm
from components.documents.widgets import (
    BLUE,
    BODY,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    STANDING,
    Level,
    alarm_arns,
    alarm_states,
    emitted,
    graph,
    log_table,
    numbers,
    of_lambda,
    thresholds,
    watched,
)
from components.grid import Row, laid_out
from components.log_queries import EVERY_OUTCOME
from components.naming import Names
from components.place import Place


def dashboard_body(
    names: Names, place: Place, alarms: Sequence[Alarm], *, timeout_seconds: int
) -> dict[str, Any]:
    """The body for the pair's dashboard. Each of ``alarms``, the pair's, has its line and threshold in it."""
    region, function = place.region, names.base
    lost = {alarm.suffix: alarm for alarm in alarms}
    errors, queued = lost.pop("errors"), lost.pop("failures-queued")
    return BODY | {
        "widgets": laid_out(
            [
                Row(
                    4,
                    (
                        numbers(
                            region,
                            "Job definitions as the last run left them",
                            [
                                emitted("Behind", function, "behind the selected image", STANDING, ORANGE),
                                emitted("Gated", function, "held back by a gate", STANDING, PURPLE),
                                emitted("Held", function, "on hold", STANDING, BLUE),
                                emitted("Failed", function, "failed", STANDING, RED),
                            ],
                        ),
                    ),
                ),
                Row(
                    6,
                    (
                        graph(
                            region,
                            "What was done about the job definitions",
                            "job definitions",
                            [
                                emitted("Updated", function, "updated", "Sum", GREEN),
                                emitted("Skipped", function, "skipped", "Sum", GREY),
                                emitted("Gated", function, "of these, held back by a gate", "Sum", PURPLE),
                                emitted("Failed", function, "failed", "Sum", RED),
                            ],
                        ),
                        graph(
                            region,
                            "From push to new revision",
                            "milliseconds",
                            [
                                emitted("PushToRevision", function, "half take at most", "p50", BLUE),
                                emitted("PushToRevision", function, "99 in 100 take at most", "p99", ORANGE),
                            ],
                        ),
                    ),
                ),
                Row(
                    6,
                    (
                        graph(
                            region,
                            "Runs that failed",
                            "runs",
                            [
                                watched(errors, color=RED),
                                of_lambda("Throttles", names.base, "runs put off by Lambda", "Sum", ORANGE),
                            ],
                            thresholds([errors]),
                        ),
                        graph(
                            region,
                            "How long the longest run took",
                            "milliseconds",
                            [of_lambda("Duration", names.base, "longest run", "Maximum", BLUE)],
                            [Level(timeout_seconds * 1000, "Lambda ends the run")],
                        ),
                    ),
                ),
                Row(
                    6,
                    (
                        graph(
                            region,
                            "Events in the failure queue",
                            "events",
                            [watched(queued, color=RED)],
                            thresholds([queued]),
                        ),
                        graph(
                            region,
                            "Events given up or lost",
                            "events",
                            [watched(alarm) for alarm in lost.values()],
                            thresholds(lost.values()),
                        ),
                    ),
                ),
                Row(3, (alarm_states("Alarms", alarm_arns(names, place, alarms)),)),
                Row(
                    12,
                    (
                        log_table(
                            region,
                            "Latest outcomes, failures and time-outs",
                            [names.log_group],
                            EVERY_OUTCOME,
                        ),
                    ),
                ),
            ]
        )
    }
