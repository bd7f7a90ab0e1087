"""What to do about one job definition: a pure decision from what Batch and ECR hold.

``plan`` is the only planner: the function, its dry run and the operator's tool all ask it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handler import provenance
from handler.document.containers import with_images
from handler.document.image import Image
from handler.document.raw import Document
from handler.lineage import Lineage
from handler.request import check_image_reference, fit
from handler.revision import Revision, RevisionLog
from handler.select import Selection
from handler.step_down import carried_image, step_down
from handler.target import Target, owned
from handler.value import Value


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Occasion(Value):
    """Why and when a run happens; it ends up in the provenance tags. ``at`` is ISO 8601, UTC."""

    event_id: str
    at: str


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImageChange(Value):
    """One container's image before and after; ``path`` says where in the document it stands."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Registration(Value):
    """One planned revision.

    ``introduces`` says whether it gives the definition an image that the newest revision does not carry,
    which gates may refuse; ``held`` that it puts back the image that the definition is held on. ``document``
    is what RegisterJobDefinition gets, whole. ``newest`` is the newest ACTIVE revision, which the new one
    takes the place of; ``after`` the highest number that was read, so that the new revision's number is
    ``after + 1`` unless somebody writes in between.
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
    introduces: bool = False
    held: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Skip(Value):
    """Nothing to register, and why; ``image`` is the reference that the newest revision carries.

    ``gate`` is the key under ``requires`` that refused the selected image, "" where none did; ``kept`` says
    that the image stays because the selected one would be a step down, ``held`` that it stays on hold.
    """

    definition: str
    newest: Revision
    image: str
    reason: str
    gate: str = ""
    kept: bool = False
    held: bool = False
    warnings: tuple[str, ...] = ()


def plan(
    log: RevisionLog, lineage: Lineage, selection: Selection, target: Target, occasion: Occasion
) -> Registration | Skip:
    """Decides one definition, given that ``selection`` holds an image.

    Raises DefinitionError: NoRepositoryContainer, DefinitionTooLarge or TooManyTags.
    """
    selected = selection.image
    assert selected is not None
    newest, hold, stay = log.active[0], lineage.hold, ""
    held = hold is not None and hold.in_force
    if hold is not None and hold.in_force:
        wanted, image = kept_images(lineage.base, hold.bearer, target)
        reason, told = f"on hold: {hold.reason}", True
    elif stay := step_down(log.active, selection, target):
        wanted, image = kept_images(lineage.base, newest, target)
        reason, told = stay, True
    else:
        wanted, image = _selected_images(lineage.base, selected, target), selected
        reason, told = "already on the selected image", _is_told(newest, selected, target)
    before = {container.path: container.image for container in owned(newest, target)}
    if lineage.base == newest and before == wanted and told:
        return Skip(
            definition=log.name,
            newest=newest,
            image=next(iter(before.values())),
            reason=reason,
            kept=bool(stay),
            held=held,
            warnings=lineage.warnings,
        )
    return registration(
        log,
        lineage,
        wanted,
        image,
        target,
        occasion,
        reason=_reason(lineage, image, newest),
        introduces=image is selected and before != wanted,
        held=held,
    )


def registration(
    log: RevisionLog,
    lineage: Lineage,
    wanted: Mapping[str, str],
    image: Image,
    target: Target,
    occasion: Occasion,
    *,
    reason: str,
    introduces: bool = False,
    held: bool = False,
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
        needed=target.needed_tags,
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
        introduces=introduces,
        held=held,
        warnings=lineage.warnings + warnings,
    )


def _selected_images(base: Revision, selected: Image, target: Target) -> dict[str, str]:
    """The image that each of the repository's containers is to have, by the container's path."""
    return {container.path: target.reference(container.image, selected) for container in owned(base, target)}


def kept_images(base: Revision, bearer: Revision, target: Target) -> tuple[dict[str, str], Image]:
    """The images that ``bearer`` carries; a container that it does not know gets its first one."""
    kept = {container.path: container.image for container in owned(bearer, target)}
    first = next(iter(kept.values()))
    wanted = {container.path: kept.get(container.path, first) for container in owned(base, target)}
    return wanted, carried_image(bearer, first)


def _is_told(newest: Revision, image: Image, target: Target) -> bool:
    """Whether the newest revision tells which image its tag meant: a tag moves, the reference stays."""
    return target.pin == "digest" or newest.tags.get(provenance.IMAGE_DIGEST) == image.digest


def _reason(lineage: Lineage, image: Image, newest: Revision) -> str:
    if lineage.hold is not None and lineage.hold.in_force:
        return f"on hold ({lineage.hold.reason}): the held image is put back"
    restored = ""
    if lineage.base != newest:
        restored = f"; revision {lineage.base.number} has the newest settings, not {newest.number}"
    return f"tag {image.tag} is {image.digest}{restored}"
