"""A gate's no."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """``gate`` is the key under ``requires`` that refuses; ``reason`` what it found."""

    gate: str
    reason: str
