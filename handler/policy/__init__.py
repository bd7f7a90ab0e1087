"""Image policies: which of the images that ECR holds now is the selected one.

One policy a module, each pure: it is built from its specification and ranks an image. ``parse`` is the one
place that knows them all. That a policy can select something at all, and never takes long, is proved where it
is deployed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.ranking import Left, Listing, Order, Rank, Taken
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
    # The modules of the policies load when one is asked for: the usual pair follows a tag, and its function
    # would pay for the others at every cold start.
    match dict(specification):
        case {"tag": str(tag), **rest} if not rest:
            return ExactTag(tag)
        case {"semver": str(pattern), **rest} if _fits(rest, "ignore", "allowDowngrade"):
            from handler.policy.semver import Semver  # noqa: PLC0415

            return Semver(pattern=pattern, **_options(rest))
        case {"glob": str(pattern), **rest} if _fits(rest, *_OPTIONS):
            from handler.policy.glob import Glob  # noqa: PLC0415

            return Glob(pattern=pattern, **_options(rest))
        case {"regex": str(pattern), **rest} if _fits(rest, *_OPTIONS):
            from handler.policy.regex import Regex  # noqa: PLC0415

            return Regex(pattern=pattern, **_options(rest))
    if specification.keys() & {"tag", "glob", "regex", "semver", "order"} == {"semver", "order"}:
        what, remedy = (
            "semver with an order, although versions have their own",
            "remove order, or use a regex",
        )
    else:
        what = f"{dict(specification)!r}, which is no image policy"
        remedy = 'use {"tag": "…"}, or one of glob, regex and semver with order, ignore and allowDowngrade'
    raise PolicyError(what, remedy=remedy)


_OPTIONS: dict[str, Callable[[Any], bool]] = {
    "order": lambda value: value in list(Order),
    "ignore": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "allowDowngrade": lambda value: isinstance(value, bool),
}


def _fits(rest: Mapping[str, Any], *known: str) -> bool:
    return all(key in known and _OPTIONS[key](value) for key, value in rest.items())


def _options(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order": Order(rest.get("order", Order.PUSHED)),
        "ignore": tuple(rest.get("ignore", ())),
        "allow_downgrade": rest.get("allowDowngrade", False),
    }
