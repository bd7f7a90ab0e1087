"""``ecr-batch history``: the revisions of one job definition, who registered them, and what they changed.

AWS Batch keeps neither the time nor the author of a registration; the provenance tags tell both of the
updater's own revisions and of the tool's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from handler import provenance
from handler.errors import UpdaterError
from handler.lineage import IsOurs
from handler.revision import Revision
from ops.access import Access, give_up
from ops.comparison import all_changes, other_changes
from ops.differences import Changes
from ops.images import Carried, carried_by
from ops.operator import Operation, operation_of
from ops.revisions import numbered_revisions


class Writer(Enum):
    """Who registered a revision, as far as its tags tell."""

    UPDATER = "updater"
    TOOL = "ecr-batch"
    OTHER = "other"  # infrastructure code, or somebody by hand


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One revision. ``at`` is ISO 8601, "" where nobody noted it; ``operation`` says what the tool did.

    ``changed`` holds the paths in which it differs from the one listed below it, images of the repository
    and provenance tags aside.
    """

    number: int
    active: bool
    at: str
    carried: Carried
    writer: Writer
    operation: Operation | None
    event_id: str
    hold: str
    changed: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """The entry as JSON; what is unknown is null."""
        return {
            "revision": self.number,
            "status": "ACTIVE" if self.active else "INACTIVE",
            "at": self.at or None,
            **self.carried.fields(),
            "by": self.writer.value,
            "verb": self.operation.verb if self.operation else None,
            "caller": self.operation.caller if self.operation else None,
            "eventId": self.event_id or None,
            "hold": self.hold or None,
            "alsoChanged": list(self.changed),
        }


def history(name: str, reached: Access, *, inactive: bool) -> tuple[Entry, ...]:
    """All entries, newest first. Raises OpsError when AWS can't be asked."""
    batch = reached.services.batch
    try:
        revisions = batch.all_revisions(name) if inactive else batch.active_revisions(name)
    except UpdaterError as error:
        give_up(error)
    return entries(revisions, reached.target.owns)


def entries(revisions: Sequence[Revision], owns: IsOurs) -> tuple[Entry, ...]:
    """The entries of ``revisions``, newest first."""
    ordered = sorted(revisions, key=lambda revision: revision.number)
    found: list[Entry] = []
    for at, revision in enumerate(ordered):
        before = ordered[at - 1] if at else None
        found.append(_entry(revision, before, _signed(revision, ordered[:at]), owns))
    return tuple(reversed(found))


def _signed(revision: Revision, earlier: Sequence[Revision]) -> bool:
    """Whether the provenance tags are the revision's own: a copy made by somebody else bears old ones."""
    if not provenance.is_ours(revision.tags):
        return False
    signature = _signature(revision)
    return not any(signature and _signature(other) == signature for other in earlier)


def _signature(revision: Revision) -> tuple[str, ...]:
    """What no two registrations of the updater share; empty where propagateTags leaves no room for it."""
    keys = (provenance.EVENT_ID, provenance.UPDATED_AT, provenance.PREVIOUS_REVISION)
    found = tuple(revision.tags.get(key, "") for key in keys)
    return found if all(found) else ()


def _entry(revision: Revision, before: Revision | None, signed: bool, owns: IsOurs) -> Entry:
    tags = revision.tags
    event_id = tags.get(provenance.EVENT_ID, "") if signed else ""
    operation = operation_of(event_id)
    ours = Writer.TOOL if operation else Writer.UPDATER
    return Entry(
        number=revision.number,
        active=revision.active,
        at=tags.get(provenance.UPDATED_AT, "") if signed else "",
        carried=carried_by(revision, owns),
        writer=ours if signed else Writer.OTHER,
        operation=operation,
        event_id=event_id,
        hold=tags.get(provenance.HOLD, ""),
        changed=other_changes(before, revision, owns) if before else (),
    )


def diff(name: str, one: int, other: int, reached: Access) -> Changes:
    """Path -> before and after, between two revisions in any status, images and tags included.

    Raises UsageError for a revision that AWS Batch does not have.
    """
    before, after = numbered_revisions(name, (one, other), reached.services.batch)
    return all_changes(before.settings, after.settings)
