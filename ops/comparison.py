"""What tells two revisions apart, in the form of ``handler.document.canonical``, as the function sees it.

Null, absent and empty are alike there, and the items of a set have names instead of places.
"""

from __future__ import annotations

from collections.abc import Callable

from handler import provenance
from handler.document.canonical import label_of_set, simplified
from handler.document.containers import with_images
from handler.document.raw import Document
from handler.revision import Revision
from ops.differences import Changes, differences

_MASK = "the repository's"


def all_changes(before: Document, after: Document) -> Changes:
    """Every difference of two documents, images and tags included."""
    return differences(simplified(before), simplified(after), label=label_of_set)


def other_changes(before: Revision, after: Revision, owns: Callable[[str], bool]) -> tuple[str, ...]:
    """The paths of what differs beside the repository's image and the provenance tags.

    ``owns`` tells whether an image reference is one of the repository.
    """
    return tuple(all_changes(_without_rollout(before, owns), _without_rollout(after, owns)))


def _without_rollout(revision: Revision, owns: Callable[[str], bool]) -> Document:
    document = with_images(revision.settings, lambda item: _MASK if owns(item.image) else item.image)
    return {**document, "tags": provenance.user_tags(revision.tags)}
