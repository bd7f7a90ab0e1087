"""``ecr-batch hold``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ops.access import access
from ops.context import Context, open_context
from ops.errors import Exit
from ops.holding import hold as hold_definition
from ops.holding import reason_of
from ops.interruption import Interruption
from ops.operator import Operation
from ops.verbs.operation import NOTICE, Done, show


def hold(
    context: typer.Context,
    definition: Annotated[str, typer.Argument(metavar="DEFINITION", help="A job definition of the stack.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for whoever looks later. Default: who held it.")
    ] = None,
) -> None:
    """Keep the image that a job definition has now, whatever is pushed, until `unhold`.

    Registers a revision that says so. A definition that is on hold already stays as it is.
    """
    raise typer.Exit(_hold(open_context(context.obj, os.environ), definition, reason))


def _hold(context: Context, name: str, given: str | None) -> Exit:
    settings = context.pair_of(name)
    operation = Operation("hold", context.aws.identity.arn)
    reason = reason_of(given, default=f"held by {operation.who}")
    with Interruption(NOTICE):
        outcome = hold_definition(name, reason, operation, access(settings, context.aws))
        show(Done(operation=operation, pair=settings.pair, outcome=outcome), context.output)
    return Exit.OK
