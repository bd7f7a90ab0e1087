"""Runs a Pulumi program once, as a process of its own: the request comes on standard input.

``python program.py ANSWER`` reads a LanguageRuntime.RunRequest, runs the program that it names, and writes
the RunResponse into the file ANSWER. Needs what the program's own environment has, and nothing else.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2


def main() -> None:
    """Runs what standard input asks for."""
    request = language_pb2.RunRequest.FromString(sys.stdin.buffer.read())
    sys.path.pop(0)  # the folder of this file
    os.chdir(request.pwd)
    entry = Path(request.info.program_directory, "__main__.py")

    def program() -> None:
        runpy.run_path(str(entry), run_name="__main__")

    sys.path.insert(0, str(entry.parent))
    answer = LanguageServer(program).Run(request, None)  # type: ignore[no-untyped-call]
    Path(sys.argv[1]).write_bytes(answer.SerializeToString())


if __name__ == "__main__":
    main()
