"""The policy that follows one tag, wherever it points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from handler.errors import PolicyError

# ECR's own rule for tags: AmazonECR/latest/APIReference/API_PutImage.html and the OCI
# distribution specification that it follows.
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class ExactTag:
    """Selects the image that carries ``tag`` now.

    Raises PolicyError when no image could ever carry the tag.
    """

    tag: str

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise PolicyError(
                f"{self.tag!r} is not an image tag",
                remedy="use 1 to 128 letters, digits, '_', '.' or '-', not starting with '.' or '-'",
            )

    def tag_filters(self) -> list[Any]:
        """The values of ``image-tag`` in an EventBridge pattern that let every push through that can change
        what this policy selects."""
        return [self.tag]

    def specification(self) -> dict[str, Any]:
        """The JSON object that ``parse`` turns into an equal policy."""
        return {"tag": self.tag}
