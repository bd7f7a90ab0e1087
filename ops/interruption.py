"""Ctrl-C at a moment that suits: what must not stop half-way is not interrupted, but ends soon."""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType
from typing import Any, Self

# Windows has no SIGHUP.
_SIGNALS = tuple(member for member in signal.Signals if member.name in ("SIGINT", "SIGTERM", "SIGHUP"))


class Interruption:
    """Within the block, Ctrl-C, SIGTERM and SIGHUP only make a note, and show ``notice`` on standard error.

    The end of the block raises KeyboardInterrupt if somebody has asked. For the main thread only, where
    Python handles signals.
    """

    def __init__(self, notice: str = "") -> None:
        self._notice = notice
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            # What is ignored from outside, as nohup does, stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is None and self._asked:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the form of a handler
        if self._notice and not self._asked:
            # A handler may run in the middle of a write to sys.stderr, which is not to be entered twice.
            os.write(2, f"\n{self._notice}\n".encode())
        self._asked = True
