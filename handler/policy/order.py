"""Which of the matching tags comes last, and so is selected: the choices of ``order``."""

from __future__ import annotations

from handler.document.image import Image
from handler.policy.rank import Left, Rank, Taken

PUSHED, NUMERIC, ALPHABETICAL = ORDERS = ("pushed", "numeric", "alphabetical")


def ranked(image: Image, text: str, order: str) -> Rank:
    """The rank of a matching image, by ``text``: the part of its tag that the pattern captures."""
    match order:
        case "numeric":
            if not (text.isascii() and text.isdecimal()):
                return Left(f"{text!r} is no whole number")
            return Taken(int(text), image.tag)
        case "alphabetical":
            return Taken(text, image.tag)
    if image.pushed_at is None:
        return Left("ECR does not say when it was pushed")
    return Taken(image.pushed_at, image.tag)
