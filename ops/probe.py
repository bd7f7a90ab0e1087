"""The probe: the same image under another digest.

A manifest's digest is that of its bytes. White space before its closing brace is no part of what the JSON
says, so it changes the digest and nothing else, in every kind of manifest: Docker's has no annotations, and a
reader that is strict about fields finds none that it does not know. (White space at the very end would do as
well, but shells and clients trim it.) What the manifest refers to, layers or the images of an index, is in
the repository already.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ops.errors import OpsError

# Docker's first schema carries a signature over its bytes, so it is not among them.
MEDIA_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)

_MARK = re.compile(r"(?<![ \t])[ \t]{32}\Z")


class Refused(OpsError):
    """Putting the probe would do harm or prove nothing; nothing was touched."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A manifest as ECR keeps it, to the byte."""

    text: str
    media_type: str

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


def probe_of(manifest: Manifest, mark: int) -> Manifest:
    """The manifest under another digest, one for each ``mark`` from 0 to 2^32 - 1.

    Raises Refused, also for a probe: to put that back would leave the tag on it.

    >>> probe_of(Manifest(text="{}", media_type=MEDIA_TYPES[0]), 1).text.strip("{}").isspace()
    True
    """
    end = manifest.text.rfind("}")
    if manifest.media_type not in MEDIA_TYPES or end < 0 or manifest.text[end + 1 :].strip():
        raise Refused(
            f"the image's manifest is of a kind that can't be changed harmlessly: {manifest.media_type}",
            remedy="push the image with a current client; it makes one of: " + ", ".join(MEDIA_TYPES),
        )
    if _MARK.search(manifest.text, 0, end):
        raise Refused(
            f"the image {manifest.digest} is the probe of another `test --push`",
            remedy="if that is still at work, wait for its end; if it was killed, run the commands that it "
            "showed at its start, or push the image again",
        )
    space = "".join(" \t"[mark >> bit & 1] for bit in range(32))
    return Manifest(text=manifest.text[:end] + space + manifest.text[end:], media_type=manifest.media_type)


def is_mutable(mutability: str, exclusions: Iterable[Mapping[str, str]], tag: str) -> bool:
    """Whether ``tag`` may be moved in a repository with this imageTagMutability and these exclusion filters.

    AmazonECR/latest/userguide/image-tag-mutability.html: an exclusion turns the rule round for the tags that
    its filter matches.
    """
    excluded = any(
        re.fullmatch(".*".join(map(re.escape, item.get("filter", "").split("*"))), tag) for item in exclusions
    )
    return mutability.startswith("MUTABLE") != (excluded and mutability.endswith("_WITH_EXCLUSION"))
