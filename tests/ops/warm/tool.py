"""The command that stands for ``python -m ops.cli``."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.ops.support import ROOT

HERE = Path(__file__).parent


def tool(*arguments: str) -> list[str]:
    """The command line of one run, for subprocess, with whatever environment and directory."""
    if not hasattr(os, "pidfd_open"):
        # Linux alone has what the server needs; elsewhere the tool is started each time.
        return cold(*arguments)
    return [sys.executable, "-I", "-S", str(HERE / "client.py"), _socket(), *arguments]


def cold(*arguments: str) -> list[str]:
    """The same as its user starts it. A signal has reached it once it is sent, and need not be passed on."""
    return [sys.executable, "-m", "ops.cli", *arguments]


@cache
def _socket() -> str:
    """Where the server of this test process listens; it is started with the first run."""
    directory = tempfile.mkdtemp(prefix="warm-tool-")
    path = Path(directory) / "socket"
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(path)],
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def end() -> None:
        server.communicate()
        shutil.rmtree(directory)

    atexit.register(end)
    assert server.stdout is not None
    if not server.stdout.readline():
        raise RuntimeError("the server of the warm tool did not start")
    return str(path)
