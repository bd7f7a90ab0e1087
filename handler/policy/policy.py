"""What every image policy can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from handler.document.image import Image
from handler.policy.rank import Left, Rank


class Policy(Protocol):
    """Ranks images, so that the highest of those that ECR holds now is the selected one."""

    @property
    def tag(self) -> str | None:
        """The one tag to ask ECR for; None where all must be listed."""

    @property
    def ignore(self) -> tuple[str, ...]:
        """Patterns of tags that are never candidates."""

    @property
    def allow_downgrade(self) -> bool:
        """Whether a definition may go back to a lower image when its own disappears."""

    @property
    def by_time(self) -> bool:
        """Whether the time of the push decides, which no tag tells."""

    def rank(self, image: Image) -> Rank:
        """The policy's word on a tagged image."""

    def tag_filters(self) -> list[Any]:
        """The values of ``image-tag`` in an EventBridge pattern that let every push through that can change
        what this policy selects."""

    def specification(self) -> Mapping[str, Any]:
        """The JSON object that ``handler.policy.parse`` turns into an equal policy."""


def judge(policy: Policy, image: Image) -> Rank:
    """The word of ``policy`` on an image, which is no candidate when no job could run it."""
    return Left(image.unfit) if image.unfit else policy.rank(image)
