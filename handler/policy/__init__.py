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
        case {"semver": str(pattern), **rest} if "order" not in rest and (options := _options(rest)):
            from handler.policy.semver import Semver  # noqa: PLC0415

            return Semver(pattern=pattern, **options)
        case {"glob": str(pattern), **rest} if options := _options(rest):
            from handler.policy.glob import Glob  # noqa: PLC0415

            return Glob(pattern=pattern, **options)
        case {"regex": str(pattern), **rest} if options := _options(rest):
            from handler.policy.regex import Regex  # noqa: PLC0415

            return Regex(pattern=pattern, **options)
    if specification.keys() & {"tag", "glob", "regex", "semver", "order"} == {"semver", "order"}:
        what, remedy = (
            "semver with an order, although versions have their own",
            "remove order, or use a regex",
        )
    else:
        what = f"{dict(specification)!r}, which is no image policy"
        remedy = 'use {"tag": "…"}, or one of glob, regex and semver with order, ignore and allowDowngrade'
    raise PolicyError(what, remedy=remedy)


def _options(rest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields that all policies have which list tags; None where ``rest`` holds anything else."""
    match {"order": "pushed", "ignore": [], "allowDowngrade": False, **rest}:
        case {"order": str(order), "ignore": [*ignore], "allowDowngrade": bool(allow), **others} if (
            not others and order in list(Order) and all(isinstance(each, str) for each in ignore)
        ):
            return {"order": Order(order), "ignore": tuple(ignore), "allow_downgrade": allow}
    return None
