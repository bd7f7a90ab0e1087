"""What AWS Batch does not take, and how a new revision is made to fit.

24 KiB a definition and 255 characters an image reference: batch/latest/userguide/service_limits.html and
batch/latest/APIReference/API_ContainerProperties.html. The revision that is copied fits, so only what
the updater adds (a digest in place of a tag, and its tags) can break a limit.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from handler.document.raw import Document, dumps
from handler.errors import DefinitionTooLarge
from handler.provenance import Provenance, merge, user_tags

MOST_BYTES = 24 * 1024
LONGEST_IMAGE_REFERENCE = 255


def check_image_reference(reference: str, *, where: str) -> None:
    """Raises DefinitionTooLarge for a reference that AWS Batch would refuse."""
    if len(reference) > LONGEST_IMAGE_REFERENCE:
        raise DefinitionTooLarge(
            f"{where}: the image reference {reference} has {len(reference)} characters, AWS Batch allows "
            f"{LONGEST_IMAGE_REFERENCE}",
            remedy="set pin: tag for the pair, or give the repository a shorter name",
        )


def fit(
    document: Document,
    provenance: Provenance,
    *,
    needed: Collection[str],
    omit: tuple[str, ...],
    name: str,
) -> tuple[Document, tuple[str, ...]]:
    """The document as it is to be sent, with its tags, and warnings about what was left out.

    ``needed`` are the tags of ours that must be written (see ``handler.provenance.merge``).

    Raises DefinitionTooLarge, or TooManyTags when the user's tags leave no room for ours.
    """
    document = without(document, omit)
    theirs = user_tags(document.pop("tags", None) or {})
    size = len(dumps(document).encode())
    if size > MOST_BYTES:
        raise DefinitionTooLarge(
            f"job definition {name} would have {size} bytes with the new image, AWS Batch allows "
            f"{MOST_BYTES}",
            remedy="shorten it (move long environment values to Parameter Store), or set pin: tag",
        )
    tags, dropped = merge(
        theirs,
        provenance,
        propagated=document.get("propagateTags") is True,
        needed=needed,
        # Tags come last, so that the rest, which may be long, is written once.
        fits=lambda tags: size + len(f',"tags":{dumps(tags)}'.encode()) <= MOST_BYTES,
        where=f"job definition {name}",
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
