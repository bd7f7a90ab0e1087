"""``ecr-batch status``."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ops.context import Context, open_context
from ops.durations import age, duration
from ops.errors import Exit, UsageError
from ops.last_outcomes import Key, last_outcomes
from ops.log_lines import LogLine
from ops.output import Format, clear_screen, print_error, print_json, print_json_line, print_line, print_table
from ops.progress import progress
from ops.status import COLUMNS, Row, State, cells
from ops.status import status as read_status
from ops.waiting import Verdict, judge

_COLUMNS = (*COLUMNS, "AGE", "LAST OUTCOME")


def status(
    context: typer.Context,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show it again and again, until Ctrl-C.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until every definition is current, as CI does.")
    ] = False,
    timeout: Annotated[
        str | None,
        typer.Option(
            "--timeout", metavar="TIME", help="How long --wait waits, e.g. 90s, 10m, 1h. Default: 10m."
        ),
    ] = None,
    interval: Annotated[
        float, typer.Option("--interval", min=0.1, metavar="SECONDS", help="How long to wait between looks.")
    ] = 5.0,
) -> None:
    """Show what each job definition runs and what it should run; 0 if all are current, else 1.

    AGE is since when the newest revision stands, if the updater registered it; LAST OUTCOME is the newest of
    the last 14 days that was no rehearsal.

    --wait gives up at once, with 1, on a definition that can't become current by waiting: one on hold,
    foreign, missing, inactive or blocked, or in a pair that is paused or has dryRun. It also ends with 1
    when the time is over.

    With -o json: one document; with --watch one JSON object a line.
    """
    opened = open_context(context.obj, os.environ)
    if watch and wait:
        raise UsageError(
            "--watch and --wait exclude each other", remedy="--wait ends by itself; leave one out"
        )
    if timeout is not None and not wait:
        raise UsageError("--timeout without --wait", remedy="add --wait, or leave --timeout out")
    if wait:
        limit = duration(timeout or "10m", option="--timeout").total_seconds()
        raise typer.Exit(_wait(opened, limit, interval))
    if watch:
        _watch(opened, interval)
    rows = _read(opened)
    _show(opened, rows)
    raise typer.Exit(_code(rows))


def _read(context: Context) -> tuple[Row, ...]:
    with progress("asking AWS Batch and ECR"):
        return read_status(context.pairs.values(), context.aws)


def _outcomes(context: Context, known: Mapping[Key, LogLine] | None = None) -> Mapping[Key, LogLine]:
    with progress("reading the log groups"):
        return last_outcomes(
            context.pairs.values(),
            context.aws,
            project=context.stack.project,
            stack=context.stack.name,
            known=known,
        )


def _watch(context: Context, interval: float) -> None:
    """Never returns; Ctrl-C ends it."""
    outcomes: Mapping[Key, LogLine] | None = None
    while True:
        rows, outcomes = _read(context), _outcomes(context, outcomes)
        if context.output is Format.JSON:
            print_json_line(_document(context, rows, outcomes))
        else:
            clear_screen()
            print_line(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}, every {interval:g} s; Ctrl-C ends this")
            _print(rows, outcomes)
        time.sleep(interval)


def _wait(context: Context, limit: float, interval: float) -> Exit:
    deadline = time.monotonic() + limit
    rows = _read(context)
    verdict = judge(rows, context.pairs)
    with progress("") as tell:
        while not verdict.is_over and time.monotonic() < deadline:
            tell(f"waiting for {', '.join(verdict.pending)}")
            time.sleep(min(interval, max(0.0, deadline - time.monotonic())))
            rows = read_status(context.pairs.values(), context.aws)
            verdict = judge(rows, context.pairs)
    _show(context, rows)
    for line in _complaints(verdict, limit):
        print_error(line)
    return _code(rows)


def _complaints(verdict: Verdict, limit: float) -> list[str]:
    hopeless = [
        f"ecr-batch: {name} can't become current by waiting: {why}" for name, why in verdict.hopeless.items()
    ]
    if hopeless:
        return hopeless
    return [
        f"ecr-batch: {name} is not current after {limit:g} s: {why}" for name, why in verdict.pending.items()
    ]


def _show(context: Context, rows: Sequence[Row]) -> None:
    outcomes = _outcomes(context)
    if context.output is Format.JSON:
        print_json(_document(context, rows, outcomes))
    else:
        _print(rows, outcomes)


def _document(context: Context, rows: Sequence[Row], outcomes: Mapping[Key, LogLine]) -> dict[str, Any]:
    def definition(row: Row) -> dict[str, Any]:
        last = outcomes.get((row.pair, row.definition))
        return {**row.fields(), "lastOutcome": last.fields() if last else None}

    return {
        "stack": context.stack.name,
        "account": context.aws.identity.account,
        "region": context.aws.region_name,
        "definitions": [definition(row) for row in rows],
    }


def _print(rows: Sequence[Row], outcomes: Mapping[Key, LogLine]) -> None:
    now = datetime.now(UTC)
    lines = []
    for row in rows:
        last = outcomes.get((row.pair, row.definition))
        told = f"{last.outcome} {age(last.at, now)} ago" if last else "-"
        lines.append((*cells(row), _age(row.updated_at, now), told))
    print_table(_COLUMNS, lines)
    for row in rows:
        if row.state is not State.CURRENT:
            print_line(f"{row.definition}: {row.reason}")
        last = outcomes.get((row.pair, row.definition))
        if last is not None and last.is_bad:
            print_line(f"{row.definition}, last outcome: {' '.join(last.reason.split())}", style="red")


def _age(updated_at: str, now: datetime) -> str:
    try:
        since = datetime.fromisoformat(updated_at)
    except ValueError:  # none, or a tag that somebody made up
        return "-"
    return age(since if since.tzinfo else since.replace(tzinfo=UTC), now)


def _code(rows: Sequence[Row]) -> Exit:
    return Exit.OK if all(row.state is State.CURRENT for row in rows) else Exit.NO
