"""Asks AWS what the gates need to know of an image, and no more than they need.

Nothing here takes a failed call for a yes: whatever can't be found out is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from handler.aws.ecr import Ecr
from handler.clock import MISSING_SCAN, Clock
from handler.document.containers import containers_of
from handler.document.image import Image
from handler.document.raw import Document
from handler.errors import MalformedAnswer, ScanningOff, StaleRead
from handler.gates import Ineligible
from handler.gates.platform import (
    Part,
    Platform,
    read_manifest,
    read_platform,
    refuse_platform,
    required_platforms,
)
from handler.gates.requirements import Requirements, duration
from handler.gates.scan import Scans, refuse_pending, refuse_severity

_MOMENT = "%Y-%m-%d %H:%M:%S %Z"


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Whether ``image`` may be rolled out. ``owns`` tells an image reference of the repository from others;
    ``scanned`` is the digest whose scan an event says is over, "" if none does.
    """

    requirements: Requirements
    image: Image
    owns: Callable[[str], bool]
    ecr: Ecr
    clock: Clock
    scanned: str = ""

    def refused(self, documents: Mapping[str, Document]) -> dict[str, Ineligible]:
        """Those of the definitions, one or more, that must not get the image, and why; ``documents`` are the
        revisions that would bring it.

        Raises GateError, StaleRead, DeadlineNear or AwsError: then none of them may get it.
        """
        if refusal := self._age():
            return dict.fromkeys(documents, refusal)
        self.clock.check("look into the image")
        refused = self._platforms(documents)
        left = documents.keys() - refused.keys()
        if left and self.requirements.max_severity and (refusal := self._severity()):
            refused |= dict.fromkeys(left, refusal)
        return refused

    def _age(self) -> Ineligible | None:
        if not self.requirements.min_age:
            return None
        return refuse_age(self._pushed_at(), self.clock.now(), duration(self.requirements.min_age))

    def _platforms(self, documents: Mapping[str, Document]) -> dict[str, Ineligible]:
        required = {
            name: required_platforms(
                (item for item in containers_of(document) if self.owns(item.image)),
                self.requirements.platform,
            )
            for name, document in documents.items()
        }
        if not any(required.values()):
            return {}
        built_for = [self._platform(part) for part in self._images]
        found = {name: refuse_platform(platforms, built_for) for name, platforms in required.items()}
        return {name: refusal for name, refusal in found.items() if refusal is not None}

    def _severity(self) -> Ineligible | None:
        scans = self._scans()
        if refusal := refuse_severity(scans.findings(), self.requirements.max_severity):
            return refusal
        if scans.unknown and self.ecr.scan_frequency() == "MANUAL":
            raise ScanningOff(
                f"{self.image.tag} ({self.image.digest}) has no scan, and ECR does not scan the repository's "
                "images",
                remedy="turn on scanning on push for it in the registry's scanning configuration "
                "(`aws ecr put-registry-scanning-configuration`), or take maxSeverity out of the pair's "
                "requires",
            )
        timeout = duration(self.requirements.scan_timeout)
        return refuse_pending(scans, pushed_at=self._pushed_at(), now=self.clock.now(), timeout=timeout)

    def _scans(self) -> Scans:
        """Asked again while ECR does not show the scan that an event says is over."""
        parts = self._images
        for _ in self.clock.attempts(MISSING_SCAN, "ask ECR for the scan again"):
            scans = Scans({part.digest: self.ecr.scan(part.digest) for part in parts})
            if self.scanned not in scans.pending:
                return scans
        raise StaleRead(
            f"ECR still does not show the scan of {self.scanned}, although an event says that it is over",
            remedy="none needed: the retry asks again",
        )

    @cached_property
    def _images(self) -> list[Part]:
        """What is asked about, read once for all gates: one image, or those of an index."""
        return self._parts(self.image.digest)

    def _parts(self, digest: str) -> list[Part]:
        parts: list[Part] = []
        for part in read_manifest(self.ecr.manifest(digest), digest):
            parts += [part] if part.platform or part.config else self._parts(part.digest)
        if not parts:
            raise MalformedAnswer(f"the index {digest} holds no image")
        return parts

    def _platform(self, part: Part) -> Platform:
        return part.platform or read_platform(self.ecr.blob(part.config), part.digest)

    def _pushed_at(self) -> datetime:
        if self.image.pushed_at is None:
            raise MalformedAnswer(f"ECR does not say when {self.image.digest} was pushed")
        return self.image.pushed_at


def refuse_age(pushed_at: datetime, now: datetime, least: timedelta) -> Ineligible | None:
    """The gate ``minAge``: refuses an image that has been in ECR for less than ``least``.

    It is the image's age, not the tag's: ECR keeps no time of tagging, so an old image that is promoted by a
    new tag passes at once.
    """
    eligible = pushed_at + least
    if now >= eligible:
        return None
    return Ineligible(
        "minAge",
        f"pushed at {pushed_at:{_MOMENT}}, {_words(now - pushed_at)} ago; minAge is {_words(least)}, so the "
        f"first reconcile after {eligible:{_MOMENT}} lets it through",
    )


def _words(span: timedelta) -> str:
    """``1 h 20 min``, ``45 s``: the two largest units."""
    left = max(0, int(span.total_seconds()))
    words = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or "0 s"
