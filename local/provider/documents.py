"""JSON that stands in a property as text."""

from __future__ import annotations

import json
from typing import Any


def same_document(one: Any, other: Any) -> bool:
    """Whether two texts hold the same JSON object."""
    documents = [_object(one), _object(other)]
    return documents[0] is not None and documents[0] == documents[1]


def _object(text: Any) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (TypeError, ValueError):
        return None
    return document if isinstance(document, dict) else None
