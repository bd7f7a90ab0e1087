"""How an image is told to the operator."""

from __future__ import annotations

from dataclasses import dataclass

from handler.document.containers import containers_of
from handler.document.image import ImageReference
from handler.lineage import IsOurs
from handler.revision import Revision
from handler.select import carried_image

_SHORT = 12


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The image that a revision carries: the whole reference, its tag and its digest, "" where unknown."""

    reference: str = ""
    tag: str = ""
    digest: str = ""

    def fields(self) -> dict[str, str | None]:
        """The image as JSON; what is unknown is null."""
        return {
            "image": self.reference or None,
            "imageTag": self.tag or None,
            "imageDigest": self.digest or None,
        }

    def __str__(self) -> str:
        return short_image(self.tag, self.digest) if self.digest else self.reference or "-"


NO_IMAGE = Carried()


def carried_by(revision: Revision, owns: IsOurs) -> Carried:
    """The repository's image in ``revision``, or any container's if there is none; "" for one without."""
    images = [container.image for container in containers_of(revision.document)]
    reference = next(filter(owns, images), images[0] if images else "")
    if not owns(reference):
        # The tags tell about an image of the repository; a revision copied by hand may bear them without one.
        parsed = ImageReference.parse(reference)
        return Carried(reference=reference, tag=parsed.tag, digest=parsed.digest)
    image = carried_image(revision, reference)
    return Carried(reference=reference, tag=image.tag, digest=image.digest)


def short_image(tag: str, digest: str) -> str:
    """A tag and the beginning of a digest.

    >>> short_image("latest", "sha256:0123456789abcdef")
    'latest 0123456789ab'
    """
    return " ".join(part for part in (tag, digest.removeprefix("sha256:")[:_SHORT]) if part)
