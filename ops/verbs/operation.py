"""What rollback, hold and unhold show of what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handler.report.outcome import Outcome
from ops.operator import Operation
from ops.output import Format, print_error, print_json, print_line
from ops.reconcile import Reply
from ops.verbs.reconcile import show as show_replies

NOTICE = "interrupted: it ends once what it has begun is done"


@dataclass(frozen=True, kw_only=True)
class Done:
    """One definition's outcome; ``reply`` is what the function did afterwards, where it was called."""

    operation: Operation
    pair: str
    outcome: Outcome
    notes: tuple[str, ...] = ()
    reply: Reply | None = None

    def fields(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "verb": self.operation.verb,
            "caller": self.operation.caller,
            "pair": self.pair,
            **self.outcome.fields(),
            "notes": [*self.notes, *self.outcome.warnings],
            "reconcile": self.reply.fields() if self.reply else None,
        }


def show(report: Done, output: Format) -> None:
    """Writes the report; what the function could not do afterwards goes to standard error."""
    outcome, reply = report.outcome, report.reply
    if output is Format.JSON:
        print_json(report.fields())
        if reply and reply.error:
            print_error(f"ecr-batch: pair {report.pair}: {reply.error}")
        return
    for warning in outcome.warnings:
        print_line(f"warning: {warning}")
    if outcome.kind == "updated":
        print_line(f"{outcome.definition}: revision {outcome.new_revision} is registered: {outcome.reason}")
        print_line(f"its image: {outcome.new_image}")
    else:
        print_line(f"{outcome.definition}: nothing is registered: {outcome.reason}")
    if reply:
        show_replies([reply], output)
