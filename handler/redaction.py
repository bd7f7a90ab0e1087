"""Keeps what users put into a job definition out of messages: AWS may quote the document that it refuses.

Messages end in logs, in the failure queue and in notices, where more people read than may describe job
definitions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from handler.document.raw import Document

# Where a job definition holds what users fill in freely; `options` are a log driver's, with its tokens.
_FREE = {"environment", "env", "options", "parameters", "command", "args"}
# Shorter ones (`1`, `true`, `INFO`) are no secrets, and would be found all over a message.
_LEAST = 6
_INSTEAD = "(not shown)"


def without_contents(text: str, document: Document) -> str:
    """``text`` without the values of the document's environment, parameters, commands and log options.

    >>> job = {"containerProperties": {"environment": [{"name": "TOKEN", "value": "s3cr3t!"}]}}
    >>> without_contents("TOKEN=s3cr3t! is refused", job)
    'TOKEN=(not shown) is refused'
    """
    values = {value for value in _values(document) if len(value) >= _LEAST}
    quoted = {json.dumps(value)[1:-1] for value in values}
    # The longest first: one value may be part of another.
    for value in sorted(values | quoted, key=len, reverse=True):
        text = text.replace(value, _INSTEAD)
    return text


def _values(node: Any, *, free: bool = False) -> Iterator[str]:
    match node:
        case dict():
            for key, item in node.items():
                # The name of a variable tells which one is meant.
                if not (free and key == "name"):
                    yield from _values(item, free=free or key in _FREE)
        case list():
            for item in node:
                yield from _values(item, free=free)
        case str() if free:
            yield node
