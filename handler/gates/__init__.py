"""Gates: whether the selected image may be rolled out. One gate a module, each a pure decision.

``handler.gates.admission`` asks AWS for what they need.
"""

from __future__ import annotations
