"""The policy that takes the tags which match a regular expression."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import ClassVar

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.ranking import Left, Listing, Rank


@dataclass(frozen=True, kw_only=True)
class Regex(Listing):
    """Of the tags that match ``pattern``, the last one by ``order``, which looks at the capture groups, or at
    the whole tag where there are none.

    Raises PolicyError for what ``re`` does not take, or says that it will read differently one day; and
    unless the expression stands between ``^`` and ``$``, so that nobody has to guess whether a tag counts
    that merely contains it.
    """

    kind: ClassVar[str] = "regex"

    def __post_init__(self) -> None:
        text = self.pattern
        if not (text.startswith("^") and text.endswith("$")) or text.endswith("\\$"):
            raise PolicyError(
                f"{self}, which does not stand between ^ and $",
                remedy=f"write ^{text.strip('^$')}$ to match whole tags; put .* where anything may stand",
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                re.compile(text, re.ASCII)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            raise PolicyError(
                f"{self}, which Python's re does not take: {error}",
                remedy="correct it there; write \\ before a character that stands for itself",
            ) from error

    def matching(self, image: Image) -> Rank:
        found = re.fullmatch(self.pattern, image.tag, re.ASCII)
        if not found:
            return Left(f"does not match {self.pattern}")
        return self.ranked(image, found.groups() or [image.tag])
