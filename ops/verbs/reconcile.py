"""``ecr-batch reconcile``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from ops.context import Context, open_context
from ops.errors import Exit
from ops.output import Format, print_error, print_json, print_line, print_table
from ops.progress import progress
from ops.reconcile import Reply, calls
from ops.reconcile import reconcile as call_functions

COLUMNS = ("PAIR", "JOB DEFINITION", "OUTCOME", "REVISION", "REASON")


def reconcile(
    context: typer.Context,
    definitions: Annotated[
        list[str] | None,
        typer.Argument(metavar="DEFINITION", help="Default: all.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Have the deployed function bring job definitions to the selected image, and show what it did.

    0 if it looked after all of them; 1 if one failed, or nothing was done because the pair is paused or
    ECR holds no image for it; 2 if the function could not be called, or did not get as far as looking.
    """
    raise typer.Exit(_reconcile(open_context(context.obj, os.environ), definitions or (), dry_run))


def _reconcile(context: Context, definitions: Sequence[str], dry_run: bool) -> Exit:
    planned = calls(context, definitions, dry_run=dry_run)
    with progress(f"calling {', '.join(call.function for call in planned)}"):
        replies = call_functions(planned, context.aws)
    show(replies, context.output)
    return max(reply.exit for reply in replies)


def show(replies: Sequence[Reply], output: Format) -> None:
    """Writes what the functions answered; errors go to standard error."""
    if output is Format.JSON:
        print_json({"pairs": [reply.fields() for reply in replies]})
    elif any(reply.outcomes for reply in replies):
        print_table(
            COLUMNS,
            (_cells(reply.call.pair, outcome) for reply in replies for outcome in reply.outcomes),
        )
    for reply in replies:
        if reply.error:
            print_error(f"ecr-batch: pair {reply.call.pair}: {reply.error}")
        elif output is Format.TABLE:
            for outcome in reply.passed_over:
                print_line(f"{outcome['jobDefinition']}: nothing was done: {outcome['reason']}")


def _cells(pair: str, outcome: Mapping[str, Any]) -> tuple[str, ...]:
    revisions = [outcome["previousRevision"], outcome["newRevision"]]
    numbers = " -> ".join(str(number) for number in revisions if number is not None)
    return (pair, outcome["jobDefinition"], outcome["outcome"], numbers or "-", outcome["reason"])
