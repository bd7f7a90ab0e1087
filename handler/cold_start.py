"""Starting quickly: to be imported before anything else of the handler.

While modules and the SDK's models load, hundreds of thousands of objects come into being, all of them to
stay. Looking for garbage among them costs tens of milliseconds and finds none, so it waits until ``ready``.
"""

from __future__ import annotations

import gc

gc.disable()


def ready() -> None:
    """Everything is loaded: it stays out of every later collection, too."""
    gc.freeze()
    gc.enable()
