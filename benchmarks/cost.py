"""What a stack costs a month, from the prices in benchmarks/prices.py.

    python -m benchmarks.cost

Prints the tables of docs/cost.md. Pure: alarms and metrics are counted where the program defines them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import prices
from components.documents.alarms import pair_alarms
from components.naming import Names, RuleKind
from handler.event import Trigger
from handler.report.log import DIMENSION, UNITS, metrics
from handler.report.outcome import Outcome, Result

HOURS = 730
DAYS = HOURS / 24
PAIRS = (1, 10, 100)
PUSHES = (0, 10, 1_000, 100_000)
DASHBOARDS = ("own", "overview", "none")
_TICK = Trigger(event_id="tick")
_PUSH = Trigger(event_id="push", at=datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What is not known before it runs. Seconds are billed ones, those of a cold start among them.

    KB are of log lines, Lambda's own included, rounded up from those on the local cloud with one definition.
    """

    memory_gb: float = 0.25
    push_seconds: float = 3.0
    tick_seconds: float = 1.5
    push_kb: float = 3.0
    tick_kb: float = 1.5
    retention_days: int = 14
    notices_per_push: int = 1


@dataclass(frozen=True, kw_only=True)
class Stack:
    """``pushes`` a month, in all, spread evenly over the pairs; ``hourly``: ``reconcile: rate(1 hour)``."""

    pairs: int
    pushes: int
    hourly: bool = False
    dashboard: str = "own"


def cost(stack: Stack, assumed: Assumptions) -> dict[str, float]:
    """Dollars a month by what they are for."""
    ticks = HOURS * stack.pairs if stack.hourly else 0
    gb_seconds = assumed.memory_gb * (stack.pushes * assumed.push_seconds + ticks * assumed.tick_seconds)
    log_gb = (stack.pushes * assumed.push_kb + ticks * assumed.tick_kb) / 1e6
    dashboards = {"own": stack.pairs, "overview": 1, "none": 0}[stack.dashboard]
    return {
        "alarms": stack.pairs * alarm_count(hourly=stack.hourly) * prices.ALARM.amount,
        "dashboards": dashboards * prices.DASHBOARD.amount,
        "custom metrics": stack.pairs * metric_months(stack) * prices.METRIC.amount,
        "Lambda": (stack.pushes + ticks) * prices.REQUEST.amount + gb_seconds * prices.GB_SECOND.amount,
        "logs": log_gb * prices.LOG_INGESTED.amount
        + log_gb * assumed.retention_days / DAYS * prices.LOG_STORED.amount,
        "notices": stack.pushes * assumed.notices_per_push * prices.CUSTOM_EVENT.amount,
    }


def alarm_count(*, hourly: bool) -> int:
    """How many alarms a pair without a gate on scans has."""
    rules = [RuleKind.PUSHES, *([RuleKind.SCHEDULE] * hourly)]
    return len(pair_alarms(Names("project", "stack", "pair"), rules))


def metric_months(stack: Stack) -> float:
    """How many metrics of one pair are billed for how much of the month, at most.

    A metric costs for the hours in which it is sent. Pushes could all fall into different hours.
    """
    with_push = min(HOURS, stack.pushes / stack.pairs)
    months = 0.0
    for name in UNITS:
        if name in emitted(_TICK) and stack.hourly:
            months += 1
        elif name in emitted(_PUSH):
            months += with_push / HOURS
    return months


def emitted(trigger: Trigger) -> set[str]:
    """The metrics of a run that goes well: a push registers a revision, a tick finds nothing to do."""
    at = trigger.at
    outcome = Outcome(
        definition="job",
        kind="skipped" if at is None else "updated",
        reason="",
        registered_at=at,
        standing="settled",
    )
    result = Result(pair="pair", dry_run=False, image=None, outcomes=(outcome,))
    record = metrics(result, trigger, datetime(2026, 1, 1, tzinfo=UTC), "function")
    return set(record) - {"_aws", DIMENSION}


def report() -> str:
    """The tables, in Markdown."""
    assumed = Assumptions()
    return "\n\n".join(
        "\n".join(lines)
        for lines in (_totals(assumed), _shares(assumed), _assumptions(assumed), _price_list())
    )


def _totals(assumed: Assumptions) -> Iterator[str]:
    yield from _row("`dashboard`", "`reconcile`", "pushes a month", *(_counted(pairs) for pairs in PAIRS))
    yield from _rule("---", "---", "--:", *("--:" for _ in PAIRS))
    for dashboard in DASHBOARDS:
        for hourly in (False, True):
            for pushes in PUSHES:
                stacks = [
                    Stack(pairs=pairs, pushes=pushes, hourly=hourly, dashboard=dashboard) for pairs in PAIRS
                ]
                totals = [_dollars(sum(cost(stack, assumed).values())) for stack in stacks]
                yield from _row(
                    f"`{dashboard}`",
                    "hourly" if hourly else "none",
                    f"{pushes:,}" if pushes else "idle",
                    *totals,
                )


def _shares(assumed: Assumptions) -> Iterator[str]:
    stacks = [
        Stack(pairs=10, pushes=pushes, hourly=hourly)
        for hourly in (False, True)
        for pushes in (0, 1000, 100_000)
    ]
    costs = [cost(stack, assumed) for stack in stacks]
    titles = [
        (f"{stack.pushes:,} pushes" if stack.pushes else "idle") + ", hourly" * stack.hourly
        for stack in stacks
    ]
    yield from _row("10 pairs, own dashboards", *titles)
    yield from _rule("---", *("--:" for _ in stacks))
    for part in costs[0]:
        yield from _row(part, *(_dollars(each[part]) for each in costs))


def _assumptions(assumed: Assumptions) -> Iterator[str]:
    yield from _row("assumed", "")
    yield from _rule("---", "--:")
    yield from _row(
        "alarms of a pair, without and with `reconcile`",
        f"{alarm_count(hourly=False)}, {alarm_count(hourly=True)}",
    )
    yield from _row(
        "metrics that a push, a tick of the schedule sends", f"{len(emitted(_PUSH))}, {len(emitted(_TICK))}"
    )
    yield from _row("memory", f"{assumed.memory_gb * 1024:.0f} MB")
    yield from _row("billed seconds of a push, of a tick", f"{assumed.push_seconds}, {assumed.tick_seconds}")
    yield from _row("KB of log of a push, of a tick", f"{assumed.push_kb}, {assumed.tick_kb}")
    yield from _row("days that logs are kept", f"{assumed.retention_days}")
    yield from _row("notices of a push", f"{assumed.notices_per_push}")


def _price_list() -> Iterator[str]:
    yield from _row(f"{prices.CURRENCY}, {prices.REGION}", "for each", "page", "quoted in")
    yield from _rule("--:", "---", "---", "---")
    for price in prices.PRICES:
        amount = f"{price.amount:.10f}".rstrip("0").rstrip(".")
        yield from _row(amount, price.unit, f"<{price.page}>", price.as_of)


def _counted(pairs: int) -> str:
    return "1 pair" if pairs == 1 else f"{pairs} pairs"


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}"


def _row(*cells: str) -> Sequence[str]:
    return [f"| {' | '.join(cells)} |"]


def _rule(*marks: str) -> Sequence[str]:
    return [f"|{'|'.join(marks)}|"]


if __name__ == "__main__":
    print(report())
