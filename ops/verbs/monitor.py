"""``ecr-batch monitor``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from handler.settings import Settings
from ops.context import Context, open_context
from ops.durations import duration
from ops.errors import Exit
from ops.log_lines import LogLine, revisions, short_reference
from ops.monitor import OVERLAP, feeds, look
from ops.output import Format, print_json, print_json_line, print_line
from ops.progress import progress


def monitor(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="Show what was, from so long ago (90s, 10m, 1h), and end."
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="With --since: go on afterwards until Ctrl-C.")
    ] = False,
    interval: Annotated[
        float, typer.Option("--interval", min=0.1, metavar="SECONDS", help="How long to wait between looks.")
    ] = 3.0,
) -> None:
    """Follow what the functions do, a line an outcome, until Ctrl-C; --since shows what was.

    Each line has the time (UTC), pair, job definition, outcome, revisions, image and reason. Outcomes are
    updated, skipped and failed; error is one that the function did not catch, ended a run that Lambda cut
    off. Following begins two minutes back. Lines come some seconds late, as CloudWatch does.

    With -o json: one document for --since; while following, one JSON object a line.

    Exit code 0, also when there were failures; 130 after Ctrl-C.
    """
    raise typer.Exit(_monitor(open_context(context.obj, os.environ), since, follow, interval))


def _monitor(context: Context, since: str | None, follow: bool, interval: float) -> Exit:
    back = duration(since, option="--since") if since else OVERLAP
    now = datetime.now(UTC)
    watched = feeds(
        context.pairs.values(),
        context.aws,
        project=context.stack.project,
        stack=context.stack.name,
        since=now - back,
    )
    following = follow or since is None
    with progress("reading the log groups"):
        found = look(watched)
    if context.output is Format.JSON and not following:
        print_json({"stack": context.stack.name, "outcomes": [item.fields() for item in found]})
        return Exit.OK
    show = _lines(context.pairs.values())
    while True:
        for item in found:
            if context.output is Format.JSON:
                print_json_line(item.fields())
            else:
                print_line(show(item), style="red" if item.is_bad else "")
        if not following:
            return Exit.OK
        time.sleep(interval)
        found = look(watched)


def _lines(pairs: Iterable[Settings]) -> Callable[[LogLine], str]:
    """Writes a log_line on one line, its columns as wide as these pairs' names need."""
    chosen = list(pairs)
    pair = max(len(settings.pair) for settings in chosen)
    definition = max(len(name) for settings in chosen for name in settings.job_definitions)

    def line(item: LogLine) -> str:
        cells = (
            f"{item.at:%Y-%m-%dT%H:%M:%SZ}",
            f"{item.pair:{pair}}",
            f"{item.definition or '-':{definition}}",
            f"{item.outcome:7}",
            f"{revisions(item):8}",
            f"{short_reference(item.image) if item.image else '-':12}",
            " ".join(item.reason.split()),
        )
        return "  ".join(cells)

    return line
