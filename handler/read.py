"""Reads everything that the planner needs to know about one job definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handler.aws.batch import Batch
from handler.clock import Clock
from handler.errors import DefinitionNotFound, NoActiveRevision, StaleRead
from handler.lineage import Lineage, Unknown, trace
from handler.revision import RevisionLog
from handler.value import Value

_STALE_READS = 6


@dataclass(frozen=True, eq=False, repr=False)
class Written(Value):
    """Numbers that this run knows to exist: above what it ``read`` first, up to what it was ``given``."""

    read: int
    given: int

    @property
    def numbers(self) -> range:
        return range(self.read + 1, self.given + 1)


def gather(
    name: str, batch: Batch, owns: Callable[[str], bool], clock: Clock, written: Written | None = None
) -> tuple[RevisionLog, Lineage]:
    """The log of a definition's revisions and what it says.

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
    expected = written.numbers if written else ()
    missing: list[int] = []
    for attempt in range(_STALE_READS):
        clock.check(f"describe {name}")
        log = RevisionLog.of(name, batch.active_revisions(name))
        if unseen := log.unseen(expected):
            log = log.extended(unseen, batch.revisions(name, unseen))
        missing = sorted(log.gone)
        if not missing:
            return _not_empty(log, batch)
        clock.wait(attempt, base=0.5, step=f"describe {name} again")
    raise StaleRead(
        f"AWS Batch still does not show revision(s) {missing} of {name}, although it has assigned the "
        "numbers up to the highest of them",
        remedy="none needed: the retry reads again",
    )


def _not_empty(log: RevisionLog, batch: Batch) -> RevisionLog:
    if log.active:
        return log
    if batch.any_revision(log.name):
        raise NoActiveRevision(
            f"all revisions of job definition {log.name} are INACTIVE",
            remedy="register it again with your infrastructure code; the next push or reconcile then goes on",
        )
    raise DefinitionNotFound(
        f"AWS Batch has no job definition {log.name} in this account and region",
        remedy="register it, or take it out of the pair's jobDefinitions and run `pulumi up`",
    )
