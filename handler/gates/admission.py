"""Asks AWS what the gates need to know of an image, and no more than they need.

Nothing here takes a failed call for a yes: whatever can't be found out is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from handler.document.containers import containers_of
from handler.document.image import Image
from handler.errors import MalformedAnswer, ScanningOff, StaleRead
from handler.gates.age import refuse_age
from handler.gates.manifest import read_platform
from handler.gates.platform import Platform
from handler.gates.platforms import refuse_platform, required_platforms
from handler.gates.requirements import Requirements, duration
from handler.gates.scan import Scans, refuse_pending
from handler.gates.severity import refuse_severity
from handler.gates.verdict import Refusal
from handler.plan import Registration
from handler.services import Services

_DOUBTS = 3


@dataclass(frozen=True, kw_only=True)
class _Leaf:
    """One image: ``config`` is its config's digest, where ``platform`` must be read from it."""

    digest: str
    platform: Platform | None = None
    config: str = ""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Whether ``image`` may be rolled out. ``owns`` tells an image reference of the repository from others;
    ``scanned`` is the digest whose scan an event says is over, "" if none does.
    """

    requirements: Requirements
    image: Image
    owns: Callable[[str], bool]
    services: Services
    scanned: str = ""

    def refused(self, registrations: Mapping[str, Registration]) -> dict[str, Refusal]:
        """The definitions that must not get the image, of those that are to get it: one or more.

        Raises GateError, StaleRead, DeadlineNear or AwsError: then none of them may get it.
        """
        if refusal := self._age():
            return dict.fromkeys(registrations, refusal)
        self.services.clock.check("look into the image")
        refused = self._platforms(registrations)
        left = registrations.keys() - refused.keys()
        if left and self.requirements.max_severity and (refusal := self._severity()):
            refused |= dict.fromkeys(left, refusal)
        return refused

    def _age(self) -> Refusal | None:
        if not self.requirements.min_age:
            return None
        return refuse_age(self._pushed_at(), self.services.clock.now(), duration(self.requirements.min_age))

    def _platforms(self, registrations: Mapping[str, Registration]) -> dict[str, Refusal]:
        required = {
            name: required_platforms(
                (item for item in containers_of(each.document) if self.owns(item.image)),
                self.requirements.platform,
            )
            for name, each in registrations.items()
        }
        if not any(required.values()):
            return {}
        built_for = [self._platform(leaf) for leaf in self._images]
        found = {name: refuse_platform(platforms, built_for) for name, platforms in required.items()}
        return {name: refusal for name, refusal in found.items() if refusal is not None}

    def _severity(self) -> Refusal | None:
        scans = self._scans()
        if refusal := refuse_severity(scans.findings(), self.requirements.max_severity):
            return refusal
        if scans.unknown and self.services.ecr.scan_frequency() == "MANUAL":
            raise ScanningOff(
                f"{self.image.tag} ({self.image.digest}) has no scan, and ECR does not scan the repository's "
                "images",
                remedy="turn on scanning on push for it in the registry's scanning configuration "
                "(`aws ecr put-registry-scanning-configuration`), or take maxSeverity out of the pair's "
                "requires",
            )
        return refuse_pending(
            scans,
            pushed_at=self._pushed_at(),
            now=self.services.clock.now(),
            timeout=duration(self.requirements.scan_timeout),
        )

    def _scans(self) -> Scans:
        """Asked again while ECR does not show the scan that an event says is over."""
        leaves = self._images
        for attempt in range(_DOUBTS + 1):
            scans = Scans({leaf.digest: self.services.ecr.scan(leaf.digest) for leaf in leaves})
            if self.scanned not in scans.pending:
                return scans
            if attempt < _DOUBTS:
                self.services.clock.wait(attempt, base=0.5, step="ask ECR for the scan again")
        raise StaleRead(
            f"ECR still does not show the scan of {self.scanned}, although an event says that it is over",
            remedy="none needed: the retry asks again",
        )

    @cached_property
    def _images(self) -> list[_Leaf]:
        """What is asked about, read once for all gates."""
        return self._leaves(self.image.digest)

    def _leaves(self, digest: str) -> list[_Leaf]:
        """The images that run: one, or those of an index."""
        manifest = self.services.ecr.manifest(digest)
        if manifest.config:
            return [_Leaf(digest=digest, config=manifest.config)]
        leaves: list[_Leaf] = []
        for child in manifest.children:
            known = child.platform is not None
            leaves += (
                [_Leaf(digest=child.digest, platform=child.platform)] if known else self._leaves(child.digest)
            )
        if not leaves:
            raise MalformedAnswer(f"the index {digest} holds no image")
        return leaves

    def _platform(self, leaf: _Leaf) -> Platform:
        if leaf.platform is not None:
            return leaf.platform
        return read_platform(self.services.ecr.blob(leaf.config), where=f"the config of {leaf.digest}")

    def _pushed_at(self) -> datetime:
        if self.image.pushed_at is None:
            raise MalformedAnswer(f"ECR does not say when {self.image.digest} was pushed")
        return self.image.pushed_at
