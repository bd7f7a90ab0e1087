"""What an operator may want of a job definition beside what its pair wants, as intents of the one apply.

Each of them begins a hold, or ends one, by registering a revision (never by TagResource), so that the
numbers of the revisions see it: a run of the function that overlaps finds this one's revision in the log,
and this run finds the function's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from handler import provenance
from handler.document.canonical import same_settings
from handler.document.containers import containers_of, with_images
from handler.document.image import Image, ImageReference
from handler.intent import Services
from handler.lineage import Lineage
from handler.plan import Skip, kept_images, plan
from handler.request import Occasion, Registration, registration
from handler.revision import Revision, RevisionLog
from handler.select import Selection, carried_image
from handler.target import Target, owned

# What is wanted is an image that a revision carries: ECR is not asked which.
_ANY = Selection(image=Image(tag="", digest=""))


@dataclass(frozen=True, kw_only=True)
class _Operators:
    """What the intents have in common."""

    target: Target

    def owns(self, image: str) -> bool:
        return self.target.owns(image)

    def select(self, services: Services) -> Selection:  # noqa: ARG002 - has the form of an Intent's
        return _ANY

    def admit(
        self,
        registrations: Mapping[str, Registration],  # noqa: ARG002 - has the form of an Intent's
        services: Services,  # noqa: ARG002
    ) -> Mapping[str, Skip]:
        return {}

    def _carrying(
        self,
        source: Revision,
        log: RevisionLog,
        lineage: Lineage,
        occasion: Occasion,
        *,
        hold: str,
        reason: str,
        base: Revision | None = None,
    ) -> Registration:
        """The settings of ``base``, else the newest ones, the images of ``source``, and a word on holding."""
        wanted, image = kept_images(base or lineage.base, source, self.target)
        return registration(
            log,
            lineage,
            wanted,
            image,
            self.target,
            occasion,
            introduces=False,
            held=False,
            reason=reason,
            base=base,
            hold=hold,
        )


@dataclass(frozen=True, kw_only=True)
class Hold(_Operators):
    """Keep the image that the newest revision carries, whatever is pushed, because of ``reason``.

    It is written by the digest that ran, where that is known: a tag moves, whoever holds it.
    """

    reason: str

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        """A definition that is on hold stays so; what somebody registered over it is put right."""
        if lineage.hold_in_force:
            return plan(log, lineage, selection, self.target, occasion)
        why, source = f"on hold: {self.reason}", pinned(log.active[0], self.target)
        return self._carrying(source, log, lineage, occasion, hold=self.reason, reason=why)


@dataclass(frozen=True, kw_only=True)
class Settle(_Operators):
    """Give a word on holding the settings that it did not see; the image and the word stay as they are.

    Such a word names settings that are older than itself. Whoever speaks next could then not be told from a
    run that repeats, late, what was so before that word. The run that spoke puts this right itself, and so
    does the function, unless the one died and the other has not run yet.
    """

    def decide(
        self,
        log: RevisionLog,
        lineage: Lineage,
        selection: Selection,  # noqa: ARG002 - has the form of an Intent's
        occasion: Occasion,
    ) -> Registration | Skip:
        newest = log.active[0]
        if is_settled(lineage):
            shown = owned(newest, self.target)[0].image
            return Skip(definition=log.name, newest=newest, image=shown, reason="nothing to put right")
        standing = lineage.hold_in_force.bearer if lineage.hold_in_force else newest
        reason = f"revision {lineage.base.number} has the newest settings"
        return self._carrying(standing, log, lineage, occasion, hold=lineage.repeated_hold, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Release(_Operators):
    """Follow the pair's image policy again. The image stays: to move on is the function's business."""

    def decide(
        self,
        log: RevisionLog,
        lineage: Lineage,
        selection: Selection,  # noqa: ARG002 - has the form of an Intent's
        occasion: Occasion,
    ) -> Registration | Skip:
        newest = log.active[0]
        if lineage.hold_in_force is None and lineage.base == newest:
            shown = owned(newest, self.target)[0].image
            return Skip(definition=log.name, newest=newest, image=shown, reason="not on hold")
        reason = "the hold is released"
        return self._carrying(newest, log, lineage, occasion, hold=provenance.RELEASED, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Rollback(_Operators):
    """Go back to the images of ``chosen``, with its settings too if ``with_settings``, and hold them.

    ``still_there`` raises when ECR no longer has the image.
    """

    reason: str
    chosen: Revision
    with_settings: bool = False
    still_there: Callable[[], None] = field(repr=False)

    def select(self, services: Services) -> Selection:  # noqa: ARG002 - has the form of an Intent's
        self.still_there()
        return _ANY

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        """A definition that was already rolled back stays so; what was registered over it is put right."""
        if self._is_done(lineage):
            return plan(log, lineage, selection, self.target, occasion)
        base = lineage.base
        if self.with_settings:
            # It counts as a change to what it replaces: a copy of the older revision would be neutral, and
            # the next run would take the newer settings.
            base = replace(base, document=self.chosen.document)
        why = f"image of revision {self.chosen.number}, on hold: {self.reason}"
        return self._carrying(self.chosen, log, lineage, occasion, hold=self.reason, reason=why, base=base)

    def _is_done(self, lineage: Lineage) -> bool:
        hold = lineage.hold_in_force
        if hold is None or hold.reason != self.reason:
            return False
        if self.with_settings and not same_settings(hold.bearer, self.chosen, self.owns):
            return False
        return _images(hold.bearer, self.target) == _images(self.chosen, self.target)


def is_settled(lineage: Lineage) -> bool:
    """Whether the settings to copy are no older than the last word on holding."""
    return lineage.hold is None or lineage.hold.bearer.number <= lineage.base.number


def pinned(revision: Revision, target: Target) -> Revision:
    """The revision with the repository's images by the digest that ran, where its tags tell which.

    A tag may have moved since; the digest of a reference, or the one in the provenance, has not.
    """

    def by_digest(image: str) -> str:
        reference, tags = ImageReference.parse(image), revision.tags
        # Tags may have been copied along with another image: they tell about the tag that they name.
        told = tags.get(provenance.IMAGE_TAG, reference.tag) == reference.tag
        digest = carried_image(revision, image).digest
        if not target.owns(image) or reference.digest or not (told and digest):
            return image
        return f"{reference.base}@{digest}"

    document = with_images(revision.document, lambda container: by_digest(container.image))
    return replace(revision, document=document)


def _images(revision: Revision, target: Target) -> dict[str, str]:
    return {item.path: item.image for item in containers_of(revision.document) if target.owns(item.image)}
