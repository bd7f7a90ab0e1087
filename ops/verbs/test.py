"""``ecr-batch test``."""

from __future__ import annotations

import os
from typing import Any

import typer

from handler.settings import Settings
from ops.context import Context, open_context
from ops.errors import Exit
from ops.log_lines import short_reference
from ops.output import Format, print_json, print_line, print_table
from ops.progress import progress
from ops.rehearsal import Rehearsal, rehearse

_COLUMNS = ("PAIR", "JOB DEFINITION", "OUTCOME", "REVISION", "IMAGE", "NEW IMAGE", "REASON")


def test(context: typer.Context) -> None:
    """Try whether a push would be rolled out; 0 if it would, else 1.

    Nothing is changed. The event of a push, given to the function, would register for real; so EventBridge is
    asked whether the deployed rule lets such an event through, and the deployed function to plan a reconcile
    in dry run. The plan is shown.
    """
    raise typer.Exit(_rehearse(open_context(context.obj, os.environ)))


def _rehearse(context: Context) -> Exit:
    with progress("asking EventBridge and the function"):
        found = [_rehearsal(context, settings) for settings in context.pairs.values()]
    if context.output is Format.JSON:
        print_json({"stack": context.stack.name, "pairs": [item.fields() for item in found]})
    else:
        print_table(_COLUMNS, (_cells(item.pair, outcome) for item in found for outcome in item.outcomes))
        for item in found:
            for problem in item.problems:
                print_line(f"{item.pair}: {problem}", style="red")
            if item.rule is not None and not item.rule.problem:
                print_line(f"{item.pair}: rule {item.rule.name} lets such a push through")
    return Exit.NO if any(item.problems for item in found) else Exit.OK


def _rehearsal(context: Context, settings: Settings) -> Rehearsal:
    return rehearse(
        settings,
        context.aws,
        project=context.stack.project,
        stack=context.stack.name,
        timeout=context.stack.config.pairs[settings.pair].timeout_seconds,
    )


def _cells(pair: str, outcome: dict[str, Any]) -> tuple[str, ...]:
    def image(key: str) -> str:
        return short_reference(outcome[key]) if outcome.get(key) else "-"

    before = outcome.get("previousRevision")
    return (
        pair,
        str(outcome.get("jobDefinition")),
        str(outcome.get("outcome")),
        "-" if before is None else str(before),
        image("previousImage"),
        image("newImage"),
        str(outcome.get("reason")),
    )
