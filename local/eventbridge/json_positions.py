"""JSON whose values know where they stand in the text, for messages that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What a message repeats of the text at most.
_LONGEST = 500
# Of a text that json.loads reads: a string, a bracket, or a number or word.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+')


@dataclass(frozen=True)
class Node:
    """A value: a dict or a list of nodes, or a scalar; ``text`` is how a scalar is written.

    ``start`` is the position after what shows the value's kind (a bracket, a quotation mark, a whole number
    or word), ``end`` the one after all of it, both counted in characters from 0.
    """

    value: Any
    text: str
    start: int
    end: int


def read(text: str) -> Node:
    """The value that is ``text``; raises json.JSONDecodeError."""
    json.loads(text)
    tokens = _TOKEN.finditer(text)
    return _node(next(tokens), tokens, text)


def _node(token: re.Match[str], tokens: Iterator[re.Match[str]], whole: str) -> Node:
    written = token[0]
    match written[0]:
        case "{":
            fields = {}
            while (key := next(tokens))[0] != "}":
                fields[json.loads(key[0])] = _node(next(tokens), tokens, whole)
            return Node(fields, written, token.end(), key.end())
        case "[":
            items = []
            while (item := next(tokens))[0] != "]":
                items.append(_node(item, tokens, whole))
            return Node(items, written, token.end(), item.end())
        case '"':
            return Node(json.loads(written), written, token.start() + 1, token.end())
    if written.lstrip("-") in ("NaN", "Infinity"):  # which Python takes
        raise json.JSONDecodeError(f"Non-standard token '{written}'", whole, token.start())
    return Node(json.loads(written), written, token.end(), token.end())


def place(text: str, position: int) -> str:
    """``[Source: (String)"..."; line: 2, column: 5]``, counted from 1, as AWS's services in Java say it."""
    left = len(text) - _LONGEST
    rest = f"[truncated {left} chars]" if left > 0 else ""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f'[Source: (String)"{text[:_LONGEST]}"{rest}; line: {line}, column: {column}]'
