"""What an EventBridge pattern can say of a tag, so that the function does not start for other pushes.

eventbridge/latest/userguide/eb-create-pattern-operators.html. A filter may let too much through, which the
function then leaves alone; it never drops a push that could change what the policy selects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from components.policy_proof.automaton import Captured, Chain, Chars, Node, Repeat

# Pushes without a tag (children of an index, attestations) carry an empty tag, or none at all.
ANY_TAG: list[Any] = [{"anything-but": [""]}]


def filters_of(node: Node) -> list[Any]:
    """The filters of a pattern, by the literal text that it begins and ends with."""
    prefix, whole = _literal(node, backwards=False)
    if whole:
        return [prefix]
    suffix, _ = _literal(node, backwards=True)
    return between(prefix, suffix[::-1])


def between(prefix: str, suffix: str) -> list[Any]:
    """The filter of tags that begin with ``prefix`` and go on to end with ``suffix``; both may be empty."""
    if prefix and suffix:
        return [{"wildcard": f"{prefix}*{suffix}"}]
    if suffix:
        return [{"suffix": suffix}]
    return prefixes([prefix]) if prefix else ANY_TAG


def prefixes(texts: Iterable[str]) -> list[Any]:
    """The filter of tags that begin with one of ``texts``."""
    return [{"prefix": text} for text in texts]


def _literal(node: Node, *, backwards: bool) -> tuple[str, bool]:
    """The text that every match begins with, and whether it is the whole match; read from either end."""
    match node:
        case Chars(allowed) if len(allowed) == 1:
            return next(iter(allowed)), True
        case Captured(body):
            return _literal(body, backwards=backwards)
        case Repeat(_, _, 0):
            return "", True
        # Of a repetition of any length, what stands at its beginning may be what stands at its end.
        case Repeat(body, least, most) if least == most:
            text, whole = _literal(body, backwards=backwards)
            return (text * least, True) if whole else (text, False)
        case Chain(parts):
            text = ""
            for part in reversed(parts) if backwards else parts:
                more, whole = _literal(part, backwards=backwards)
                text += more
                if not whole:
                    return text, False
            return text, True
    return "", False
