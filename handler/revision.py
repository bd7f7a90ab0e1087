"""Job definition revisions as they were read, and the log that they make up.

AWS Batch numbers the revisions of a name without gaps and never reuses a number, so the revisions of
a name are a log of everything that anybody registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handler import provenance
from handler.document.raw import Document
from handler.errors import MalformedAnswer

# What DescribeJobDefinitions returns and RegisterJobDefinition refuses
# (batch/latest/APIReference/API_JobDefinition.html against API_RegisterJobDefinition.html).
ADDED_BY_BATCH = ("jobDefinitionArn", "revision", "status", "containerOrchestrationType")


@dataclass(frozen=True)
class Revision:
    """One revision, told by its number; ``document`` is what DescribeJobDefinitions returned, raw."""

    name: str
    number: int
    active: bool
    document: Document = field(repr=False, compare=False)

    @classmethod
    def read(cls, document: Document) -> Revision:
        """Raises MalformedAnswer when the document lacks what every revision has."""
        match document:
            case {"jobDefinitionName": str(name), "revision": int(number), "type": str()}:
                return cls(name, number, document.get("status") == "ACTIVE", document)
        raise MalformedAnswer(
            "DescribeJobDefinitions returned a job definition without jobDefinitionName, revision or type: "
            f"{str(document)[:200]}",
            action="batch:DescribeJobDefinitions",
        )

    @property
    def tags(self) -> Mapping[str, str]:
        return self.document.get("tags") or {}

    @property
    def settings(self) -> Document:
        """The document without what Batch itself adds."""
        return {key: value for key, value in self.document.items() if key not in ADDED_BY_BATCH}

    @property
    def copied(self) -> int | None:
        """The number of the revision whose settings this one copies; None if it is not ours."""
        if not provenance.is_ours(self.tags):
            return None
        number = int(self.tags[provenance.PREVIOUS_REVISION])
        # Nobody copies a later revision: tags that say so were copied or made up.
        return number if number < self.number else None


@dataclass(frozen=True)
class RevisionLog:
    """What is known of one name's revisions; ``gone`` are numbers that were asked for in vain."""

    name: str
    known: Mapping[int, Revision] = field(hash=False)
    gone: frozenset[int] = frozenset()

    @classmethod
    def of(cls, name: str, revisions: Iterable[Revision]) -> RevisionLog:
        return cls(name, {revision.number: revision for revision in revisions})

    def extended(self, asked: Iterable[int], revisions: Iterable[Revision]) -> RevisionLog:
        """The log after ``asked`` were described by number and ``revisions`` came back."""
        known = {**self.known, **{revision.number: revision for revision in revisions}}
        return RevisionLog(self.name, known, self.gone | (frozenset(asked) - known.keys()))

    @property
    def active(self) -> tuple[Revision, ...]:
        """The ACTIVE revisions, newest first."""
        numbers = sorted(self.known, reverse=True)
        return tuple(self.known[number] for number in numbers if self.known[number].active)

    @property
    def highest(self) -> int:
        """The highest number that was seen, whatever its status; 0 if none was."""
        return max(self.known, default=0)

    def active_between(self, low: int, high: int) -> bool:
        """Whether any ACTIVE revision has a number above ``low`` and below ``high``."""
        return any(low < number < high and revision.active for number, revision in self.known.items())

    def unseen(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Those of ``numbers`` that nobody has asked for yet."""
        return tuple(sorted(set(numbers) - self.known.keys() - self.gone))
