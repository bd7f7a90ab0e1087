"""Stands for one run of the tool in a warm server: ``python -S client.py SOCKET ARGUMENT…``.

Signals go to the tool's process, and its end is this one's. The standard library alone, so that it is quick.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
from types import FrameType

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(path: str, arguments: list[str]) -> int:
    """Runs the tool and returns its exit code; a signal that ended it ends this process as well."""
    received: list[int] = []
    process: list[int] = []

    def forward(number: int, _: FrameType | None) -> None:
        if not process:
            received.append(number)
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process[0], number)

    for each in _FORWARDED:
        signal.signal(each, forward)
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    request = {"arguments": arguments, "environment": dict(os.environ), "directory": os.getcwd()}  # noqa: PTH109
    text = json.dumps(request).encode() + b"\n"
    sent = socket.send_fds(server, [text], [0, 1, 2])
    server.sendall(text[sent:])
    with server.makefile() as answers:
        process.append(int(answers.readline()))
        for number in received:
            os.kill(process[0], number)
        status = int(answers.readline())
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
