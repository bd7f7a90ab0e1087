"""Imports the tool and forks for each run that a client asks for; ends with its standard input.

``python server.py SOCKET`` writes a line once it listens. A client sends its three standard streams, and a
JSON object with ``arguments``, ``environment`` and ``directory`` on one line. It gets one line with the id of
the process that runs the tool, and, once that has ended, one with its status as ``os.waitpid`` gives it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any


def serve(path: str) -> None:
    """Answers clients; returns in a forked process that is to run the tool, else never."""
    import ops.cli  # noqa: F401, PLC0415 - here for the forks

    # What is there before a fork stays shared: the collector does not touch it, not even at the end.
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("listening", flush=True)
    supervisors: set[int] = set()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            os._exit(0)
        connection, _ = listener.accept()
        supervisor = os.fork()
        if supervisor == 0:
            listener.close()
            _supervise(connection)
            return
        connection.close()
        # Their time counts as this process's own only once somebody has waited for them.
        supervisors = {each for each in supervisors | {supervisor} if os.waitpid(each, os.WNOHANG)[0] == 0}


def _supervise(connection: socket.socket) -> None:
    """Forks the tool and waits for it, and kills it if the client goes; returns in the tool's process."""
    request, streams = _receive(connection)
    process = os.fork()
    if process == 0:
        connection.close()
        _become(request, streams)
        return
    for stream in streams:
        os.close(stream)
    connection.sendall(b"%d\n" % process)
    ended = os.pidfd_open(process)
    ready, _, _ = select.select([ended, connection.fileno()], [], [])
    if ended not in ready:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if ended in ready:
        connection.sendall(b"%d\n" % status)
    os._exit(0)


def _receive(connection: socket.socket) -> tuple[Any, Sequence[int]]:
    text, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(1 << 16)
    return json.loads(text), streams


def _become(request: Any, streams: Sequence[int]) -> None:
    """Takes over everything of the client's that the tool can see."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[1:] = request["arguments"]
    # As Python opens them when it starts.
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115


if __name__ == "__main__":
    serve(sys.argv[1])
    from ops.cli import main

    main()
