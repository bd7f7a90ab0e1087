"""The policy that takes the tags which match a pattern with ``*`` and ``?``."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import ClassVar

from handler.document.image import Image
from handler.policy.ranking import Left, Listing, Rank


@dataclass(frozen=True, kw_only=True)
class Glob(Listing):
    """Of the tags that match ``pattern`` whole, the last one by ``order``: push time, number or text."""

    kind: ClassVar[str] = "glob"

    def matching(self, image: Image) -> Rank:
        if not fnmatch.fnmatchcase(image.tag, self.pattern):
            return Left(f"does not match {self.pattern}")
        return self.ranked(image, [image.tag])
