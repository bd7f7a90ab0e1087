"""The warm processes of every function, as Lambda keeps them: reused one at a time, more when needed."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from local.backends import Backends
from local.cloudwatch.metrics import Metrics
from local.functions.logs import FunctionLogs
from local.functions.sandbox import Sandbox
from local.functions.spawner import Spawner
from local.iam.calls import Iam

_TEXT_LOGS = {"LogFormat": "Text"}


class Worker:
    """A process of one function and the log stream that belongs to it."""

    def __init__(self, sandbox: Sandbox, logs: FunctionLogs, version: str) -> None:
        self.sandbox = sandbox
        self.logs = logs
        self.version = version


class FunctionPool:
    """Gives out processes; ``log_settings`` holds each function's LoggingConfig by ARN, which moto drops."""

    def __init__(
        self,
        *,
        backends: Backends,
        iam: Iam,
        metrics: Metrics,
        spawner: Spawner,
        directory: Path,
        endpoint: str,
    ) -> None:
        self.log_settings: dict[str, dict[str, str]] = {}
        self._backends = backends
        self._iam = iam
        self._metrics = metrics
        self._directory = directory
        self._endpoint = endpoint
        self._spawner = spawner
        self._idle: dict[str, list[Worker]] = defaultdict(list)
        self._all: list[Worker] = []
        self._lock = threading.Lock()

    def acquire(self, function: Any) -> Worker:
        """A process that runs the function as it is configured now, warm if there is one."""
        version = self._version(function)
        with self._lock:
            idle = self._idle[function.function_arn]
            stale = [worker for worker in idle if worker.version != version or not worker.sandbox.alive()]
            warm = [worker for worker in idle if worker not in stale]
            self._idle[function.function_arn] = warm[:-1]
            self._all = [worker for worker in self._all if worker not in stale]
        for worker in stale:
            worker.sandbox.close()
        return warm[-1] if warm else self._start(function, version)

    def release(self, function: Any, worker: Worker) -> None:
        """Takes a process back; one that has ended is forgotten."""
        with self._lock:
            if worker.sandbox.alive():
                self._idle[function.function_arn].append(worker)
            elif worker in self._all:
                self._all.remove(worker)

    def end_all(self) -> None:
        """Kills every process."""
        with self._lock:
            workers, self._all = self._all, []
            self._idle.clear()
        for worker in workers:
            worker.sandbox.close()

    def _start(self, function: Any, version: str) -> Worker:
        arn = function.function_arn
        logs = FunctionLogs(
            self._backends,
            self._iam,
            self._metrics,
            function_arn=arn,
            settings=self.log_settings.get(arn, _TEXT_LOGS),
        )
        logs.platform("platform.initStart", {"functionName": function.function_name, "phase": "init"})
        directory = self._unpack(function.code_bytes)
        sandbox = Sandbox(
            self._spawner,
            handler=function.handler,
            directory=directory,
            environment=self._environment(function, logs, directory),
            on_lines=logs.application,
        )
        worker = Worker(sandbox, logs, version)
        with self._lock:
            self._all.append(worker)
        return worker

    def _unpack(self, archive: bytes) -> Path:
        directory = self._directory / hashlib.sha256(archive).hexdigest()
        with self._lock:
            if not directory.exists():
                partial = directory.with_suffix(".partial")
                shutil.rmtree(partial, ignore_errors=True)
                with zipfile.ZipFile(io.BytesIO(archive)) as packed:
                    packed.extractall(partial)
                partial.rename(directory)
        return directory

    def _environment(self, function: Any, logs: FunctionLogs, directory: Path) -> dict[str, str]:
        """lambda/latest/dg/configuration-envvars.html, and AWS_ENDPOINT_URL in place of the network."""
        credentials = self._iam.credentials(function.function_arn)
        region = function.function_arn.split(":")[3]
        settings = self.log_settings.get(function.function_arn, {})
        level = settings.get("ApplicationLogLevel")
        return {
            **{key: str(value) for key, value in function.environment_vars.items()},
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": logs.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": logs.stream,
            "AWS_LAMBDA_LOG_FORMAT": "JSON" if logs.json else "Text",
            **({"AWS_LAMBDA_LOG_LEVEL": level} if level else {}),
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(directory),
            "LAMBDA_RUNTIME_DIR": str(directory),
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }

    def _version(self, function: Any) -> str:
        parts = (
            function.code_sha_256,
            function.handler,
            function.memory_size,
            sorted(function.environment_vars.items()),
            sorted(self.log_settings.get(function.function_arn, {}).items()),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()
