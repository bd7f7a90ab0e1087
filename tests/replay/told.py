"""What an invocation told, in the record's words: the log in full, and the rest as what differs from it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from tests.replay.clock import START
from tests.replay.values import differences, unusual

FUNCTION = "ecr-batch-updater-dev-ocr"
# What an outcome's log record has and the result has not.
_LOGGED_ONLY = ("pair", "eventId", "dryRun", "errorType")
# What the record leaves out of an outcome's log record, and of the result.
_USUAL = {
    "pair": "ocr",
    "eventId": "push-b",
    "dryRun": False,
    "jobDefinition": "job",
    "gate": None,
    "previousRevision": None,
    "newRevision": None,
    "previousImage": None,
    "newImage": None,
}
_USUAL_RESULT = {"pair": "ocr", "dryRun": False}
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "taskName"}


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The SDK tells once a process where the credentials come from.
        if record.name == "botocore.credentials":
            return
        more = {key: value for key, value in vars(record).items() if key not in _PLAIN}
        error = record.exc_info[1] if record.exc_info else None
        told = [f"{record.levelname} {record.name}", record.getMessage(), *([more] if more else [])]
        self.records.append([*told, *([lambda_error(error)] if error else [])])

    def outcomes(self) -> dict[str, Any]:
        """The fields of the records that tell of an outcome, by job definition."""
        fields = [each[2] for each in self.records if isinstance(each[-1], dict)]
        return {each["jobDefinition"]: each for each in fields if "outcome" in each}


def told(log: Log, calls: list[Any], printed: str, ended: dict[str, Any]) -> dict[str, Any]:
    """Everything of one invocation, but for what is empty; ``ended`` holds its ``result`` or ``error``."""
    logged = log.outcomes()
    everything = {
        "calls": [_with_notices(call, logged) for call in calls],
        "log": [_brief(each) for each in log.records],
        "printed": [_metrics(line) for line in printed.splitlines()],
        **_with_outcomes(ended, logged),
    }
    return {key: value for key, value in everything.items() if value != []}


def _brief(record: list[Any]) -> list[Any]:
    """An outcome's record as what is not as usual, and a message that does not repeat the reason."""
    match record:
        case [level, message, {"reason": str(reason)} as fields]:
            return [level, message.replace(reason, "$reason"), unusual(_USUAL, fields)]
    return record


def _with_notices(call: list[Any], logged: Mapping[str, Any]) -> list[Any]:
    if call[0] != "events:PutEvents":
        return call
    return [call[0], [_notice(entry, logged) for entry in call[1]], *call[2:]]


def _notice(entry: Mapping[str, Any], logged: Mapping[str, Any]) -> Any:
    told = dict(entry)
    detail = _against(told.pop("Detail"), logged)
    return [*(f"{key} {value}" for key, value in told.items()), detail]


def _with_outcomes(ended: dict[str, Any], logged: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in ended:
        error = ended["error"]
        for name, fields in logged.items():
            error = error.replace(fields["reason"], f"$reason of {name}")
        return {"error": error}
    told = {
        name: {key: value for key, value in fields.items() if key not in _LOGGED_ONLY}
        for name, fields in logged.items()
    }
    outcomes = [_against(each, told) for each in ended["result"]["outcomes"]]
    return {"result": unusual(_USUAL_RESULT, {**ended["result"], "outcomes": outcomes})}


def _against(fields: Mapping[str, Any], logged: Mapping[str, Any]) -> dict[str, Any]:
    """An outcome as what differs from its log record."""
    name = str(fields.get("jobDefinition"))
    return {"as logged": name, **differences(logged.get(name, {}), fields)}


def lambda_error(error: BaseException) -> str:
    """As Lambda tells of it."""
    return f"{type(error).__name__}: {error}"


def _metrics(line: str) -> Any:
    """An embedded metric record without what AWS's format repeats; what is counted has no unit here."""
    record = json.loads(line)
    about = record.pop("_aws")
    (directive,) = about["CloudWatchMetrics"]
    units = {each["Name"]: f" {each['Unit']}" for each in directive["Metrics"]}
    where = f"{directive['Namespace']} {directive['Dimensions']} at +{about['Timestamp'] / 1000 - START:g} s"
    values = unusual({"Pair": FUNCTION}, record)
    return f"{where}: " + ", ".join(
        f"{key} {value}{units.get(key, ' without a unit').removesuffix(' Count')}"
        for key, value in values.items()
    )
