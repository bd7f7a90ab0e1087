"""What the image policies have in common: their word on one image, and how it compares with another."""

from __future__ import annotations

import fnmatch
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from handler.document.image import Image

# The fallback tags of the OCI referrers API, and what cosign and SOCI put beside an image.
_REFERRER = re.compile(r"sha256-[0-9a-f]{64}(?:\..*)?")


class Order(StrEnum):
    """Which of several matching tags comes last, and so is selected."""

    PUSHED = "pushed"
    """By the time ECR received the image."""
    NUMERIC = "numeric"
    """By the numbers in the tag: the first one, and where that is the same, the next."""
    ALPHABETICAL = "alphabetical"
    """By the text of the tag."""


@dataclass(frozen=True, order=True)
class Taken:
    """The image is a candidate; of several, the one with the greatest ``key`` is selected.

    Keys of one policy compare with each other. Equal ones differ in ``tag``, whose characters then decide:
    no order of listing, no second push and no clock can change which image is selected.
    """

    key: Any
    tag: str


@dataclass(frozen=True)
class Left:
    """The image is no candidate, and why."""

    reason: str


Rank = Taken | Left


@dataclass(frozen=True, kw_only=True)
class Listing(ABC):
    """Ranks every tag that ECR holds. ``pattern`` is what stands under the key ``kind``.

    ``ignore`` are patterns of tags that are never candidates. Unless ``allow_downgrade``, a definition stays
    where it is when the image that it carries disappears and only lower ones are left.
    """

    kind: ClassVar[str]
    # There is no one tag to ask ECR for: all must be listed.
    tag: ClassVar[None] = None
    pattern: str
    order: Order = Order.PUSHED
    ignore: tuple[str, ...] = ()
    allow_downgrade: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.pattern!r}"

    @property
    def by_time(self) -> bool:
        """Whether the time of the push decides, which no tag tells."""
        return self.order == Order.PUSHED

    def rank(self, image: Image) -> Rank:
        """The policy's word on a tagged image."""
        for pattern in self.ignore:
            if fnmatch.fnmatchcase(image.tag, pattern):
                return Left(f"ignored by {pattern}")
        if _REFERRER.fullmatch(image.tag):
            return Left("stands beside another image: a signature, an attestation or a SOCI index")
        return self.matching(image)

    @abstractmethod
    def matching(self, image: Image) -> Rank:
        """The rank of an image whose tag is not ignored."""

    def ranked(self, image: Image, texts: Sequence[str | None]) -> Rank:
        """The rank of a matching image by ``texts``: what each group captures of its tag, None where it took
        no part; or the whole tag where there are no groups."""
        if self.order == Order.PUSHED:
            if image.pushed_at is None:
                return Left("ECR does not say when it was pushed")
            return Taken(image.pushed_at, image.tag)
        # What captured nothing took no part.
        given = [text for text in texts if text]
        if not given:
            return Left("what is ordered by has matched nothing")
        if self.order == Order.ALPHABETICAL:
            return Taken(given[0], image.tag)
        for text in given:
            if not text.isdecimal():
                return Left(f"{text!r} is no whole number")
        # A group that took no part ranks below any number.
        return Taken(tuple(int(text) if text else -1 for text in texts), image.tag)

    def specification(self) -> dict[str, Any]:
        """The JSON object that ``parse`` turns into an equal policy; defaults are left out."""
        options = {
            "order": "" if self.order == Order.PUSHED else self.order.value,
            "ignore": list(self.ignore),
            "allowDowngrade": self.allow_downgrade,
        }
        return {self.kind: self.pattern} | {key: value for key, value in options.items() if value}
