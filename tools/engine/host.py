"""A language host for Python, for a Pulumi CLI that was built without one.

Pulumi's own (pulumi-language-python) is no Go module of its own, so it can't be built here. This one is the
SDK's LanguageServer with what attaching asks of it, and like Pulumi's it runs every operation as a process in
the environment that the project names. The CLI attaches to it by PULUMI_DEBUG_LANGUAGES=python:PORT.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

_PROGRAM = Path(__file__).with_name("program.py")


@contextmanager
def language_host() -> Iterator[int]:
    """The port of a running language host."""
    with ThreadPoolExecutor() as pool:
        server = grpc.server(pool)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_Host(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(grace=None).wait()


class _Host(LanguageServer):
    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - here and below, gRPC's names
        return language_pb2.LanguageHandshakeResponse()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        with tempfile.NamedTemporaryFile() as answer:
            command = [_python(request.info), str(_PROGRAM), answer.name]
            with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
                context.add_callback(process.terminate)
                process.communicate(request.SerializeToString())
            if process.returncode:
                return language_pb2.RunResponse(error=f"the program ended with code {process.returncode}")
            return language_pb2.RunResponse.FromString(Path(answer.name).read_bytes())

    def InstallDependencies(self, request: Any, _context: Any) -> Iterator[Any]:  # noqa: N802
        """Makes the environment that the project names, and installs its requirements.txt there."""
        python = _python(request.info)
        if not Path(python).exists():
            yield from _streamed(
                [sys.executable, "-m", "venv", str(Path(python).parents[1])], request.directory
            )
        install = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
        yield from _streamed(install, request.directory)

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Runs a plugin that is written in Python, such as a component's package."""
        process = subprocess.Popen(
            [_python(request.info), request.info.program_directory, *request.args],
            cwd=request.pwd,
            env=dict(entry.split("=", 1) for entry in request.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(process.terminate)
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[bytes] = []
        reader = threading.Thread(target=errors.extend, args=(process.stderr,))
        reader.start()
        for line in process.stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        code = process.wait()
        reader.join()
        yield language_pb2.RunPluginResponse(stderr=b"".join(errors))
        yield language_pb2.RunPluginResponse(exitcode=code)


def _python(info: Any) -> str:
    """The interpreter of the environment that the project names; this one where it names none."""
    options = dict(info.options)
    if not options.get("virtualenv"):
        return sys.executable
    return str(Path(info.root_directory, options["virtualenv"], "bin", "python"))


def _streamed(command: list[str], directory: str) -> Iterator[Any]:
    with subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        output: IO[bytes] | None = process.stdout
        assert output is not None
        for line in output:
            yield language_pb2.InstallDependenciesResponse(stdout=line)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with code {process.returncode}")
