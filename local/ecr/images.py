"""The images of the registry, which moto can't hold: there a moved tag deletes the image that it leaves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.ecr.manifests import Manifest
from local.ecr.scans import Scan

ACTIVE, ARCHIVED = "ACTIVE", "ARCHIVED"
_DIGEST = re.compile(r"[0-9a-zA-Z_+.-]+:[0-9a-fA-F]{64}")


@dataclass
class Image:
    """An image and its tags. ``number`` says its place in the order of the first pushes, ``pushed_at`` is
    the time of its own first push in seconds: a tag that moves here does not change it. ``transitions`` are
    the times of archiving and restoring under the names of DescribeImages' answer.
    """

    manifest: Manifest
    number: int
    pushed_at: int
    tags: list[str] = field(default_factory=list)
    status: str = ACTIVE
    transitions: dict[str, int] = field(default_factory=dict)
    scan: Scan | None = None

    @property
    def digest(self) -> str:
        """The digest of the manifest."""
        return self.manifest.digest

    def archive(self, now: int) -> None:
        """Moves it to the archive, where nobody can pull it."""
        self.status = ARCHIVED
        self.transitions["lastArchivedAt"] = now

    def restore(self, now: int) -> None:
        """Moves it back, which takes AWS up to 20 minutes of ACTIVATING, and here no time."""
        self.status = ACTIVE
        self.transitions["lastActivatedAt"] = now


@dataclass(frozen=True)
class Missing:
    """Why an image ID selects no image, in the words of ImageFailure's codes.

    AmazonECR/latest/APIReference/API_ImageFailure.html
    """

    code: str
    reason: str


class Images:
    """The images of one repository, in the order of their first push."""

    def __init__(self) -> None:
        self._by_digest: dict[str, Image] = {}
        self._by_tag: dict[str, Image] = {}
        self._numbers = itertools.count()

    def __iter__(self) -> Iterator[Image]:
        return iter(list(self._by_digest.values()))

    def __len__(self) -> int:
        return len(self._by_digest)

    def tagged(self, tag: str) -> Image | None:
        """The image that has ``tag`` now."""
        return self._by_tag.get(tag)

    def get(self, digest: str) -> Image | None:
        """The image with that digest."""
        return self._by_digest.get(digest)

    def put(self, manifest: Manifest, tag: str | None, *, now: int) -> Image:
        """Adds the image unless it is there, and moves ``tag`` to it; whoever had the tag stays without.

        An archived image is restored.
        """
        image = self._by_digest.get(manifest.digest)
        if image is None:
            image = self._by_digest[manifest.digest] = Image(manifest, next(self._numbers), now)
        if image.status == ARCHIVED:
            image.restore(now)
        if tag:
            self.untag(tag)
            image.tags.append(tag)
            self._by_tag[tag] = image
        return image

    def untag(self, tag: str) -> None:
        """Takes the tag off whichever image has it."""
        holder = self._by_tag.pop(tag, None)
        if holder is not None:
            holder.tags.remove(tag)

    def remove(self, image: Image) -> None:
        """Takes an image out, with its tags."""
        for tag in list(image.tags):
            self.untag(tag)
        del self._by_digest[image.digest]

    def parents(self, digest: str) -> list[str]:
        """The digests of the indexes that list the image."""
        return [image.digest for image in self if digest in image.manifest.children]

    def find(self, image_id: Mapping[str, Any]) -> Image | Missing:
        """The image that an ImageIdentifier selects: by digest, by tag, or by both, which must agree."""
        digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
        if not digest and not tag:
            return Missing(
                "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null"
            )
        if digest and not _DIGEST.fullmatch(digest):
            return Missing("InvalidImageDigest", "Invalid request parameters: not the digest of an image")
        image = self._by_digest.get(digest) if digest else self._by_tag.get(str(tag))
        if image is None:
            return Missing("ImageNotFound", "Requested image not found")
        if digest and tag and tag not in image.tags:
            return Missing("ImageTagDoesNotMatchDigest", "The tag and the digest are of different images")
        return image
