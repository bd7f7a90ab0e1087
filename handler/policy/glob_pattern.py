"""Patterns with ``*`` (any characters) and ``?`` (one), which the whole tag must match."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

from handler.errors import PolicyError
from components.policy_proof.automaton import ANY, Chain, Chars, Node, Repeat
from handler.policy.tag_filters import filters_of
from handler.policy.tags import CHARACTERS

_PARTS: dict[str, Node] = {"*": Repeat(ANY, 0, None), "?": ANY}


def glob_node(pattern: str) -> Node:
    """The pattern for an automaton; raises PolicyError when it is none."""
    foreign = sorted(set(pattern) - CHARACTERS - _PARTS.keys())
    if not pattern or foreign:
        shown = f"with {' and '.join(map(repr, foreign))}, which no tag has" if foreign else "which is empty"
        raise PolicyError(
            f"the pattern {pattern!r}, {shown}",
            remedy="use * for any characters, ? for one, and the letters, digits, '_', '.' and '-' of tags",
        )
    return Chain(tuple(_PARTS.get(character, Chars(frozenset(character))) for character in pattern))


def matches(pattern: str, tag: str) -> bool:
    """Whether the whole tag matches."""
    return fnmatch.fnmatchcase(tag, pattern)


def glob_filters(pattern: str) -> list[Any]:
    """The values of ``image-tag`` in an EventBridge pattern for the tags that match."""
    # Two * in a row are refused by EventBridge, and mean the same as one.
    plain = re.sub(r"\*+", "*", pattern)
    inner = plain[1:-1]
    if "?" in plain or "*" not in inner:
        return filters_of(glob_node(plain))
    return [{"wildcard": plain}]
