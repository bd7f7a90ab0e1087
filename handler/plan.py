"""What to do about one job definition: a pure decision from what Batch and ECR hold.

``plan`` is the only planner: the function, its dry run and the operator's tool all ask it.
"""

from __future__ import annotations

from dataclasses import dataclass

from handler import provenance
from handler.document.image import Image
from handler.lineage import Lineage
from handler.request import Occasion, Registration, registration
from handler.revision import Revision, RevisionLog
from handler.select import Selection, carried_image, step_down
from handler.target import Target, owned


@dataclass(frozen=True, kw_only=True)
class Skip:
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

    On hold, it keeps the images of the revision that holds; where the selected image would be a step down,
    those of the newest revision; else it gets the selected one.

    Raises DefinitionError: NoRepositoryContainer, DefinitionTooLarge or TooManyTags.
    """
    selected, newest, hold = selection.image, log.active[0], lineage.hold_in_force
    assert selected is not None
    lower = "" if hold else step_down(log.active, selection, target)
    if hold or lower:
        wanted, image = kept_images(lineage.base, hold.bearer if hold else newest, target)
        reason, digest_is_known = f"on hold: {hold.reason}" if hold else lower, True
    else:
        base = owned(lineage.base, target)
        wanted, image = {item.path: target.reference(item.image, selected) for item in base}, selected
        # A tag moves, the reference stays: only the revision's own tag tells which image it meant.
        told_digest = newest.tags.get(provenance.IMAGE_DIGEST)
        digest_is_known = target.settings.pin == "digest" or told_digest == selected.digest
        reason = "already on the selected image"
    before = {container.path: container.image for container in owned(newest, target)}
    if lineage.base == newest and before == wanted and digest_is_known:
        return Skip(
            definition=log.name,
            newest=newest,
            image=next(iter(before.values())),
            reason=reason,
            kept=bool(lower),
            held=hold is not None,
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
        held=hold is not None,
    )


def kept_images(base: Revision, bearer: Revision, target: Target) -> tuple[dict[str, str], Image]:
    """The images that ``bearer`` carries; a container that it does not know gets its first one."""
    kept = {container.path: container.image for container in owned(bearer, target)}
    first = next(iter(kept.values()))
    wanted = {container.path: kept.get(container.path, first) for container in owned(base, target)}
    return wanted, carried_image(bearer, first)


def _reason(lineage: Lineage, image: Image, newest: Revision) -> str:
    if hold := lineage.hold_in_force:
        return f"on hold ({hold.reason}): the held image is put back"
    restored = ""
    if lineage.base != newest:
        restored = f"; revision {lineage.base.number} has the newest settings, not {newest.number}"
    return f"tag {image.tag} is {image.digest}{restored}"
