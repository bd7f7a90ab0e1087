"""Time as the function knows it: now, waiting, and how much is left."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from handler.errors import DeadlineNear
from handler.value import Value


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Clock(Value):
    """``remaining`` gives the seconds until the function is killed; ``reserve`` of them are kept back.

    The reserve is what the slowest AWS call may take, so that a run ends with an error that says how far
    it came instead of being killed in the middle.
    """

    remaining: Callable[[], float]
    reserve: float = 0.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def check(self, step: str, *, pause: float = 0.0) -> None:
        """Raises DeadlineNear when there is no time left to begin ``step`` after ``pause`` seconds."""
        remaining = self.remaining()
        if remaining - pause <= self.reserve:
            after = f" after a pause of {pause:.0f} s" if pause else ""
            raise DeadlineNear(
                f"no time left to {step}{after}: {remaining:.0f} s until the function's timeout, of which "
                f"{self.reserve:.0f} s are kept back for the call in flight",
                remedy="raise the pair's timeoutSeconds; nothing is lost, the retry begins anew",
            )

    def wait(self, attempt: int, *, base: float, step: str) -> None:
        """Sleeps before a further attempt: jittered, from ``base`` seconds at attempt 0 doubling to 20 s.

        Raises DeadlineNear, without sleeping, when there would be no time left afterwards.
        """
        pause = min(base * 2**attempt, 20.0) * (0.5 + self.jitter() / 2)
        self.check(step, pause=pause)
        self.sleep(pause)
        self.check(step)
