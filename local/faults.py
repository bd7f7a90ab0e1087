"""Faults that a test or a demonstration injects into the answers of the local cloud."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass

from local.http import ApiError

# kind -> (error code, HTTP status, message, which may quote the request's body)
_ERRORS = {
    "throttle": ("TooManyRequestsException", 429, "Too Many Requests"),
    "not-found": ("ClientException", 404, "Not Found"),
    "conflict": ("ClientException", 409, "A job definition already exists"),
    "server-error": ("ServerException", 500, "An internal error occurred"),
    "refused": ("ClientException", 400, "Error executing request, Exception : {body} is refused"),
    "access-denied": ("AccessDeniedException", 403, "Access denied by an injected fault"),
}
_BROKEN = ("malformed", "reset", "reset-after", "timeout", "timeout-after", "error-after", "not-found-after")
KINDS = (*_ERRORS, *_BROKEN, "none")
# What can befall a call before it takes effect, and after it: the rows of a matrix of faults.
BEFORE = (
    "throttle",
    "not-found",
    "conflict",
    "server-error",
    "timeout",
    "reset",
    "access-denied",
    "malformed",
)
AFTER = ("timeout-after", "reset-after", "error-after", "not-found-after")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call. Kinds that end in ``-after`` let the call take effect first."""

    kind: str

    @property
    def after_effect(self) -> bool:
        """Whether the call does its work before its answer is spoilt."""
        return self.kind.endswith("-after") or self.kind == "malformed"

    def error(self, body: bytes = b"") -> ApiError | None:
        """The error answer to a request, or None for a kind that spoils the answer in another way."""
        kind = {"error-after": "server-error", "not-found-after": "not-found"}.get(self.kind, self.kind)
        if kind not in _ERRORS:
            return None
        code, status, message = _ERRORS[kind]
        return ApiError(code, message.replace("{body}", body.decode(errors="replace")), status=status)


class Faults:
    """The faults that wait for their calls, per IAM action, first in first out.

    >>> faults = Faults()
    >>> faults.add("batch:RegisterJobDefinition", "throttle", times=2)
    >>> faults.take("batch:RegisterJobDefinition")
    Fault(kind='throttle')
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._released = threading.Event()
        # How many calls are held now.
        self.held = 0

    def add(self, action: str, kind: str, times: int = 1, *, after_calls: int = 0) -> None:
        """Spoils the next ``times`` calls of ``action`` once ``after_calls`` more have gone well.

        A "timeout" holds the connection until it is released, and drops it then. Raises ValueError for an
        unknown kind; KINDS lists them.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of fault; the kinds are {', '.join(KINDS)}")
        with self._lock:
            self._waiting[action] += [Fault("none")] * after_calls + [Fault(kind)] * times

    def take(self, action: str) -> Fault | None:
        """The fault of the call of ``action`` that happens now."""
        with self._lock:
            waiting = self._waiting.get(action)
            fault = waiting.popleft() if waiting else None
        return None if fault is None or fault.kind == "none" else fault

    def hold(self) -> None:
        """Returns once somebody releases what is held."""
        with self._lock:
            self.held += 1
            released = self._released
        released.wait()

    def release(self) -> None:
        """Lets go of every call that is held now."""
        with self._lock:
            self._released.set()
            self._released, self.held = threading.Event(), 0

    def clear(self) -> None:
        """Forgets every fault that still waits, and lets go of what is held."""
        with self._lock:
            self._waiting.clear()
        self.release()
