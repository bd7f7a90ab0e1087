"""The function's process as Lambda starts it, against AWS Batch and ECR on loopback.

Modules of the runtime are compiled beforehand, as on AWS; those of an archive never are, since a function's
directory is read-only there.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from benchmarks.loopback import ACCOUNT, REGION, Loopback
from components.archive import HANDLER, zip_bytes
from handler.settings import Settings
from local.functions.sandbox import Invocation, Outcome, Sandbox
from local.functions.spawner import Spawner

REPOSITORY = "backend"
_FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:bench"
_TIMEOUT = 300.0
_PLAIN = Path(__file__).with_name("plain.py")


@dataclass(frozen=True)
class Program:
    """An unpacked archive and its Lambda handler."""

    directory: Path
    handler: str


@dataclass
class Seen:
    """What one process did: its calls, and when two of them arrived, in seconds from its start.

    ``loading`` is when the first of all arrived: until then the process started, imported and made clients.
    ``wall`` and ``cpu`` are of the first registration, ``cpu_event`` is the part of ``cpu`` since the event.
    """

    calls: Counter[str] = field(default_factory=Counter)
    loading: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    cpu_event: float = 0.0


class Bench:
    """Starts processes against one loopback server whose every answer takes ``latency`` seconds."""

    def __init__(self, *, definitions: int = 1, latency: float = 0.0) -> None:
        self.names = tuple(f"job-{number:02d}" for number in range(1, definitions + 1))
        self._loopback = Loopback(lambda: latency / 2, self._arrived)
        self._spawner = Spawner()
        self._directory = TemporaryDirectory()
        self._seen = Seen()
        self._pid = 0
        self._cpu_before = 0.0
        self._started = 0.0
        self._pushes = 0
        self._root = root = Path(self._directory.name)
        self.packaged = self.variant("packaged", lambda _: None)
        self.plain = Program(root / "plain", "plain.handle")
        self.plain.directory.mkdir()
        (self.plain.directory / "plain.py").write_bytes(_PLAIN.read_bytes())

    def __enter__(self) -> Self:
        self._loopback.__enter__()
        self.push()
        for name in self.names:
            self._loopback.batch.register(_definition(name))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loopback.__exit__(kind, error, trace)
        self._spawner.close()
        self._directory.cleanup()

    def variant(self, name: str, change: Callable[[Path], None]) -> Program:
        """The archive, unpacked anew and handed to ``change``. ``name`` is of no other variant."""
        program = Program(self._root / name, HANDLER)
        with zipfile.ZipFile(io.BytesIO(zip_bytes())) as archive:
            archive.extractall(program.directory)
        change(program.directory)
        return program

    def start(self, program: Program) -> Seen:
        """One run of a new process, which finds a new image."""
        self.push()
        with self.process(program) as sandbox:
            return self.run(sandbox)[1]

    def push(self) -> None:
        """Moves the tag to an image that no definition has yet."""
        self._pushes += 1
        self._loopback.tags.push(REPOSITORY, "latest", f"sha256:{self._pushes:064x}")

    @contextmanager
    def process(self, program: Program) -> Iterator[Sandbox]:
        """A new process of ``program``."""
        self._started = time.perf_counter()
        sandbox = Sandbox(
            self._spawner,
            handler=program.handler,
            directory=program.directory,
            environment=self._environment(program),
            on_lines=lambda _: None,
        )
        self._pid = sandbox.pid
        try:
            yield sandbox
        finally:
            sandbox.close()

    def run(self, sandbox: Sandbox) -> tuple[Outcome, Seen]:
        """Invokes the process once. Raises RuntimeError when the invocation fails."""
        self._seen = Seen()
        sandbox.wait_until_ready()
        self._cpu_before = _cpu_seconds(self._pid)
        event = json.dumps({"action": "reconcile"}).encode()
        outcome = sandbox.invoke(
            Invocation(request_id="bench", payload=event, function_arn=_FUNCTION_ARN, timeout=_TIMEOUT)
        )
        if outcome.failed:
            raise RuntimeError(f"the invocation failed: {outcome.payload.decode()}")
        return outcome, self._seen

    def _arrived(self, action: str) -> None:
        seen = self._seen
        seen.loading = seen.loading or time.perf_counter() - self._started
        if action == "batch:RegisterJobDefinition" and not seen.calls[action]:
            seen.wall = time.perf_counter() - self._started
            seen.cpu = _cpu_seconds(self._pid)
            seen.cpu_event = seen.cpu - self._cpu_before
        seen.calls[action] += 1

    def _environment(self, program: Program) -> dict[str, str]:
        # Notices are one more call for ten outcomes, after all others.
        settings = Settings(pair="bench", repository=REPOSITORY, job_definitions=self.names, notify=False)
        return {
            **settings.environment(),
            "AWS_ENDPOINT_URL": self._loopback.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "_HANDLER": program.handler,
            "LAMBDA_TASK_ROOT": str(program.directory),
            "TZ": ":UTC",
            "PATH": os.defpath,
        }


def _definition(name: str) -> dict[str, object]:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}@sha256:{'0' * 64}"
    return {
        "jobDefinitionName": name,
        "type": "container",
        "platformCapabilities": ["FARGATE"],
        "containerProperties": {
            "image": image,
            "command": ["ocr", "--bucket", "input"],
            "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/execution",
            "environment": [{"name": "STAGE", "value": "prod"}],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        },
        "retryStrategy": {"attempts": 3},
    }


def _cpu_seconds(pid: int) -> float:
    """What all threads of a process have run so far: proc(5), schedstat, in nanoseconds."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9
