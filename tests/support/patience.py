"""Waiting for what must come, however slow the machine is.

PATIENCE is for what hangs alone: no test passes or fails by how long anything takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

# Seconds, after which something is taken to hang.
PATIENCE = 600.0


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits until ``condition`` holds, which must then stay so; fails the test when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"it never came to this: {what}")
        time.sleep(0.05)
