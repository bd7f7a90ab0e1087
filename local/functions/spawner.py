"""Starts child processes that never outlive this one, however it ends."""

from __future__ import annotations

import ctypes
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_Job = tuple[Sequence[str], Path, Mapping[str, str], "Future[subprocess.Popen[bytes]]"]


class Spawner:
    """One thread that starts every child.

    Linux tells a child that its parent died when the *thread* that started it ends
    (prctl(2), PR_SET_PDEATHSIG), so that thread has to live as long as the process.
    """

    def __init__(self) -> None:
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def spawn(
        self, command: Sequence[str], *, directory: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Starts ``command`` with exactly that environment, both outputs in one pipe, in its own session."""
        started: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((command, directory, environment, started))
        return started.result()

    def close(self) -> None:
        """Ends the thread; children that still run are killed by that."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        die_with_parent = _die_with_parent()
        while (job := self._jobs.get()) is not None:
            command, directory, environment, started = job
            try:
                process = subprocess.Popen(
                    command,
                    cwd=directory,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    bufsize=0,
                    start_new_session=True,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call and no more
                )
            except OSError as error:
                started.set_exception(error)
            else:
                started.set_result(process)


class _DieWithParent:
    def __init__(self) -> None:
        self._prctl = ctypes.CDLL(None).prctl

    def __call__(self) -> None:
        self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _die_with_parent() -> _DieWithParent | None:
    return _DieWithParent() if sys.platform == "linux" else None
