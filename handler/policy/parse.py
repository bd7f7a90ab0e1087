"""From the JSON object of the configuration to a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handler.errors import PolicyError
from handler.policy.exact import ExactTag

Policy = ExactTag


def parse(specification: Mapping[str, Any]) -> Policy:
    """The policy that ``specification`` describes, e.g. ``{"tag": "latest"}``.

    Raises PolicyError for anything that is not exactly one known policy.
    """
    match dict(specification):
        case {"tag": str(tag), **rest} if not rest:
            return ExactTag(tag)
    raise PolicyError(f"{dict(specification)!r} is no image policy", remedy='use {"tag": "<image tag>"}')
