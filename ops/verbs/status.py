"""``ecr-batch status``."""

from __future__ import annotations

import os

import typer

from ops.context import Context, open_context
from ops.errors import Exit
from ops.output import Format, print_json, print_line, print_table
from ops.status import COLUMNS, State, cells
from ops.status import status as read_status


def status(context: typer.Context) -> None:
    """Show what each job definition runs and what it should run; 0 if all are current, else 1."""
    raise typer.Exit(_status(open_context(context.obj, os.environ)))


def _status(context: Context) -> Exit:
    rows = read_status(context.pairs.values(), context.aws)
    if context.output is Format.JSON:
        print_json(
            {
                "stack": context.stack.name,
                "account": context.aws.identity.account,
                "region": context.aws.region_name,
                "definitions": [row.fields() for row in rows],
            }
        )
    else:
        print_table(COLUMNS, map(cells, rows))
        for row in rows:
            if row.state is not State.CURRENT:
                print_line(f"{row.definition}: {row.reason}")
    return Exit.OK if all(row.state is State.CURRENT for row in rows) else Exit.NO
