"""What to do about one job definition: a pure decision from what Batch and ECR hold.

``plan`` is the only planner: the function, its dry run and the operator's tool all ask it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handler import provenance
from handler.containers import Container, containers_of, with_images
from handler.errors import NoRepositoryContainer
from handler.image import Image, ImageReference, Repository
from handler.limits import check_image_reference, fit
from handler.lineage import Hold, Lineage
from handler.policy import ExactTag, Policy
from handler.raw import Document
from handler.revision import Revision, RevisionLog
from handler.select import Selection
from handler.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a pair wants: the image of ``repository`` that ``policy`` selects, written as ``pin`` says.

    ``pin`` is ``digest`` or ``tag``.

    ``adopt`` names, for a definition, the containers that are to be taken over (``*`` for all of them)
    while none of its containers uses the repository.
    """

    repository: Repository
    pin: str
    policy: Policy = field(default_factory=lambda: ExactTag("latest"))
    omit_fields: tuple[str, ...] = ()
    adopt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, repository: Repository) -> Target:
        """The target of the pair with these settings."""
        return cls(
            repository=repository,
            pin=settings.pin,
            policy=settings.policy,
            omit_fields=settings.omit_fields,
            adopt=settings.adopt,
        )

    def owns(self, image: str) -> bool:
        """Whether the image reference is one of the pair's repository."""
        return self.repository.holds(ImageReference.parse(image))

    def containers(self, name: str, document: Document) -> tuple[Container, ...]:
        """The containers of the definition ``name`` that are to have the repository's image."""
        everything = containers_of(document)
        owned = tuple(container for container in everything if self.owns(container.image))
        if owned:
            return owned
        names = self.adopt.get(name, ())
        return tuple(item for item in everything if "*" in names or (item.name and item.name in names))

    def reference(self, current: str, image: Image) -> str:
        """The reference to ``image``, under the host name that ``current`` uses if it is the repository's."""
        base = ImageReference.parse(current).base if self.owns(current) else self.repository.uri
        return f"{base}:{image.tag}" if self.pin == "tag" else f"{base}@{image.digest}"


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why and when a run happens; it ends up in the provenance tags. ``at`` is ISO 8601, UTC."""

    event_id: str
    at: str


@dataclass(frozen=True, kw_only=True)
class ImageChange:
    """One container's image before and after; ``path`` says where in the document it stands."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One planned revision.

    ``document`` is what RegisterJobDefinition gets, whole. ``newest`` is the newest ACTIVE revision,
    which the new one takes the place of; ``after`` the highest number that was read, so that the new
    revision's number is ``after + 1`` unless somebody writes in between.
    """

    definition: str
    document: Document = field(repr=False)
    newest: Revision
    after: int
    base: int
    changes: tuple[ImageChange, ...]
    image: Image
    image_before: str
    image_after: str
    reason: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Nothing to register, and why; ``image`` is the reference that the newest revision carries."""

    definition: str
    newest: Revision
    image: str
    reason: str
    warnings: tuple[str, ...] = ()


def plan(
    log: RevisionLog, lineage: Lineage, selection: Selection, target: Target, occasion: Occasion
) -> Registration | Skip:
    """Decides one definition, given that ``selection`` holds an image.

    Raises DefinitionError: NoRepositoryContainer, DefinitionTooLarge or TooManyTags.
    """
    selected = selection.image
    assert selected is not None
    hold = lineage.hold
    if hold is not None and hold.in_force:
        wanted, image = held_images(lineage.base, hold, target)
        reason = f"on hold: {hold.reason}"
    else:
        wanted, image = _selected_images(lineage.base, selected, target), selected
        reason = "already on the selected image"
    newest = log.active[0]
    before = {container.path: container.image for container in owned(newest, target)}
    if lineage.base == newest and before == wanted and _is_told(newest, image, hold, target):
        shown = next(iter(before.values()))
        return Skip(definition=log.name, newest=newest, image=shown, reason=reason, warnings=lineage.warnings)
    return registration(log, lineage, wanted, image, target, occasion, reason=_reason(lineage, image, newest))


def registration(
    log: RevisionLog,
    lineage: Lineage,
    wanted: Mapping[str, str],
    image: Image,
    target: Target,
    occasion: Occasion,
    *,
    reason: str,
    base: Revision | None = None,
    hold: str | None = None,
) -> Registration:
    """The revision that gives each container in ``wanted`` (path -> reference) its image, which is ``image``.

    It copies ``base``, and says of holding what ``hold`` says; unless given, both are as the lineage has
    them. Raises DefinitionError: DefinitionTooLarge or TooManyTags.
    """
    for path, reference in wanted.items():
        check_image_reference(reference, where=f"{log.name}: {path}")
    newest, base = log.active[0], base or lineage.base
    if hold is None:
        hold = lineage.repeated_hold
    ours = provenance.Provenance(
        previous_revision=base.number,
        image_digest=image.digest,
        image_tag=image.tag,
        event_id=occasion.event_id,
        updated_at=occasion.at,
        hold=hold,
    )
    document, warnings = fit(
        with_images(base.settings, lambda container: wanted.get(container.path, container.image)),
        ours,
        by_tag=target.pin == "tag",
        omit=target.omit_fields,
        name=log.name,
    )
    changes = tuple(
        ImageChange(path=container.path, before=container.image, after=wanted[container.path])
        for container in owned(base, target)
        if container.image != wanted[container.path]
    )
    return Registration(
        definition=log.name,
        document=document,
        newest=newest,
        after=log.highest,
        base=base.number,
        changes=changes,
        image=image,
        image_before=owned(newest, target)[0].image,
        image_after=next(iter(wanted.values())),
        reason=reason,
        warnings=lineage.warnings + warnings,
    )


def _selected_images(base: Revision, selected: Image, target: Target) -> dict[str, str]:
    """The image that each of the repository's containers is to have, by the container's path."""
    return {container.path: target.reference(container.image, selected) for container in owned(base, target)}


def held_images(base: Revision, hold: Hold, target: Target) -> tuple[dict[str, str], Image]:
    """The images of the revision that holds; a container that it does not know gets its first one."""
    held = {container.path: container.image for container in owned(hold.bearer, target)}
    first = next(iter(held.values()))
    wanted = {container.path: held.get(container.path, first) for container in owned(base, target)}
    reference, tags = ImageReference.parse(first), hold.bearer.tags
    image = Image(
        tag=reference.tag or tags.get(provenance.IMAGE_TAG, ""),
        digest=reference.digest or tags.get(provenance.IMAGE_DIGEST, ""),
    )
    return wanted, image


def _is_told(newest: Revision, image: Image, hold: Hold | None, target: Target) -> bool:
    """Whether the newest revision tells which image its tag meant: a tag moves, the reference stays."""
    if target.pin == "digest" or (hold is not None and hold.in_force):
        return True
    return newest.tags.get(provenance.IMAGE_DIGEST) == image.digest


def owned(revision: Revision, target: Target) -> tuple[Container, ...]:
    """The containers that are the repository's; raises NoRepositoryContainer when there is none."""
    owned = target.containers(revision.name, revision.document)
    if owned:
        return owned
    containers = containers_of(revision.document)
    raise NoRepositoryContainer(
        f"no container of job definition {revision.name}:{revision.number} uses an image of "
        f"{target.repository.uri}; its images: {', '.join(map(_labelled, containers)) or 'none'}",
        remedy=f"to take it over, set `{_adoption(revision.name, containers)}` in the pair and run `pulumi "
        "up`; otherwise register a revision that uses the repository, or take the definition out of "
        "the pair's jobDefinitions",
    )


def _labelled(container: Container) -> str:
    return f"{container.image} ({container.name})" if container.name else container.image


def _adoption(definition: str, containers: tuple[Container, ...]) -> str:
    """The YAML that adopts; with several containers, the first main one: the others may be sidecars."""
    names = [item.name for item in containers if item.name and ".initContainers[" not in item.path]
    chosen = names[0] if len(containers) > 1 and names else "*"
    return f"adopt: {{{json.dumps(definition)}: [{json.dumps(chosen)}]}}"


def _reason(lineage: Lineage, image: Image, newest: Revision) -> str:
    if lineage.hold is not None and lineage.hold.in_force:
        return f"on hold ({lineage.hold.reason}): the held image is put back"
    restored = ""
    if lineage.base != newest:
        restored = f"; revision {lineage.base.number} has the newest settings, not {newest.number}"
    return f"tag {image.tag} is {image.digest}{restored}"
