"""``ecr-batch redrive``."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from typing import Annotated, Any

import typer

from ops.confirm import confirmed
from ops.context import Context, open_context
from ops.errors import Exit
from ops.output import Format, print_json, print_line
from ops.progress import progress
from ops.redrive import Redrive, Redriven, open_redrive


def redrive(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many messages.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the messages; give nothing to the function.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Give the events of the failure queue to the function again, and delete what succeeds.

    Repair what made them fail first. Events are hints: the function looks at what ECR holds now, so an old
    event does no harm. Each message that is there at the start is tried once. It is deleted when the function
    has succeeded; otherwise it stays in the queue, and is shown with the reason. So does a message that is no
    event. Messages are hidden from other readers of the queue while this runs, also with --dry-run.

    Exit codes: 0 nothing is left of what was tried, or the queue is empty; 1 some messages stay, or declined;
    2 could not; 130 interrupted, and every message that was not done is in the queue.
    """
    raise typer.Exit(_redrive(open_context(context.obj, os.environ), limit, dry_run, yes))


def _redrive(context: Context, limit: int | None, dry_run: bool, yes: bool) -> Exit:
    queues = [
        open_redrive(
            settings,
            context.aws,
            project=context.stack.project,
            stack=context.stack.name,
            timeout=context.stack.config.pairs[name].timeout_seconds,
        )
        for name, settings in context.pairs.items()
    ]
    held = sum(queue.backlog.held for queue in queues)
    full = [queue for queue in queues if queue.backlog.waiting]
    if full and not dry_run and not confirmed(_announcement(full), "Go on?", yes=yes):
        return Exit.NO
    shown: list[Redriven] = []

    def document() -> dict[str, Any]:
        messages = [item.fields() for item in shown]
        return {"stack": context.stack.name, "messages": messages, "heldByOthers": held}

    try:
        with closing(_run(full, dry_run=dry_run, limit=limit)) as items:
            for item in items:
                shown.append(item)
                if context.output is Format.TABLE:
                    print_line(_line(item), style="red" if item.outcome == "stays" else "")
    except BaseException:
        # What was done until then is gone from the queue, so nothing else will tell of it.
        if context.output is Format.JSON and shown:
            print_json(document())
        raise
    if context.output is Format.JSON:
        print_json(document())
    else:
        print_line(_summary(shown, held))
    return Exit.OK if all(item.outcome == "done" for item in shown) else Exit.NO


def _run(queues: Iterable[Redrive], *, dry_run: bool, limit: int | None) -> Generator[Redriven, None, None]:
    left = limit
    for queue in queues:
        with closing(queue.run(dry_run=dry_run, limit=left)) as items:
            while (item := _next(items, queue)) is not None:
                yield item
                left = None if left is None else left - 1


def _next(items: Iterator[Redriven], queue: Redrive) -> Redriven | None:
    # Shown between the lines of the result, never at the same time.
    with progress(f"redriving {queue.queue.name}"):
        return next(items, None)


def _announcement(queues: Iterable[Redrive]) -> str:
    return "\n".join(
        f"About {queue.backlog.waiting} message(s) of queue {queue.queue.name} go to function "
        f"{queue.function.name}."
        for queue in queues
    )


def _line(item: Redriven) -> str:
    reason = " ".join(item.reason.split())
    return f"{item.outcome:5}  {item.pair}  {item.identity}  {item.about}" + (f": {reason}" if reason else "")


def _summary(shown: Collection[Redriven], held: int) -> str:
    done = sum(item.outcome == "done" for item in shown)
    text = f"{done} done, {len(shown) - done} still in the queue" if shown else "nothing to redrive"
    others = (
        f"; {held} message(s) are hidden, held by another reader or by a run that was killed" if held else ""
    )
    return text + others
