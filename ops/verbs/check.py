"""``ecr-batch check``."""

from __future__ import annotations

import os

import typer

from ops.check.report import Report, lines, summary
from ops.check.run import check as run_check
from ops.check.verdict import Finding, Unseen
from ops.context import Context, open_context
from ops.errors import AwsFailed, Exit
from ops.output import Format, print_json, print_marked
from ops.progress import progress


def check(context: typer.Context) -> None:
    """Look at every link from a push to a new revision; 0 if all are good, else 1.

    2 if any could not be looked at. Each finding names what repairs it: a
    command, or a configuration key. docs/check.md explains them. Changes
    nothing.
    """
    raise typer.Exit(_check(open_context(context.obj, os.environ)))


def _check(context: Context) -> Exit:
    with progress("check") as tell:
        report = run_check(context.stack, tuple(context.pairs), context.aws, progress=tell)
    if context.output is Format.JSON:
        print_json(report.document())
    else:
        for line in lines(report):
            print_marked(line.mark, line.text)
    if report.all(Unseen):
        raise _incomplete(report)
    return Exit.NO if report.all(Finding) else Exit.OK


def _incomplete(report: Report) -> AwsFailed:
    lacking = ", ".join(report.permissions)
    return AwsFailed(
        f"the check is incomplete: {summary(report)}",
        remedy=f"use credentials that allow {lacking}"
        if lacking
        else "see the remedies above, or unseen in the JSON document",
    )
