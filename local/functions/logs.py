"""The lines of a function on their way into moto's logs, as far as its role and log settings allow."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.backends import Backends
from local.cloudwatch.metrics import Metrics
from local.iam.calls import Iam
from local.iam.policy import Access

_log = logging.getLogger("local")
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


class FunctionLogs:
    """One log stream: that of one process of a function."""

    def __init__(
        self,
        backends: Backends,
        iam: Iam,
        metrics: Metrics,
        *,
        function_arn: str,
        settings: Mapping[str, str],
    ) -> None:
        region, name = function_arn.split(":")[3], function_arn.split(":")[6]
        self.json = settings.get("LogFormat", "Text") == "JSON"
        self.group = settings.get("LogGroup") or f"/aws/lambda/{name}"
        self.stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{time.time_ns():032x}"
        self._application_level = settings.get("ApplicationLogLevel", "INFO")
        self._system_level = settings.get("SystemLogLevel", "INFO")
        self._logs = backends.of("logs", region)
        self._iam = iam
        self._metrics = metrics
        self._function_arn = function_arn
        self._arn = f"arn:aws:logs:{region}:{backends.account}:log-group:{self.group}"
        self._lock = threading.Lock()
        self._ready = False

    def application(self, lines: Iterable[str]) -> None:
        """Writes what the function printed or logged, and the metrics embedded in it."""
        kept = [line for line in lines if not self.json or _passes(_level(line), self._application_level)]
        self._write(kept)
        for line in kept:
            self._metrics.embedded(line)

    def platform(self, kind: str, record: Mapping[str, Any]) -> None:
        """Writes a record of Lambda itself, e.g. ``platform.report``."""
        if self.json and not _passes("INFO", self._system_level):
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self.json:
            self._write([json.dumps({"time": now, "type": kind, "record": record})])
        elif kind in ("platform.start", "platform.report"):
            word = "START" if kind == "platform.start" else "REPORT"
            self._write([f"{word} RequestId: {record['requestId']} {json.dumps(record)}"])

    def _write(self, lines: list[str]) -> None:
        with self._lock:
            if not lines or not self._prepare():
                return
            if self._denied("logs:PutLogEvents"):
                return
            now = int(time.time() * 1000)
            events = [{"timestamp": now, "message": line} for line in lines]
            self._logs.put_log_events(self.group, self.stream, events)

    def _prepare(self) -> bool:
        if self._ready:
            return True
        if self.group not in self._logs.groups:
            if self._denied("logs:CreateLogGroup"):
                return False
            self._logs.ensure_log_group(self.group)
        if self._denied("logs:CreateLogStream"):
            return False
        self._logs.ensure_log_stream(self.group, self.stream)
        self._ready = True
        return True

    def _denied(self, action: str) -> bool:
        stream = "" if action == "logs:CreateLogGroup" else self.stream
        resource = f"{self._arn}:log-stream:{stream}"
        denial = self._iam.denial(self._function_arn, Access(action=action, resource=resource))
        if denial:
            _log.warning("log lines are lost, as on AWS: %s", denial)
        return denial is not None


def _level(line: str) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return "INFO"
    level = record.get("level", "INFO") if isinstance(record, dict) else "INFO"
    return {"WARNING": "WARN", "CRITICAL": "FATAL"}.get(level, str(level))


def _passes(level: str, least: str) -> bool:
    known = level in _LEVELS and least in _LEVELS
    return not known or _LEVELS.index(level) >= _LEVELS.index(least)
