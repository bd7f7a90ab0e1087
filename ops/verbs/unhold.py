"""``ecr-batch unhold``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ops.access import access
from ops.context import Context, open_context
from ops.errors import Exit
from ops.holding import release
from ops.interruption import Interruption
from ops.operator import Operation
from ops.progress import progress
from ops.reconcile import Reply, calls, reconcile
from ops.verbs.operation import NOTICE, Done, show


def unhold(
    context: typer.Context,
    definition: Annotated[str, typer.Argument(metavar="DEFINITION", help="A job definition of the stack.")],
) -> None:
    """End a hold, and have the deployed function bring the job definition to the selected image at once.

    Registers a revision that says so; where there is no hold, nothing. 1 if the function could not bring
    the definition to the image, or did nothing because the pair is paused; 2 if it could not be called.
    """
    raise typer.Exit(_unhold(open_context(context.obj, os.environ), definition))


def _unhold(context: Context, name: str) -> Exit:
    settings = context.pair_of(name)
    operation = Operation("unhold", context.aws.identity.arn)
    reply: Reply | None = None
    with Interruption(NOTICE):
        outcome = release(name, operation, access(settings, context.aws))
        if outcome.kind == "updated":
            with progress(f"revision {outcome.new_revision} ends the hold; calling the function"):
                (reply,) = reconcile(calls(context, [name], dry_run=False), context.aws)
        show(Done(operation=operation, pair=settings.pair, outcome=outcome, reply=reply), context.output)
    return reply.exit if reply else Exit.OK
