"""Images that ECR might hold, for policies to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from components.policy_proof.proof import prove
from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy import ExactTag, Policy, Taken, judge, parse

START = datetime(2026, 1, 1, tzinfo=UTC)


def image(tag: str, *, minute: int = 0, unfit: str = "", digest: str = "") -> Image:
    """An image that was pushed so many minutes after START."""
    at = START + timedelta(minutes=minute)
    return Image(tag=tag, digest=digest or f"sha256:{tag}", pushed_at=at, unfit=unfit)


def pushed(tags: Iterable[str]) -> list[Image]:
    """One image a tag, pushed a minute apart, in this order."""
    return [image(tag, minute=minute) for minute, tag in enumerate(tags)]


def is_tag(text: str) -> bool:
    """Whether an image can carry the tag."""
    try:
        return ExactTag(text).tag == text
    except PolicyError:
        return False


def proved(specification: Mapping[str, Any]) -> Policy:
    """The policy, as a deployment takes it; raises PolicyError."""
    policy = parse(specification)
    prove(policy)
    return policy


def selected(specification: Mapping[str, Any], tags: Iterable[str | Image]) -> str | None:
    """The tag that the policy selects; images are pushed in the order in which they are given."""
    policy = parse(specification)
    images = [tag if isinstance(tag, Image) else image(tag, minute=at) for at, tag in enumerate(tags)]
    ranks = [rank for each in images if isinstance(rank := judge(policy, each), Taken)]
    return max(ranks).tag if ranks else None
