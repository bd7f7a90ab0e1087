"""``ecr-batch redrive``: what waits in a pair's failure queue is given to its function again.

A message is deleted only when the function did what its event asks for. The others stay in the queue.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from components.naming import Names
from handler.settings import Settings
from ops.aws import Aws
from ops.failed_events import FailedEvent, Shape, read_body, why_it_stays
from ops.failure_queue import Backlog, FailureQueue, Message
from ops.function import Function

# On top of the function's time, for everything around the call.
_SPARE = 60


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """What became of one message; ``reason`` says why it stays."""

    pair: str
    identity: str
    shape: Shape
    about: str
    outcome: str  # "done", "stays" or "waits" (a dry run's word)
    reason: str = ""

    def fields(self) -> dict[str, Any]:
        """The message as JSON."""
        return {
            "pair": self.pair,
            "messageId": self.identity,
            "shape": self.shape.value,
            "about": self.about,
            "outcome": self.outcome,
            "reason": self.reason or None,
        }


@dataclass(frozen=True, kw_only=True)
class Redrive:
    """One pair's queue and function; ``backlog`` is what waited when it was opened."""

    pair: str
    queue: FailureQueue
    function: Function
    backlog: Backlog
    hold: int

    def run(self, *, dry_run: bool, limit: int | None) -> Generator[Redriven, None, None]:
        """Each message once, at most ``limit``; ``dry_run`` gives the function nothing. Raises OpsError."""
        with self.queue.one_pass(until=self.backlog.at, hold=self.hold) as messages:
            for message in islice(messages, limit):
                yield self._handle(message, read_body(message.body), dry_run)

    def _handle(self, message: Message, read: FailedEvent, dry_run: bool) -> Redriven:
        if read.event is None:
            return self._told(message, read, "stays", "no event that the function could take")
        if dry_run:
            return self._told(message, read, "waits")
        reason = why_it_stays(read.event, self.function.call(read.event))
        if reason:
            return self._told(message, read, "stays", reason)
        self.queue.delete(message)
        return self._told(message, read, "done")

    def _told(self, message: Message, read: FailedEvent, outcome: str, reason: str = "") -> Redriven:
        return Redriven(
            pair=self.pair,
            identity=message.identity,
            shape=read.shape,
            about=read.about,
            outcome=outcome,
            reason=reason,
        )


def open_redrive(settings: Settings, aws: Aws, *, project: str, stack: str, timeout: int) -> Redrive:
    """Looks at the pair's queue; ``timeout`` is the function's, in seconds. Raises OpsError."""
    names = Names(project, stack, settings.pair)
    queue = FailureQueue(aws.client("sqs"), names.queue)
    return Redrive(
        pair=settings.pair,
        queue=queue,
        function=Function(aws, names.base, timeout=timeout),
        backlog=queue.backlog(),
        hold=timeout + _SPARE,
    )
