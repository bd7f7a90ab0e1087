"""One execution environment of a function: AWS's runtime client in a child process.

The child talks to AWS's Lambda runtime API (lambda/latest/dg/runtimes-api.html), served here on loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from local.functions.spawner import Spawner

_API = "/2018-06-01/runtime"
_INIT_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one invocation ended: ``status`` is that of Lambda's ``platform.report``.

    ``peak_mb`` is the most memory that the process has had so far, None where it is gone.
    """

    status: str  # "success", "error", "timeout" or "failure" (the runtime itself ended)
    payload: bytes
    duration_ms: float = 0.0
    init_ms: float | None = None
    peak_mb: int | None = None

    @property
    def failed(self) -> bool:
        """Whether Lambda counts the invocation as an error."""
        return self.status != "success"


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One event for a function."""

    request_id: str
    payload: bytes
    function_arn: str
    timeout: float


class _RuntimeServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed child drops its connection, which is no error here."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Sandbox:
    """A process that runs a function's archive, one invocation at a time.

    ``on_lines`` gets the lines that the process writes, in order, before ``invoke`` returns.
    """

    def __init__(
        self,
        spawner: Spawner,
        *,
        handler: str,
        directory: Path,
        environment: Mapping[str, str],
        on_lines: Callable[[list[str]], None],
    ) -> None:
        self.dead = False
        self._on_lines = on_lines
        self._events: queue.Queue[Invocation | None] = queue.Queue()
        self._results: queue.Queue[tuple[str, str, bytes]] = queue.Queue()
        self._ready = threading.Event()
        self._started = time.monotonic()
        self._fresh = True
        self._open = True
        self._output_lock = threading.Lock()
        self._rest = b""
        self._server = _RuntimeServer(("127.0.0.1", 0), self._handler_class())
        address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._serve, daemon=True).start()
        # -S keeps out everything but the directories named here, so that the archive must bring its own
        # modules; -B because a function's directory is read-only on AWS.
        self._process: subprocess.Popen[bytes] = spawner.spawn(
            [sys.executable, "-S", "-B", "-m", "awslambdaric", handler],
            directory=directory,
            environment={**environment, "AWS_LAMBDA_RUNTIME_API": address, "PYTHONPATH": _library_path()},
        )
        stdout = self._process.stdout
        assert stdout is not None
        os.set_blocking(stdout.fileno(), False)
        self._stdout: IO[bytes] = stdout
        threading.Thread(target=self._pump, daemon=True).start()

    def invoke(self, invocation: Invocation) -> Outcome:
        """Runs one invocation; a process that does not answer in time is killed."""
        if self._fresh:
            # What is not ready by then is no cold start but a hang, which the timeout below ends.
            self.wait_until_ready()
        init_ms = (time.monotonic() - self._started) * 1000 if self._fresh else None
        self._fresh = False
        self._events.put(invocation)
        begun = time.monotonic()
        try:
            status, _, payload = self._results.get(timeout=invocation.timeout)
        except queue.Empty:
            status, payload = "timeout", _timed_out(invocation)
        duration_ms = (time.monotonic() - begun) * 1000
        self._drain()
        peak_mb = _peak_mb(self._process.pid)
        if status in ("timeout", "failure"):
            self.close()
        if status == "failure" and not payload:
            payload = _exited(invocation, self._process.wait())
        return Outcome(
            status=status, payload=payload, duration_ms=duration_ms, init_ms=init_ms, peak_mb=peak_mb
        )

    def wait_until_ready(self) -> None:
        """Waits until the process asks for its first event, or has failed to start; two minutes at most."""
        self._ready.wait(_INIT_SECONDS)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process can take another invocation."""
        return not self.dead and self._process.poll() is None

    def close(self) -> None:
        """Kills the process and everything that it started; may be called again."""
        if not self._open:
            return
        self._open = False
        self.dead = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._events.put(None)
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1).close()

    def _serve(self) -> None:
        while self._open:
            self._server.handle_request()
        self._server.server_close()

    def _pump(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while selector.select() and self._drain():
                pass
        self._process.wait()
        self._stdout.close()
        self._ready.set()
        self._results.put(("failure", "", b""))

    def _drain(self) -> bool:
        """Passes on what the process has written so far; False once it has closed its output."""
        with self._output_lock:
            while not self._stdout.closed:
                chunk = self._stdout.read(65536)
                if chunk is None:
                    return True
                lines = (self._rest + chunk).split(b"\n")
                self._rest = lines.pop() if chunk else b""
                texts = [line.decode("utf-8", "replace") for line in lines if line.strip()]
                if texts:
                    self._on_lines(texts)
                if not chunk:
                    return False
        return False

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        sandbox = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are two small writes: the second would wait 40 ms for the first's acknowledgement.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                sandbox._ready.set()
                invocation = sandbox._events.get()
                if invocation is None:
                    self.close_connection = True
                    return
                self.send_response(200)
                deadline = int((time.time() + invocation.timeout) * 1000)
                self.send_header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(invocation.payload)))
                self.end_headers()
                self.wfile.write(invocation.payload)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = "success" if self.path.endswith("/response") else "error"
                if self.path == f"{_API}/init/error":
                    status = "failure"
                    sandbox._ready.set()
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
                sandbox._results.put((status, self.path, body))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
                """The runtime's own requests are of no interest."""

        return Handler


def _peak_mb(pid: int) -> int | None:
    """The peak of a process's resident memory, from proc(5)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return -(-int(peaks[0]) // 1024) if peaks else None


def _library_path() -> str:
    import awslambdaric  # noqa: PLC0415 - Linux only, so that the module can be imported elsewhere
    import boto3  # noqa: PLC0415

    directories = {str(Path(str(module.__file__)).parent.parent): None for module in (awslambdaric, boto3)}
    return os.pathsep.join(directories)


def _timed_out(invocation: Invocation) -> bytes:
    text = f"RequestId: {invocation.request_id} Error: Task timed out after {invocation.timeout:.2f} seconds"
    return json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": text}).encode()


def _exited(invocation: Invocation, code: int) -> bytes:
    how = f"exit status {code}" if code >= 0 else f"signal: {signal.Signals(-code).name}"
    text = f"RequestId: {invocation.request_id} Error: Runtime exited with error: {how}"
    return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": text}).encode()
