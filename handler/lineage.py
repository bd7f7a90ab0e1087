"""Whose settings a new revision copies, and which hold is in force: what the log of revisions says.

A revision of ours is *neutral* when its settings equal those of the revision that it names as the one
it copied: it brought an image, or a word on holding, and no setting. Two stale runs, or an operator's hold,
can leave neutral revisions on top of a change that somebody else registered meanwhile; the change is then
below them in the log, and it is what the next revision must copy.

Looking back costs reads, so it happens only when the newest revision is ours and somebody else's ACTIVE
revision stands between it and the one it copied: every run has checked what it copied when it wrote.

A worked example. Image b is pushed, then c. The run for b has read revision 1 when an apply of
infrastructure code, which still names image a, changes the timeout; and the run for c, which began as early,
is slow as well:

| number | registered by        | image | timeout | copies | neutral |
| -----: | -------------------- | ----- | ------: | -----: | ------- |
|      1 | infrastructure code  | a     |      60 |        |         |
|      2 | infrastructure code  | a     |      99 |        |         |
|      3 | our run for b        | b     |      60 |      1 | yes     |
|      4 | our run for c        | c     |      60 |      1 | yes     |

The newest revision, 4, says that it copied 1, and 2 stands between: it is suspect. 4 and 3 equal 1 in all
but the image, so neither brought a setting, and both come from 1. 2 is nobody's copy. Of the roots 1 and 2
the newest counts: the next revision, 5, copies 2 (timeout 99), gets image c, and names 2 as the one that it
copied. Both runs see to this themselves, since their numbers, 3 and 4, are not the 2 that they expected.
The run after that finds 5 newest; it names 2, and between them are our own neutral copies: 5 is suspect
once more, and is found to be a copy of 2, the newest root. So 5 is copied next time.

Had revision 3 been a hold of the operator's (``hold: b is bad``), its word would count, wherever its
settings come from: what counts is the last word on holding that does not merely repeat the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from handler import provenance
from handler.document.canonical import same_settings
from handler.document.containers import containers_of
from handler.revision import Revision, RevisionLog

IsOurs = Callable[[str], bool]


@dataclass(frozen=True)
class Hold:
    """A hold in force, or released: ``bearer`` is the revision whose tag says so."""

    reason: str
    bearer: Revision

    @property
    def in_force(self) -> bool:
        return self.reason != provenance.RELEASED


@dataclass(frozen=True)
class Lineage:
    """``base`` is the revision to copy; ``hold`` the last word on holding, None if there never was one."""

    base: Revision
    hold: Hold | None
    warnings: tuple[str, ...] = ()

    @property
    def hold_in_force(self) -> Hold | None:
        return self.hold if self.hold and self.hold.in_force else None

    @property
    def repeated_hold(self) -> str:
        """What a copy of ``base`` repeats of holding, "" for nothing.

        A word that came after ``base`` speaks for itself: a copy that lands late could not be told from
        somebody who says it anew.
        """
        return self.hold.reason if self.hold and self.hold.bearer.number <= self.base.number else ""


@dataclass(frozen=True)
class Unknown:
    """The numbers of revisions that must be read before the lineage can be told."""

    numbers: tuple[int, ...]


class _Missing(Exception):
    def __init__(self, numbers: Iterable[int]) -> None:
        self.numbers = tuple(numbers)


def trace(log: RevisionLog, is_ours: IsOurs) -> Lineage | Unknown:
    """The lineage of a log that has at least one ACTIVE revision, or what is missing to tell it.

    ``is_ours`` tells whether an image reference is one of the pair's repository.
    """
    reader = _Reader(log, is_ours)
    try:
        return Lineage(reader.base(), reader.hold_at(log.highest), tuple(reader.warnings))
    except _Missing as missing:
        return Unknown(missing.numbers)


class _Reader:
    """One look at one log; remembers what it worked out."""

    def __init__(self, log: RevisionLog, is_ours: IsOurs) -> None:
        self.log = log
        self.is_ours = is_ours
        self.warnings: dict[str, None] = {}
        self._neutral: dict[int, bool] = {}

    def base(self) -> Revision:
        newest = self.log.active[0]
        if not self._is_suspect(newest):
            return newest
        self._ask_at_once()
        seen = self._back_to_a_change()
        root = max(self._root(revision) for revision in seen)
        carriers = [revision for revision in seen if self._root(revision) == root]
        # Of equals, one that says of holding what is so: what copies it can then repeat that.
        hold = self.hold_at(self.log.highest)
        said = hold.reason if hold else provenance.RELEASED
        return next((revision for revision in carriers if _hold_value(revision) == said), carriers[0])

    def hold_at(self, number: int) -> Hold | None:
        """The last word on holding among the revisions up to ``number``, repetitions left out."""
        for revision in self.log.active:
            reason = revision.tags.get(provenance.HOLD)
            if revision.number <= number and reason:
                if self._is_suspect(revision) and self._only_repeats(revision):
                    continue
                return Hold(reason, revision)
        return None

    def _is_suspect(self, revision: Revision) -> bool:
        """Whether somebody's ACTIVE revision stands between this one and the one it copied."""
        copied = revision.copied
        return copied is not None and self.log.active_between(copied, revision.number)

    def _back_to_a_change(self) -> list[Revision]:
        """The ACTIVE revisions, newest first, down to the first that is not neutral."""
        seen: list[Revision] = []
        for revision in self.log.active:
            seen.append(revision)
            if not self._is_neutral(revision):
                break
        return seen

    def _ask_at_once(self) -> None:
        """One request for all the copied revisions on the way, rather than one each."""
        wanted: list[int] = []
        for revision in self.log.active:
            if revision.copied is None:
                break
            wanted.append(revision.copied)
        if missing := self.log.unseen(wanted):
            raise _Missing(missing)

    def _root(self, revision: Revision) -> int:
        """The number of the revision that the settings come from, followed through neutral copies."""
        while revision.active and self._is_neutral(revision):
            copied = revision.copied
            assert copied is not None
            revision = self.log.known[copied]
        return revision.number

    def _is_neutral(self, revision: Revision) -> bool:
        if revision.number not in self._neutral:
            self._neutral[revision.number] = self._compare(revision)
        return self._neutral[revision.number]

    def _compare(self, revision: Revision) -> bool:
        copied = revision.copied
        if copied is None:
            return False
        if missing := self.log.unseen([copied]):
            raise _Missing(missing)
        if copied in self.log.gone:
            self.warnings[
                f"revision {revision.number} says that it copies revision {copied}, which AWS Batch no "
                "longer has, so its settings count as they are"
            ] = None
            return False
        return same_settings(revision, self.log.known[copied], self.is_ours)

    def _only_repeats(self, revision: Revision) -> bool:
        """Whether the revision brings nothing but the hold that was in force when it was planned."""
        copied = revision.copied
        if copied is None or not self._is_neutral(revision):
            return False
        before = self.hold_at(copied)
        if before is None or not before.in_force:
            return _hold_value(revision) == provenance.RELEASED
        return _hold_value(revision) == before.reason and self._images(revision) <= self._images(
            before.bearer
        )

    def _images(self, revision: Revision) -> set[str]:
        images = {container.image for container in containers_of(revision.document)}
        return set(filter(self.is_ours, images))


def _hold_value(revision: Revision) -> str:
    """What the revision says of holding; a silent one says that nothing is held."""
    return revision.tags.get(provenance.HOLD) or provenance.RELEASED
