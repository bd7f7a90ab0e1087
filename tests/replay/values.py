"""JSON values as the record shows them: what differs between two, and a layout that a person can compare."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app"
TAGS = "ecr-batch-updater/"
_WIDTH = 140


def read(text: str | bytes) -> Any:
    """JSON in which a number that Python would write otherwise is the text ``~1.10~``."""
    return json.loads(text, parse_float=lambda number: f"~{number}~", parse_int=_integer)


def _integer(text: str) -> int | str:
    return int(text) if str(int(text)) == text else f"~{text}~"


def write(value: Any) -> bytes:
    """The inverse of ``read``."""
    return re.sub(r'"~([^"~]*)~"', r"\1", json.dumps(value)).encode()


def differences(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """Path -> [before, after]; what is new stands under ``+path``, what went under ``-path``."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found: dict[str, Any] = {}
        for key in sorted({*before, *after}):
            below = f"{path}.{key}" if path else str(key)
            if key not in after:
                found[f"-{below}"] = before[key]
            elif key not in before:
                found[f"+{below}"] = after[key]
            else:
                found |= differences(before[key], after[key], below)
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return {
            key: value
            for index, pair in enumerate(zip(before, after, strict=True))
            for key, value in differences(*pair, f"{path}[{index}]").items()
        }
    if isinstance(before, list) and isinstance(after, list):
        return _spliced(before, after, path)
    # True is 1 for Python, not in JSON.
    return {} if before == after and type(before) is type(after) else {path: [before, after]}


def _spliced(before: list[Any], after: list[Any], path: str) -> dict[str, Any]:
    """Two lists of different lengths: what is replaced between a common beginning and a common end."""
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if differences(before[at], after[at])), shorter)
    rest = range(shorter - start)
    end = next((at for at in rest if differences(before[-1 - at], after[-1 - at])), len(rest))
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    return {f"{path}[{start}:{start + len(old)}]": [old, new]}


def unusual(usual: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are not as usual; what is missing stands under ``-name``."""
    missing = {f"-{key}": value for key, value in sorted(usual.items()) if key not in fields}
    return missing | {
        key: value
        for key, value in sorted(fields.items())
        if key not in usual or differences(usual[key], value)
    }


def layout(value: Any, indent: str = "") -> str:
    """JSON, with what fits into a line on one line, and the longest of the usual texts in short: ``$URI``,
    ``$OURS/`` and ``sha256:a…``."""
    flat = _short(json.dumps(value, ensure_ascii=False))
    if len(indent) + len(flat) <= _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    deeper = indent + " "
    if isinstance(value, dict):
        items = [
            f"{deeper}{_short(json.dumps(key, ensure_ascii=False))}: {layout(item, deeper)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + layout(item, deeper) for item in value) + f"\n{indent}]"


def _short(text: str) -> str:
    return (
        re.sub(r"sha256:([0-9a-z])\1{63}", r"sha256:\1…", text).replace(URI, "$URI").replace(TAGS, "$OURS/")
    )
