"""The new revision as it is registered: what RegisterJobDefinition gets, whole, and why.

AWS Batch takes 24 KiB a definition and 255 characters an image reference: batch/latest/userguide/
service_limits.html and batch/latest/APIReference/API_ContainerProperties.html. The revision that is copied
fits, so only what the updater adds (a digest in place of a tag, and its tags) can break a limit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from handler import provenance
from handler.document.containers import with_images
from handler.document.image import Image
from handler.document.raw import Document, dumps
from handler.errors import DefinitionTooLarge, TooManyTags
from handler.lineage import Lineage
from handler.provenance import Provenance
from handler.revision import Revision, RevisionLog
from handler.target import Target, owned

MOST_BYTES = 24 * 1024
LONGEST_IMAGE_REFERENCE = 255


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

    ``document`` is what RegisterJobDefinition gets. It copies the revision ``base`` (a number) but for
    ``changes``. ``newest`` is the newest ACTIVE revision, which the new one takes the place of; ``after`` the
    highest number that was read, so that the new revision's number is ``after + 1`` unless somebody writes in
    between. ``introduces`` says whether it gives the definition an image that the newest revision does not
    carry, which gates may refuse; ``held`` that it puts back the image that the definition is held on.
    """

    definition: str
    document: Document = field(repr=False, compare=False)
    newest: Revision
    after: int
    base: int
    changes: tuple[ImageChange, ...]
    image: Image
    image_before: str
    image_after: str
    reason: str
    introduces: bool
    held: bool
    warnings: tuple[str, ...]


def registration(
    log: RevisionLog,
    lineage: Lineage,
    wanted: Mapping[str, str],
    image: Image,
    target: Target,
    occasion: Occasion,
    *,
    reason: str,
    introduces: bool,
    held: bool,
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
    document, warnings = fit(
        with_images(base.settings, lambda container: wanted.get(container.path, container.image)),
        Provenance(
            previous_revision=base.number,
            image_digest=image.digest,
            image_tag=image.tag,
            event_id=occasion.event_id,
            updated_at=occasion.at,
            hold=lineage.repeated_hold if hold is None else hold,
        ),
        needed=target.needed_tags,
        omit=target.settings.omit_fields,
        name=log.name,
    )
    return Registration(
        definition=log.name,
        document=document,
        newest=newest,
        after=log.highest,
        base=base.number,
        changes=tuple(
            ImageChange(path=container.path, before=container.image, after=wanted[container.path])
            for container in owned(base, target)
            if container.image != wanted[container.path]
        ),
        image=image,
        image_before=owned(newest, target)[0].image,
        image_after=next(iter(wanted.values())),
        reason=reason,
        introduces=introduces,
        held=held,
        warnings=lineage.warnings + warnings,
    )


def check_image_reference(reference: str, *, where: str) -> None:
    """Raises DefinitionTooLarge for a reference that AWS Batch would refuse."""
    if len(reference) > LONGEST_IMAGE_REFERENCE:
        raise DefinitionTooLarge(
            f"{where}: the image reference {reference} has {len(reference)} characters, AWS Batch allows "
            f"{LONGEST_IMAGE_REFERENCE}",
            remedy="set pin: tag for the pair, or give the repository a shorter name",
        )


def fit(
    document: Document, ours: Provenance, *, needed: Collection[str], omit: tuple[str, ...], name: str
) -> tuple[Document, tuple[str, ...]]:
    """The document as it is to be sent, with its tags, and warnings about what was left out.

    The user's tags always win: where there is no room for all, ours are dropped, but for those that a later
    run can't do without: ``needed``, and those of the copied revision and of the hold. With propagateTags no
    others are written at all, since a job with too many tags fails.

    Raises DefinitionTooLarge, or TooManyTags when the user's tags leave no room for ours.
    """
    document = without(document, omit)
    theirs = provenance.user_tags(document.pop("tags", None) or {})
    size = len(dumps(document).encode())
    if size > MOST_BYTES:
        raise DefinitionTooLarge(
            f"job definition {name} would have {size} bytes with the new image, AWS Batch allows "
            f"{MOST_BYTES}",
            remedy="shorten it (move long environment values to Parameter Store), or set pin: tag",
        )
    kept = {provenance.PREVIOUS_REVISION, provenance.HOLD, *needed}
    propagated = document.get("propagateTags") is True
    tags = theirs | {key: value for key, value in ours.tags().items() if key in kept or not propagated}
    dropped = []
    for key in provenance.DROPPED_FIRST:
        # Tags come last, so that the rest, which may be long, is written once.
        with_tags = size + len(f',"tags":{dumps(tags)}'.encode())
        if key in tags.keys() - kept and (len(tags) > provenance.MOST_TAGS or with_tags > MOST_BYTES):
            del tags[key]
            dropped.append(key)
    if len(tags) > provenance.MOST_TAGS:
        left = ", ".join(sorted(tags.keys() - theirs.keys()))
        raise TooManyTags(
            f"job definition {name} has {len(theirs)} tags of its own, which leaves no room for {left} "
            f"(AWS Batch allows {provenance.MOST_TAGS})",
            remedy=f"remove {len(tags) - provenance.MOST_TAGS} tag(s) from the job definition",
        )
    warnings = (f"{name}: no room for the tags {', '.join(dropped)}",) if dropped else ()
    return {**document, "tags": tags}, warnings


def without(document: Document, paths: tuple[str, ...]) -> Document:
    """A copy without the fields that ``paths`` name, such as ``ecsProperties.taskProperties.newField``."""
    copy = document
    for path in paths:
        copy = _pruned(copy, path.split("."))
    return dict(copy)


def _pruned(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_pruned(item, path) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {key: item for key, item in value.items() if key != path[0]}
    return {**value, path[0]: _pruned(value[path[0]], path[1:])}
