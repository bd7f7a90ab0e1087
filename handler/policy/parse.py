"""From the JSON object of the configuration to a policy.

The modules of the policies load when one is asked for: the usual pair follows a tag, and its function would
pay for the others at every cold start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handler.errors import PolicyError
from handler.policy.order import ORDERS
from handler.policy.policy import Policy
from handler.policy.tag import ExactTag

_KINDS = ("glob", "regex", "semver")


def parse(specification: Mapping[str, Any]) -> Policy:
    """The policy that ``specification`` describes.

    It is ``{"tag": "latest"}``, or exactly one of ``glob``, ``regex`` and ``semver`` with ``order`` (not for
    semver), ``ignore`` and ``allowDowngrade``.

    Raises PolicyError for anything else, and for a policy that could never select an image.
    """
    match dict(specification):
        case {"tag": str(tag), **rest} if not rest:
            return ExactTag(tag)
        case {"semver": str(text), **rest} if _fits(rest):
            from handler.policy.semver_kind import Semver  # noqa: PLC0415

            return Semver(within=text, **_options(rest))
        case {"glob": str(text), **rest} if _fits(rest, "order"):
            from handler.policy.glob import Glob  # noqa: PLC0415

            return Glob(pattern=text, **_order(rest), **_options(rest))
        case {"regex": str(text), **rest} if _fits(rest, "order"):
            from handler.policy.regex import Regex  # noqa: PLC0415

            return Regex(pattern=text, **_order(rest), **_options(rest))
    raise _no_policy(specification)


def _no_policy(specification: Mapping[str, Any]) -> PolicyError:
    kinds = [kind for kind in _KINDS if kind in specification]
    if kinds == ["semver"] and "order" in specification:
        return PolicyError(
            "semver with an order, although versions have their own", remedy="remove order, or use a regex"
        )
    return PolicyError(
        f"{dict(specification)!r}, which is no image policy",
        remedy='use {"tag": "…"}, or one of glob, regex and semver with order, ignore and allowDowngrade',
    )


def _fits(rest: Mapping[str, Any], *more: str) -> bool:
    tests: dict[str, Callable[[Any], bool]] = {
        "ignore": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
        "allowDowngrade": lambda value: isinstance(value, bool),
        "order": lambda value: value in ORDERS,
    }
    known = ("ignore", "allowDowngrade", *more)
    return all(key in known and tests[key](value) for key, value in rest.items())


def _options(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {"ignore": tuple(rest.get("ignore", ())), "allow_downgrade": rest.get("allowDowngrade", False)}


def _order(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {"order": rest["order"]} if "order" in rest else {}
