"""``ecr-batch simulate``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from handler.report.outcome import Outcome
from ops.context import Context, open_context
from ops.errors import Exit, UsageError
from ops.files import read_json
from ops.output import Format, print_json, print_line, print_table
from ops.progress import progress
from ops.queued_event import unwrap
from ops.simulate import Simulation, would_register
from ops.simulate import simulate as run_simulation

COLUMNS = ("PAIR", "JOB DEFINITION", "WOULD", "REVISION", "REASON")
_REMEDY = "give it an event as EventBridge sends it, or the body of a message of the failure queue"


def simulate(
    context: typer.Context,
    event: Annotated[
        Path, typer.Argument(metavar="EVENT.json", help="A file with an event; - is standard input.")
    ],
) -> None:
    """Show what the function would do about an event, by reading only; no function need be deployed.

    The event is one of EventBridge (an ECR push or replication, a tick), a direct call such as
    {"action": "reconcile"}, or the body of a message of the failure queue. What it would find is what ECR
    and AWS Batch hold now. 1 if no pair takes the event, or a run would fail.
    """
    raise typer.Exit(_simulate(open_context(context.obj, os.environ), event))


def _simulate(context: Context, file: Path) -> Exit:
    queued = unwrap(read_json(file, remedy=_REMEDY, kind=UsageError))
    with progress("reading AWS Batch and ECR"):
        simulation = run_simulation(queued, context)
    if context.output is Format.JSON:
        print_json(simulation.fields())
    elif simulation.results:
        _show(simulation)
    else:
        print_line("none of the pairs takes this event:")
        for pair, reason in simulation.refusals.items():
            print_line(f"  {pair}: {reason}")
    return simulation.exit


def _show(simulation: Simulation) -> None:
    results = simulation.results.items()
    outcomes = [(pair, outcome) for pair, result in results for outcome in result.outcomes]
    print_table(COLUMNS, (_cells(pair, outcome) for pair, outcome in outcomes))
    for _, outcome in outcomes:
        for change in outcome.changes:
            print_line(f"{outcome.definition}, {change.path}: {change.before} -> {change.after}")
        for warning in outcome.warnings:
            print_line(f"{outcome.definition}: warning: {warning}")
    for pair in sorted(simulation.paused):
        print_line(f"pair {pair} is paused: as it is configured, its function would do nothing at all")


def _cells(pair: str, outcome: Outcome) -> tuple[str, ...]:
    would = "fail" if outcome.kind == "failed" else "register" if would_register(outcome) else "skip"
    revision = "-" if outcome.previous_revision is None else str(outcome.previous_revision)
    return (pair, outcome.definition, would, revision, outcome.reason)
