"""The policy that follows one tag, wherever it points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.rank import Left, Rank, Taken
from handler.policy.tags import is_tag
from handler.value import Value


@dataclass(frozen=True, eq=False, repr=False)
class ExactTag(Value):
    """Selects the image that carries ``tag`` now.

    Raises PolicyError when no image could ever carry the tag.
    """

    tag: str

    def __post_init__(self) -> None:
        if not is_tag(self.tag):
            raise PolicyError(
                f"{self.tag!r}, which is no image tag",
                remedy="use 1 to 128 letters, digits, '_', '.' or '-', not starting with '.' or '-'",
            )

    def __str__(self) -> str:
        return f"the tag {self.tag}"

    @property
    def ignore(self) -> tuple[str, ...]:
        return ()

    @property
    def allow_downgrade(self) -> bool:
        """A tag has no order, so nothing is ever a step down."""
        return True

    @property
    def by_time(self) -> bool:
        return False

    def rank(self, image: Image) -> Rank:
        """One tag, so one rank."""
        return Taken(0, image.tag) if image.tag == self.tag else Left("another tag")

    def tag_filters(self) -> list[Any]:
        """The values of ``image-tag`` in an EventBridge pattern that let every push through that can change
        what this policy selects."""
        return [self.tag]

    def specification(self) -> dict[str, Any]:
        """The JSON object that ``parse`` turns into an equal policy."""
        return {"tag": self.tag}
