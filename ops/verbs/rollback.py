"""``ecr-batch rollback``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from handler.plan import Skip
from handler.provenance import HOLD, PREFIX
from handler.report.outcome import Outcome, passed_over, skipped
from handler.request import Registration
from ops.access import access
from ops.comparison import all_changes
from ops.confirm import confirmed
from ops.context import Context, open_context
from ops.errors import Exit
from ops.holding import reason_of
from ops.intents import Rollback
from ops.interruption import Interruption
from ops.operate import carry_out, read, rehearse
from ops.operator import Operation
from ops.progress import progress
from ops.registry import Registry
from ops.rollback import Choice, Refusal, choose, still_there
from ops.verbs.operation import NOTICE, Done, show


def rollback(
    context: typer.Context,
    definition: Annotated[str, typer.Argument(metavar="DEFINITION", help="A job definition of the stack.")],
    to: Annotated[
        int | None,
        typer.Option(
            "--to",
            metavar="REVISION",
            min=1,
            help="Whose image to go back to; may be INACTIVE. Default: the newest earlier ACTIVE revision "
            "with another image that can still be pulled.",
        ),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for whoever looks later. Default: who went back.")
    ] = None,
    settings: Annotated[bool, typer.Option("--settings", help="Go back to its settings as well.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Don't ask.")] = False,
) -> None:
    """Go back to an earlier image, and hold it, so that the next push does not undo it.

    Registers a new revision: the newest settings, the earlier image. Older revisions stay, and so do jobs
    that were submitted. `unhold` ends the hold. 1 if declined, or if the image can't be pulled any more.
    """
    raise typer.Exit(_rollback(open_context(context.obj, os.environ), definition, to, reason, settings, yes))


def _rollback(
    context: Context, name: str, to: int | None, given: str | None, with_settings: bool, yes: bool
) -> Exit:
    pair = context.pair_of(name)
    operation = Operation("rollback", context.aws.identity.arn)
    reached = access(pair, context.aws)
    registry = Registry(context.aws, reached.target.repository)

    def end(outcome: Outcome, exit_code: Exit, notes: tuple[str, ...] = ()) -> Exit:
        show(Done(operation=operation, pair=pair.pair, outcome=outcome, notes=notes), context.output)
        return exit_code

    with progress(f"reading {name} and its images"):
        log, lineage = read(name, reached)
        choice = choose(log, lineage, to, reached, registry)
    if isinstance(choice, Refusal):
        return end(passed_over(name, choice.reason), Exit.NO)
    intent = Rollback(
        target=reached.target,
        reason=reason_of(given, default=f"rolled back to revision {choice.number} by {operation.who}"),
        chosen=choice.revision,
        with_settings=with_settings,
        still_there=lambda: still_there(choice, reached.target, registry),
    )
    planned = rehearse(log, lineage, intent, operation, reached)
    if isinstance(planned, Skip):
        return end(skipped(planned), Exit.OK, choice.notes)
    if not confirmed(announcement(planned, choice, intent), "Register it?", yes=yes):
        return end(passed_over(name, "declined"), Exit.NO, choice.notes)
    with Interruption(NOTICE):
        return end(carry_out(name, intent, operation, reached), Exit.OK, choice.notes)


def announcement(planned: Registration, choice: Choice, intent: Rollback) -> str:
    """What would be registered, in full."""
    number, settings = choice.number, choice.number if intent.with_settings else planned.base
    lines = [
        f"{planned.definition}: new revision, image of revision {number}, settings of revision {settings}",
        *(f"  note: {note}" for note in choice.notes),
        f"  against revision {planned.newest.number}, the newest now:",
    ]
    for path, (before, after) in all_changes(planned.newest.settings, planned.document).items():
        if not path.startswith(f"tags.{PREFIX}") or path == f"tags.{HOLD}":
            lines.append(f"    {path}: {before or '-'} -> {after or '-'}")
    lines.append(f"  no push changes its image until `ecr-batch unhold {planned.definition}`")
    return "\n".join(lines)
