"""Image policies: which of the images that ECR holds now is the selected one.

One policy a module, each pure: it is built from its specification and ranks an image. ``parse`` is the one
place that knows them all. That a policy can select something at all, and never takes long, is proved where it
is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.glob import Glob
from handler.policy.ranking import Left, Listing, Order, Rank, Taken
from handler.policy.regex import Regex
from handler.policy.semver import Semver
from handler.policy.tag import ExactTag

__all__ = ["ExactTag", "Left", "Order", "Policy", "Rank", "Taken", "judge", "outranks", "parse"]

# Ranks images, so that the highest of those that ECR holds now is the selected one.
Policy = ExactTag | Listing


def judge(policy: Policy, image: Image) -> Rank:
    """The word of ``policy`` on an image, which is no candidate when no job could run it."""
    return Left(image.unfit) if image.unfit else policy.rank(image)


def outranks(one: Rank, other: Taken) -> bool:
    """Whether ``one`` is a candidate that would be selected over ``other``."""
    return isinstance(one, Taken) and one > other


def parse(specification: Mapping[str, Any]) -> Policy:
    """The policy that ``specification`` describes.

    It is ``{"tag": "latest"}``, or exactly one of ``glob``, ``regex`` and ``semver`` with ``order`` (not for
    semver), ``ignore`` and ``allowDowngrade``. Raises PolicyError for anything else.
    """
    options = dict(specification)
    if isinstance(options.get("tag"), str) and len(options) == 1:
        return ExactTag(options["tag"])
    kinds = [_KINDS[key] for key in options.keys() & _KINDS.keys()]
    if kinds == [Semver] and "order" in options:
        raise PolicyError(
            "semver with an order, although versions have their own", remedy="remove order, or use a regex"
        )
    if len(kinds) == 1:
        (kind,) = kinds
        pattern, given = options.pop(kind.kind), _options(options)
        if isinstance(pattern, str) and given is not None:
            return kind(pattern=pattern, **given)
    raise PolicyError(
        f"{dict(specification)!r}, which is no image policy",
        remedy='use {"tag": "…"}, or one of glob, regex and semver with order, ignore and allowDowngrade',
    )


_KINDS: Mapping[str, type[Listing]] = {kind.kind: kind for kind in (Glob, Regex, Semver)}


def _options(rest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields that all policies have which list tags; None where ``rest`` holds anything else."""
    match {"order": "pushed", "ignore": [], "allowDowngrade": False, **rest}:
        case {"order": str(order), "ignore": [*ignore], "allowDowngrade": bool(allow), **others} if (
            not others and order in list(Order) and all(isinstance(each, str) for each in ignore)
        ):
            return {"order": Order(order), "ignore": tuple(ignore), "allow_downgrade": allow}
    return None
