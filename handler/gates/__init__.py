"""Gates: whether the selected image may be rolled out. One gate a module, each a pure decision.

``handler.gates.admission`` asks AWS for what they need.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ineligible:
    """A gate's no: ``gate`` is the key under ``requires`` that refuses; ``reason`` what it found."""

    gate: str
    reason: str
