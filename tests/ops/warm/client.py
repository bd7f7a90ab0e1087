"""Stands for one run of the tool in a warm server: ``python -S client.py SOCKET ARGUMENT…``.

Signals go to the tool's process, and its end is this one's. The standard library alone, so that it is quick.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(path: str, arguments: list[str]) -> int:
    """Runs the tool and returns its exit code; a signal that ended it ends this process as well."""
    # Python runs handlers before a call that waits or after it, so that one could come too late. This socket
    # gets the number of each signal at once.
    signals, written = socket.socketpair()
    written.setblocking(False)
    signal.set_wakeup_fd(written.fileno())
    for each in _FORWARDED:
        signal.signal(each, lambda *_: None)
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    request = {"arguments": arguments, "environment": dict(os.environ), "directory": os.getcwd()}  # noqa: PTH109
    text = json.dumps(request).encode() + b"\n"
    sent = socket.send_fds(server, [text], [0, 1, 2])
    server.sendall(text[sent:])
    # Without a buffer, which could hold what ``select`` is to tell of.
    with server.makefile("rb", buffering=0) as answers:
        process = int(answers.readline())
        while signals in select.select([signals, server], [], [])[0]:
            for number in signals.recv(16):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, number)
        status = int(answers.readline())
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
