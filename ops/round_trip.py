"""``ecr-batch test --push``: a real push, rolled out and taken back.

    put the probe under the tag -> wait for the revisions -> verify
    put the image back -> wait -> delete the probe

Whatever happens in the first line, the second one is done. Registering the image of before is left to the
function, which the tag's second push starts; if that does not come, it is asked directly. The probe is
deleted last, once no definition uses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from handler.errors import UpdaterError
from handler.revision import Revision
from handler.settings import Settings
from ops.access import target_of
from ops.aws import Aws
from ops.comparison import difference
from ops.errors import AwsFailed, OpsError
from ops.function import Function
from ops.image_store import Images
from ops.interruption import Interruption
from ops.probe import Manifest, Refused
from ops.revisions import newest_revisions
from ops.status import Row, State, status

Tell = Callable[[str], None]
Done = TypeVar("Done")

_ATTEMPTS = 5


class NotRestored(OpsError):
    """What was changed could not be put back; the remedy is what to do by hand."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a round trip works on: found by ``ops.round_trip_plan``, with nothing touched.

    ``watched`` maps each job definition that follows the tag to its pair; ``before`` are their newest
    revisions; ``by_hand`` is what puts everything back, should the program be killed.
    """

    pairs: Mapping[str, Settings]
    watched: Mapping[str, str]
    before: Mapping[str, Revision]
    images: Images
    tag: str
    original: Manifest
    probe: Manifest
    function: Function
    by_hand: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """How it went; ``problems`` is empty when the round trip is proof."""

    subject: Subject
    with_probe: Mapping[str, Revision]
    after: Mapping[str, Revision]
    problems: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """The report as JSON; a revision that there was none of is null."""
        subject = self.subject

        def number(revisions: Mapping[str, Revision], name: str) -> int | None:
            return revisions[name].number if name in revisions else None

        return {
            "repository": subject.images.name,
            "tag": subject.tag,
            "imageDigest": subject.original.digest,
            "probeDigest": subject.probe.digest,
            "definitions": [
                {
                    "pair": pair,
                    "jobDefinition": name,
                    "revisionBefore": number(subject.before, name),
                    "revisionWithProbe": number(self.with_probe, name),
                    "revisionAfter": number(self.after, name),
                }
                for name, pair in subject.watched.items()
            ],
            "problems": list(self.problems),
        }


class RoundTrip:
    """Runs one round trip. ``patience`` is how many seconds each of the two rollouts may take."""

    def __init__(self, subject: Subject, aws: Aws, *, patience: float, interval: float, tell: Tell) -> None:
        self.subject = subject
        self._aws = aws
        self._patience = patience
        self._interval = interval
        self._tell = tell
        # What is not as before once everything was put back.
        self.lost: tuple[str, ...] = ()
        self._with_probe: Mapping[str, Revision] = {}
        # Digests of neither image that were selected meanwhile.
        self._others: set[str] = set()

    def run(self) -> Report:
        """Raises Refused (nothing was touched), NotRestored, or KeyboardInterrupt: then see ``lost``."""
        self._check_unchanged()
        notice = "ecr-batch: interrupted; putting everything back, which is not to be interrupted"
        with Interruption(notice) as interruption:
            try:
                problems = self._forward(interruption)
            except (OpsError, UpdaterError) as error:
                problems = (f"the test could not go on: {error}",)
            except BaseException:
                self._back()
                raise
            return self._back(problems)

    def _check_unchanged(self) -> None:
        """The operator may have thought about it for long."""
        now = self.subject.images.tagged(self.subject.tag)
        if now is None or now.digest != self.subject.original.digest:
            raise Refused(
                f"{self.subject.tag} was moved to another image meanwhile", remedy="start the test again"
            )

    def _forward(self, interruption: Interruption) -> tuple[str, ...]:
        subject = self.subject
        interruption.check()
        self._tell("pushing the probe")
        subject.images.put(subject.probe, subject.tag)
        self._tell("waiting for the revisions with the probe")
        waiting = self._wait(self._is_off_original, interruption.pause)
        if self._others:
            return (f"somebody pushed another image during the test: {', '.join(sorted(self._others))}",)
        if waiting:
            return tuple(
                f"{name} got no revision with the probe in {self._patience:g} s: {why}"
                for name, why in waiting.items()
            )
        self._with_probe = newest_revisions(subject.watched, self._aws)
        return self._differences(self._with_probe, same_images=False)

    def _back(self, problems: tuple[str, ...] = ()) -> Report:
        """Puts everything back."""
        subject = self.subject
        try:
            self._tell("putting the image back")
            self._insist(self._restore_tag)
            self._await_restoration()
            self._tell("deleting the probe")
            self._insist(self._delete_probe)
            after = self._insist(lambda: newest_revisions(subject.watched, self._aws))
            # Kept here: an interruption that comes meanwhile is raised when this is over.
            self.lost = self._insist(lambda: self._lost(after))
        except Exception as error:
            raise NotRestored(
                f"not everything could be put back: {error}", remedy=f"do it by hand:\n{subject.by_hand}"
            ) from error
        return Report(
            subject=subject, with_probe=self._with_probe, after=after, problems=problems + self.lost
        )

    def _restore_tag(self) -> None:
        """Unless somebody has pushed another image meanwhile, which then stands."""
        images, tag = self.subject.images, self.subject.tag
        ours = {self.subject.original.digest, self.subject.probe.digest}
        now = images.tagged(tag)
        if now is not None and now.digest not in ours:
            return
        images.put(self.subject.original, tag)

    def _await_restoration(self) -> None:
        self._tell("waiting for the revisions with the image of before")
        waiting = self._wait(self._is_off_probe, time.sleep, insist=True)
        if not waiting:
            return
        # The second push's event may be lost: ECR delivers with best effort only.
        self._tell("asking the function to reconcile")
        error = self.subject.function.call({"action": "reconcile"}).error
        if waiting := self._wait(self._is_off_probe, time.sleep, insist=True):
            reasons = [f"{name}: {why}" for name, why in waiting.items()]
            raise AwsFailed("; ".join([*reasons, error] if error else reasons))

    def _delete_probe(self) -> None:
        if self.subject.images.with_digest(self.subject.probe.digest) is not None:
            self.subject.images.delete(self.subject.probe.digest)

    def _lost(self, after: Mapping[str, Revision]) -> tuple[str, ...]:
        """What is not as before, now that everything was put back."""
        now = self.subject.images.tagged(self.subject.tag)
        if now is None or now.digest != self.subject.original.digest:
            return (f"{self.subject.tag} points at that other image, and was left there",)
        return self._differences(after, same_images=True)

    def _is_off_original(self, row: Row) -> bool:
        return row.selected is not None and row.selected.digest != self.subject.original.digest

    def _is_off_probe(self, row: Row) -> bool:
        return row.selected is not None and row.selected.digest != self.subject.probe.digest

    def _wait(
        self, is_right: Callable[[Row], bool], pause: Callable[[float], None], *, insist: bool = False
    ) -> Mapping[str, str]:
        """Until every definition is current and its selected image is right; what still waits, and why."""
        deadline = time.monotonic() + self._patience
        while True:
            rows = self._insist(self._rows) if insist else self._rows()
            selected = {row.selected.digest for row in rows if row.selected is not None}
            self._others |= selected - {self.subject.original.digest, self.subject.probe.digest}
            waiting = {
                row.definition: f"{row.state.value}: {row.reason}"
                for row in rows
                if row.definition in self.subject.watched
                and not (row.state is State.CURRENT and is_right(row))
            }
            if not waiting or time.monotonic() >= deadline:
                return waiting
            pause(self._interval)

    def _rows(self) -> Iterable[Row]:
        return status(self.subject.pairs.values(), self._aws)

    def _insist(self, step: Callable[[], Done]) -> Done:
        """A step of putting back, tried a few times more than usual."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return step()
            except (OpsError, UpdaterError):
                time.sleep(self._interval)
        return step()

    def _differences(self, revisions: Mapping[str, Revision], *, same_images: bool) -> tuple[str, ...]:
        found = []
        for name, before in self.subject.before.items():
            if name not in revisions:
                found.append(f"{name} has no ACTIVE revision any more")
                continue
            target = target_of(self.subject.pairs[self.subject.watched[name]], self._aws)
            found.append(difference(before, revisions[name], target, same_images=same_images))
        return tuple(filter(None, found))
