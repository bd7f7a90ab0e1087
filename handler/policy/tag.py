"""The policy that follows one tag, wherever it points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.ranking import Left, Rank, Taken

# AmazonECR/latest/APIReference/API_PutImage.html and the OCI distribution specification that it follows
# (github.com/opencontainers/distribution-spec, spec.md, "Pulling manifests").
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class ExactTag:
    """Selects the image that carries ``tag`` now.

    Raises PolicyError when no image could ever carry the tag.
    """

    tag: str
    # A tag has no order, so nothing is ever a step down, nor does any time decide.
    allow_downgrade: ClassVar[bool] = True
    by_time: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise PolicyError(
                f"{self.tag!r}, which is no image tag",
                remedy="use 1 to 128 letters, digits, '_', '.' or '-', not starting with '.' or '-'",
            )

    def __str__(self) -> str:
        return f"the tag {self.tag}"

    def rank(self, image: Image) -> Rank:
        """One tag, so one rank."""
        return Taken(0, image.tag) if image.tag == self.tag else Left("another tag")

    def specification(self) -> dict[str, Any]:
        """The JSON object that ``parse`` turns into an equal policy."""
        return {"tag": self.tag}
