"""Time and chance of a recording: a wait takes no time, moves the clock and is told; chance is always even.

To be installed before anything of the function is imported, since modules keep what they imported.
"""

from __future__ import annotations

import datetime
import os
import random
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace

START = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC).timestamp()

_Real = datetime.datetime
sleep = time.sleep


class Clock:
    """``seconds`` since the epoch; ``told`` hears of every wait.

    Waits of parallel steps add up, so that their order does not matter; unless ``adds_up`` is False: then
    they move nothing, and what is done meanwhile sees the same time whenever that is.
    """

    def __init__(self) -> None:
        self.adds_up = True
        self.seconds = START
        self.told: Callable[[float], None] = lambda _: None

    def wait(self, seconds: float) -> None:
        """``time.sleep``."""
        if self.adds_up or threading.current_thread() is threading.main_thread():
            self.seconds += seconds
        self.told(seconds)


CLOCK = Clock()


class _OfAnyKind(type(_Real)):  # type: ignore[misc]
    """What C code makes is a datetime of the real class."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Real)


class _Datetime(_Real, metaclass=_OfAnyKind):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _Datetime:
        return cls.fromtimestamp(CLOCK.seconds, tz)

    @classmethod
    def utcnow(cls) -> _Datetime:
        return cls.now(datetime.UTC).replace(tzinfo=None)


def install() -> None:
    """From now on everything that is imported has this time."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    datetime.datetime = _Datetime  # type: ignore[misc]
    time.time = lambda: CLOCK.seconds
    time.monotonic = lambda: CLOCK.seconds
    uuid.uuid4 = lambda: uuid.UUID(int=0)
    time.sleep = CLOCK.wait  # type: ignore[assignment]
    random.random = lambda: 0.5
    # Another program's end is waited for as long as it takes.
    vars(subprocess)["time"] = SimpleNamespace(sleep=sleep)
