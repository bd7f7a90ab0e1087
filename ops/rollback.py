"""Which revision a rollback goes back to, and whether its image can still be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handler.document.containers import containers_of
from handler.document.image import ImageReference
from handler.errors import ImageNotFound
from handler.lineage import Lineage
from handler.revision import Revision, RevisionLog
from handler.target import Target, owned
from ops.access import Access
from ops.errors import UsageError
from ops.intents import pinned
from ops.registry import Registry
from ops.revisions import numbered_revisions


@dataclass(frozen=True, kw_only=True)
class Choice:
    """``revision`` carries the images as they are to be written; ``notes`` are for the operator to read."""

    revision: Revision
    notes: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        return self.revision.number


@dataclass(frozen=True)
class Refusal:
    """Why there is nothing to go back to, and what to do."""

    why: str
    advice: str

    @property
    def reason(self) -> str:
        return f"{self.why}. {self.advice}"


def choose(
    log: RevisionLog, lineage: Lineage, to: int | None, reached: Access, registry: Registry
) -> Choice | Refusal:
    """The revision ``to``, ACTIVE or not, or the newest earlier ACTIVE one with another image to be had.

    Raises UsageError for a revision that AWS Batch does not have, or where ``to`` must be given,
    NoRepositoryContainer for one that does not use the repository, OpsError when AWS can't be asked.
    """
    newest, hold, target = log.active[0], lineage.hold_in_force, reached.target
    if to is not None:
        (chosen,) = numbered_revisions(log.name, [to], reached.services.batch)
        owned(chosen, target)
        return _checked(chosen, newest, target, registry)
    if hold is not None:
        # The other image is then probably the one that somebody has just gone back from.
        raise UsageError(
            f"{log.name} is on hold already: {hold.reason}",
            remedy=f"name the revision to go back to with --to; `ecr-batch history {log.name}` lists them",
        )
    passed: dict[int, Refusal] = {}
    for revision in _earlier(log, target):
        found = _checked(revision, newest, target, registry)
        if isinstance(found, Choice):
            over = (f"revision {number} is passed over: {it.why}" for number, it in passed.items())
            return replace(found, notes=(*over, *found.notes))
        passed[revision.number] = found
    return next(iter(passed.values()), _nothing(newest))


def _nothing(newest: Revision) -> Refusal:
    return Refusal(
        f"no earlier ACTIVE revision of {newest.name} carries another image of the repository than "
        f"revision {newest.number}",
        f"`ecr-batch history {newest.name} --inactive` shows INACTIVE ones, which --to takes too",
    )


def _earlier(log: RevisionLog, target: Target) -> Iterator[Revision]:
    """Newest first, the newest one of each image that the newest revision does not carry."""
    seen = [images(pinned(log.active[0], target), target)]
    for revision in log.active[1:]:
        found = images(pinned(revision, target), target)
        if found and found not in seen:
            seen.append(found)
            yield revision


def _checked(named: Revision, newest: Revision, target: Target, registry: Registry) -> Choice | Refusal:
    """Asks ECR for every image. A tag is no image: it is told where it points now."""
    chosen, leaving = pinned(named, target), images(pinned(newest, target), target)
    notes: list[str] = []
    for name, image in zip(images(named, target), images(chosen, target), strict=True):
        reference = ImageReference.parse(image)
        digest = registry.digest(reference)
        if digest is None:
            return _gone(chosen, image)
        if not reference.digest and f"{reference.base}@{digest}" in leaving:
            return Refusal(
                f"revision {named.number} names {name}, and that tag now points at {digest}, the very image "
                f"of revision {newest.number}",
                "Choose another revision with --to",
            )
        if not ImageReference.parse(name).digest:
            notes.append(_moved(named.number, name, image, registry))
    return Choice(revision=chosen, notes=tuple(dict.fromkeys(notes)))


def _gone(chosen: Revision, image: str) -> Refusal:
    return Refusal(
        f"the image of revision {chosen.number}, {image}, can't be pulled any more, since ECR has deleted or "
        "archived it",
        f"Choose another revision with --to (`ecr-batch history {chosen.name}` shows their images), and see "
        "whether a lifecycle rule of the repository deletes images that job definitions still use",
    )


def _moved(number: int, name: str, image: str, registry: Registry) -> str:
    """What became of the tag that a revision names, and what is written instead."""
    now = registry.digest(ImageReference.parse(name)) or "no image"
    written = (
        f"the image that jobs ran then, {ImageReference.parse(image).digest}, is written by its digest"
        if image != name
        else "nothing tells which image it was when jobs ran it, so the tag is written again"
    )
    return f"revision {number} names {name}, which now points at {now}; {written}"


def images(revision: Revision, target: Target) -> list[str]:
    """The repository's images in a revision, container by container."""
    return [item.image for item in containers_of(revision.document) if target.owns(item.image)]


def still_there(choice: Choice, target: Target, registry: Registry) -> None:
    """Raises ImageNotFound when an image of the choice can't be pulled any more."""
    for image in dict.fromkeys(images(choice.revision, target)):
        if registry.digest(ImageReference.parse(image)) is None:
            raise ImageNotFound(
                f"ECR no longer holds {image}, the image of revision {choice.revision.number}",
                remedy="roll back to a revision whose image is still there, and see which lifecycle rule "
                "deleted this one",
            )
