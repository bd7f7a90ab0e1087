"""Time and chance of a recording: a wait takes no time, moves the clock and is told; chance is always even.

To be installed before anything of the function is imported, since modules keep what they imported.
"""

from __future__ import annotations

import datetime
import os
import random
import time
from collections.abc import Callable

START = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC).timestamp()

_Real = datetime.datetime


class Clock:
    """``seconds`` since the epoch; ``told`` hears of every wait."""

    def __init__(self) -> None:
        self.seconds = START
        self.told: Callable[[float], None] = lambda _: None

    def wait(self, seconds: float) -> None:
        """``time.sleep``. Waits of parallel steps add up, so that their order does not matter."""
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
    time.sleep = CLOCK.wait  # type: ignore[assignment]
    random.random = lambda: 0.5
