"""All the retries, waits and deadlines of the updater, in one place.

From the outside in:

1. EventBridge hands an event to Lambda up to ``DELIVERY_ATTEMPTS`` times within ``DELIVERY_AGE`` seconds,
   then puts it into the failure queue.
2. Lambda runs the function for an event again when it raises, ``FUNCTION_RETRIES`` times within
   ``FUNCTION_AGE`` seconds, then puts the event into the failure queue, too.
3. A run that finds somebody else in its way starts over, ``ROUNDS``.
4. A step that reads or writes is repeated where AWS asks for it or is not up to date: ``STALE_REVISIONS``,
   ``DOUBTFUL_IMAGE``, ``MISSING_SCAN``, ``THROTTLED_REGISTRATION``, ``REFUSED_NOTICES``.
5. The SDK repeats a call on throttling, 5xx and lost connections, ``CALL_ATTEMPTS`` in all, but never
   RegisterJobDefinition, which has no client token (``handler.aws.clients``).

What is inside never outlives what is around it: a step begins only while ``Clock`` says that there is time
for it, so that a run ends with an error that tells how far it came instead of being killed in the middle.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from handler.errors import DeadlineNear

# The most that EventBridge does: eventbridge/latest/userguide/eb-rule-retry-policy.html
DELIVERY_ATTEMPTS, DELIVERY_AGE = 185, 24 * 3600
# The most that Lambda does: lambda/latest/dg/invocation-async-error-handling.html
FUNCTION_RETRIES, FUNCTION_AGE = 2, 6 * 3600

CALL_ATTEMPTS = 4
# What is behind a URL that ECR hands out: the config of an image, some KB.
DOWNLOAD_SECONDS = 10
_LONGEST_PAUSE = 20.0


@dataclass(frozen=True)
class Retry:
    """So many ``attempts`` in all; the first pause is ``pause`` seconds, each further one twice as long."""

    attempts: int
    pause: float


ROUNDS = Retry(6, 0.2)
STALE_REVISIONS = Retry(6, 0.5)
DOUBTFUL_IMAGE = Retry(4, 0.5)
MISSING_SCAN = Retry(4, 0.5)
THROTTLED_REGISTRATION = Retry(5, 0.5)
REFUSED_NOTICES = Retry(3, 0.2)


@dataclass(frozen=True)
class CallTimes:
    """How long one call may take, in seconds: to connect, until an answer begins, and with all its attempts.

    >>> CallTimes.within(300)
    CallTimes(connect=3.0, read=10.0, slowest=47.0)
    """

    connect: float
    read: float
    slowest: float

    @classmethod
    def within(cls, timeout: float) -> CallTimes:
        """For a function with a timeout of that many seconds: the slowest call is a third of it at most."""
        read = min(10.0, max(1.0, timeout / 30))
        # The SDK's own pauses between the attempts are at most 1, 2, 4, … seconds.
        pauses = 2 ** (CALL_ATTEMPTS - 1) - 1
        return cls(min(3.0, read), read, min(CALL_ATTEMPTS * read + pauses, timeout / 3))


@dataclass(frozen=True, kw_only=True)
class Clock:
    """``remaining`` gives the seconds until the function is killed; ``reserve`` of them, which the slowest
    call may take, are kept back."""

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

    def attempts(self, retry: Retry, step: str) -> Iterator[int]:
        """0, 1, 2, …: the attempts that ``retry`` allows, with a jittered pause before each but the first.

        Raises DeadlineNear, without sleeping, when there would be no time left for ``step`` after a pause.
        """
        for attempt in range(retry.attempts):
            if attempt:
                self._wait(min(retry.pause * 2 ** (attempt - 1), _LONGEST_PAUSE), step)
            yield attempt

    def _wait(self, longest: float, step: str) -> None:
        pause = longest * (0.5 + self.jitter() / 2)
        self.check(step, pause=pause)
        self.sleep(pause)
        self.check(step)
