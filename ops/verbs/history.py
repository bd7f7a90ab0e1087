"""``ecr-batch history``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ops.access import access
from ops.context import Context, open_context
from ops.differences import Changes
from ops.errors import Exit
from ops.history import Entry
from ops.history import diff as read_diff
from ops.history import history as read_history
from ops.output import Format, print_json, print_line, print_table

COLUMNS = ("REVISION", "STATUS", "WHEN", "IMAGE", "BY", "HOLD", "ALSO CHANGED")
_PATHS_SHOWN = 3


def history(
    context: typer.Context,
    definition: Annotated[str, typer.Argument(metavar="DEFINITION", help="A job definition of the stack.")],
    inactive: Annotated[bool, typer.Option("--inactive", help="Also the INACTIVE revisions.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    diff: Annotated[
        tuple[int, int] | None,
        typer.Option("--diff", metavar="A B", min=1, help="Instead: what differs between two revisions."),
    ] = None,
) -> None:
    """Show a job definition's revisions: when, which image, by whom, and what else each one changed.

    What else changed is told against the revision listed below. AWS Batch keeps no time of registration:
    WHEN comes from the updater's tags, so it is - for revisions of others. 1 if there is no revision.
    """
    opened = open_context(context.obj, os.environ)
    if diff is not None:
        raise typer.Exit(_diff(opened, definition, *diff))
    raise typer.Exit(_history(opened, definition, inactive, None if everything else limit))


def _history(context: Context, name: str, inactive: bool, limit: int | None) -> Exit:
    reached = access(context.pair_of(name), context.aws)
    found = read_history(name, reached, inactive=inactive)
    shown = found[:limit]
    if context.output is Format.JSON:
        print_json(
            {
                "pair": reached.settings.pair,
                "jobDefinition": name,
                "revisions": [entry.fields() for entry in shown],
                "leftOut": len(found) - len(shown),
            }
        )
    elif found:
        print_table(COLUMNS, map(_cells, shown))
        if len(shown) < len(found):
            print_line(f"{len(found) - len(shown)} older revisions are left out; --all shows them")
    else:
        kind = "revision" if inactive else "ACTIVE revision; --inactive shows the others, if there are any"
        print_line(f"{name} has no {kind}")
    return Exit.OK if found else Exit.NO


def _cells(entry: Entry) -> tuple[str, ...]:
    by = f"{entry.operation.verb} by {entry.operation.caller}" if entry.operation else entry.writer.value
    more = len(entry.changed) - _PATHS_SHOWN
    changed = ", ".join(entry.changed[:_PATHS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    status = "ACTIVE" if entry.active else "INACTIVE"
    return (str(entry.number), status, entry.at or "-", str(entry.carried), by, entry.hold, changed)


def _diff(context: Context, name: str, one: int, other: int) -> Exit:
    reached = access(context.pair_of(name), context.aws)
    changes = read_diff(name, one, other, reached)
    if context.output is Format.JSON:
        print_json(
            {
                "pair": reached.settings.pair,
                "jobDefinition": name,
                "before": one,
                "after": other,
                "differences": [
                    {"path": path, "before": before, "after": after}
                    for path, (before, after) in changes.items()
                ],
            }
        )
    elif changes:
        print_changes(changes, f"REVISION {one}", f"REVISION {other}")
    else:
        print_line(f"revisions {one} and {other} of {name} have the same settings, image and tags")
    return Exit.OK


def print_changes(changes: Changes, before: str, after: str) -> None:
    """A table of what differs, under the titles ``before`` and ``after``."""
    rows = ((path, old or "-", new or "-") for path, (old, new) in changes.items())
    print_table(("FIELD", before, after), rows)
