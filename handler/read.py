"""Reads everything that the planner needs to know about one job definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handler.aws.batch import Batch
from handler.clock import STALE_REVISIONS, Clock
from handler.errors import DefinitionNotFound, NoActiveRevision, StaleRead
from handler.lineage import Lineage, Unknown, trace
from handler.revision import RevisionLog


@dataclass(frozen=True)
class Written:
    """Numbers that this run knows to exist: above what it ``read`` first, up to what it was ``given``."""

    read: int
    given: int

    @property
    def numbers(self) -> range:
        return range(self.read + 1, self.given + 1)


def read_definition(
    name: str, batch: Batch, owns: Callable[[str], bool], clock: Clock, written: Written | None = None
) -> tuple[RevisionLog, Lineage]:
    """The log of a definition's revisions and what it says; ``owns`` as for ``handler.lineage.trace``.

    Raises DefinitionNotFound, NoActiveRevision, StaleRead, DeadlineNear or AwsError.
    """
    log = read_log(name, batch, clock, written)
    lineage = trace(log, owns)
    while isinstance(lineage, Unknown):
        clock.check(f"read revisions of {name} by number")
        log = log.extended(lineage.numbers, batch.revisions(name, lineage.numbers))
        lineage = trace(log, owns)
    return log, lineage


def read_log(name: str, batch: Batch, clock: Clock, written: Written | None = None) -> RevisionLog:
    """The ACTIVE revisions, and every number that the run was itself given since it first read."""
    clock.check(f"describe {name}")
    for _ in clock.attempts(STALE_REVISIONS, f"describe {name} again"):
        log = RevisionLog.of(name, batch.active_revisions(name))
        if unseen := log.unseen(written.numbers if written else ()):
            log = log.extended(unseen, batch.revisions(name, unseen))
        if not log.gone:
            return log if log.active else _none_active(name, batch)
    raise StaleRead(
        f"AWS Batch still does not show revision(s) {sorted(log.gone)} of {name}, although it has assigned "
        "the numbers up to the highest of them",
        remedy="none needed: the retry reads again",
    )


def _none_active(name: str, batch: Batch) -> RevisionLog:
    if batch.all_revisions(name):
        raise NoActiveRevision(
            f"all revisions of job definition {name} are INACTIVE",
            remedy="register it again with your infrastructure code; the next push or reconcile then goes on",
        )
    raise DefinitionNotFound(
        f"AWS Batch has no job definition {name} in this account and region",
        remedy="register it, or take it out of the pair's jobDefinitions and run `pulumi up`",
    )
