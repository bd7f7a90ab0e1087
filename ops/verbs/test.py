"""``ecr-batch test``."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from handler.settings import Settings
from ops.confirm import confirmed
from ops.context import Context, open_context
from ops.durations import duration
from ops.errors import Exit, UsageError
from ops.happenings import short_reference
from ops.output import Format, print_error, print_json, print_line, print_table
from ops.progress import progress
from ops.rehearsal import Rehearsal, rehearse
from ops.round_trip import Report, RoundTrip, Subject
from ops.round_trip_plan import subject_of

_COLUMNS = ("PAIR", "JOB DEFINITION", "OUTCOME", "REVISION", "IMAGE", "NEW IMAGE", "REASON")
_TOUCHED = """\
This touches {where}:
  repository {subject.images.name}: tag {subject.tag} moves to a probe, which is the same image under another
  digest, and back; the probe is deleted then"""
_KNOW = """\
A job that is submitted in between gets the probe, and can't start once that is deleted. The revision with
the probe stays ACTIVE; don't roll back to it. Whatever else listens to pushes of the tag (replication, scans,
other rules) sees two of them. Should this program be killed half-way, these commands put everything back:"""


def test(
    context: typer.Context,
    push: Annotated[
        bool, typer.Option("--push", help="Make a real round trip; touches production, asks first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --push: do not ask.")] = False,
    timeout: Annotated[
        str | None,
        typer.Option(
            "--timeout", metavar="TIME", help="With --push: how long a rollout may take. Default: 5m."
        ),
    ] = None,
    interval: Annotated[
        float, typer.Option("--interval", min=0.1, metavar="SECONDS", help="With --push: between two looks.")
    ] = 2.0,
) -> None:
    """Try whether a push would be rolled out; 0 if it would, else 1.

    Without --push nothing is changed. The event of a push, given to the function, would register for real;
    so EventBridge is asked whether the deployed rule lets such an event through, and the deployed function
    to plan a reconcile in dry run. The plan is shown.

    With --push, for one pair: the selected image's own manifest is pushed once more under its tag, with white
    space in it that changes nothing but the digest. The resulting revisions are verified: the image, and that
    everything else is equal. Then the tag is put back to its image, which gives a second revision, that is
    verified as well, and the probe image is deleted; also after Ctrl-C, an error or a time-out. Refused, with
    nothing touched: immutable tags, a pair with paused or dryRun, a definition that is not current.

    Exit codes of --push: 0 proved; 1 not proved, or declined, and everything is as before; 2 refused, or not
    everything could be put back, with what to do by hand; 130 interrupted, and everything is as before, or
    it is said what somebody else changed meanwhile.
    """
    if not push and (yes or timeout is not None):
        raise UsageError("--yes and --timeout go with --push", remedy="add --push, or leave them out")
    patience = duration(timeout or "5m", option="--timeout").total_seconds()
    opened = open_context(context.obj, os.environ)
    if push:
        raise typer.Exit(_push(opened, yes=yes, patience=patience, interval=interval))
    raise typer.Exit(_rehearse(opened))


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


def _push(context: Context, *, yes: bool, patience: float, interval: float) -> Exit:
    if len(context.pairs) != 1:
        raise UsageError(
            "test --push is for one pair at a time",
            remedy=f"name one with -p/--pair: {', '.join(context.pairs)}",
        )
    (chosen,) = context.pairs.values()
    with progress("looking at what there is"):
        subject = subject_of(
            chosen,
            {name: pair.settings(name) for name, pair in context.stack.config.pairs.items()},
            context.aws,
            _rehearsal(context, chosen),
            project=context.stack.project,
            stack=context.stack.name,
            timeout=context.stack.config.pairs[chosen.pair].timeout_seconds,
        )
    if not confirmed(_announcement(subject, context), "Go on?", yes=yes):
        return Exit.NO
    with progress("") as tell:
        trip = RoundTrip(subject, context.aws, patience=patience, interval=interval, tell=tell)
        try:
            report = trip.run()
        except KeyboardInterrupt:
            for line in trip.lost or ["everything is as before"]:
                print_error(f"ecr-batch: {line}")
            raise
    _show(context, report)
    return Exit.NO if report.problems else Exit.OK


def _announcement(subject: Subject, context: Context) -> str:
    where = f"account {context.aws.identity.account}, region {context.aws.region_name}"
    definitions = [
        f"  job definition {name} (pair {pair}) gets two revisions after {subject.before[name].number}: "
        "one with the probe, one with the image of now"
        for name, pair in subject.watched.items()
    ]
    pruned = [
        f"  pair {name} has keepRevisions, so older revisions may be deregistered"
        for name, pair in subject.pairs.items()
        if pair.keep_revisions is not None
    ]
    return "\n".join(
        (_TOUCHED.format(where=where, subject=subject), *definitions, *pruned, _KNOW, subject.by_hand)
    )


def _show(context: Context, report: Report) -> None:
    fields = report.fields()
    if context.output is Format.JSON:
        print_json({"stack": context.stack.name, **fields})
        return
    columns = ("PAIR", "JOB DEFINITION", "BEFORE", "WITH PROBE", "AFTER")
    rows = [
        tuple("-" if value is None else str(value) for value in definition.values())
        for definition in fields["definitions"]
    ]
    print_table(columns, rows)
    for problem in report.problems:
        print_error(f"ecr-batch: {problem}")
    if report.problems:
        print_line("not proved; what the test changed has been put back")
    else:
        print_line("proved: a push is rolled out and changes the image alone; everything is as before")
