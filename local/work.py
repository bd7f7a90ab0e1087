"""What goes on behind the APIs: deliveries, invocations and retries, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

_log = logging.getLogger("local")


class NotSettled(Exception):
    """Something was still under way when the time was over."""


class BackgroundError(Exception):
    """The local cloud itself failed behind an API: a bug of it, or something that it does not support."""


class Closed(Exception):
    """The cloud closes, so that a wait is over."""


class Work:
    """Runs tasks in the background and knows when none is left.

    Waits are AWS's, in seconds, times ``time_factor``.
    """

    def __init__(self, *, time_factor: float) -> None:
        self.time_factor = time_factor
        self._condition = threading.Condition()
        self._running = 0
        self._errors: list[BaseException] = []
        self._closing = threading.Event()

    def start(self, task: Callable[..., object], *args: Any) -> None:
        """Runs ``task(*args)`` in a thread."""
        if self._closing.is_set():
            return
        with self._condition:
            self._running += 1
        threading.Thread(target=self._run, args=(task, args), daemon=True).start()

    def _run(self, task: Callable[..., object], args: tuple[Any, ...]) -> None:
        try:
            task(*args)
        except Closed:
            pass
        except Exception as error:  # noqa: BLE001 - kept for settle(), which raises it
            if not self._closing.is_set():
                _log.exception("the local cloud failed in the background")
                with self._condition:
                    self._errors.append(error)
        finally:
            with self._condition:
                self._running -= 1
                self._condition.notify_all()

    def wait(self, seconds: float) -> None:
        """Waits as AWS would wait ``seconds``, scaled; raises Closed when the cloud closes meanwhile."""
        if self._closing.wait(seconds * self.time_factor):
            raise Closed

    def settle(self, timeout: float) -> None:
        """Returns once no task is left.

        Raises NotSettled after ``timeout`` seconds, BackgroundError when a task failed since the last call.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            if not self._condition.wait_for(lambda: self._running == 0, deadline - time.monotonic()):
                raise NotSettled(f"{self._running} deliveries or invocations still run after {timeout} s")
            errors, self._errors = self._errors, []
        if errors:
            raise BackgroundError(f"{len(errors)} background tasks failed: {errors[0]!r}") from errors[0]

    def close(self) -> None:
        """Ends every wait; tasks that run come to their end on their own."""
        self._closing.set()
