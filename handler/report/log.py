"""What a run writes to its log: a record an outcome, and metrics.

Metrics are printed in CloudWatch's embedded metric format (AmazonCloudWatch/latest/monitoring/
CloudWatch_Embedded_Metric_Format_Specification.html): no call, no permission. Lambda's JSON log format
turns a logging record's ``extra`` into fields of the record, and leaves what is printed alone.

``Updated``, ``Skipped``, ``Failed`` and ``Gated`` (of those skipped) count the outcomes of one run;
``NotDeregistered`` counts revisions, where there were any. ``Behind`` and ``Held`` count the definitions that
do not carry the selected image, or are on hold, as the run left them. They stand until the next run says
otherwise, so only a run that looked at every definition of the pair emits them. ``PushToRevision`` is the
time from the push to each registration. The dimension ``Pair`` holds the name of the pair's function.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

from handler.event import Trigger
from handler.report.outcome import Outcome, Result

NAMESPACE = "EcrBatchUpdater"
DIMENSION = "Pair"
# Dashboards take the names from here.
UNITS = {
    **dict.fromkeys(("Updated", "Skipped", "Failed", "Gated", "Behind", "Held", "NotDeregistered"), "Count"),
    "PushToRevision": "Milliseconds",
}

# Its own level, so that LOG_LEVEL, which is the root logger's, never silences outcomes.
_log = logging.getLogger("ecr-batch-updater.outcome")
_log.setLevel(logging.INFO)


def report(result: Result, trigger: Trigger, now: datetime, function: str) -> None:
    """Logs the outcomes and prints the metrics; ``function`` as for ``metrics``."""
    log_outcomes(result, trigger)
    print(json.dumps(metrics(result, trigger, now, function), separators=(",", ":")), flush=True)


def log_outcomes(result: Result, trigger: Trigger) -> None:
    """One record an outcome, ERROR for a failure; its warnings as records before it."""
    for outcome in result.outcomes:
        for warning in outcome.warnings:
            about = {**_run(result, trigger), "jobDefinition": outcome.definition}
            _log.warning(warning, extra=about)
        level = logging.ERROR if outcome.kind == "failed" else logging.INFO
        _log.log(level, _sentence(outcome), extra=record(outcome, result, trigger))


def record(outcome: Outcome, result: Result, trigger: Trigger) -> dict[str, Any]:
    """All that is told about one outcome of a run; ``errorType`` for a failure alone."""
    fields = {**_run(result, trigger), **outcome.fields()}
    if outcome.kind == "failed":
        fields["errorType"] = type(outcome.error).__name__
    return fields


def metrics(result: Result, trigger: Trigger, now: datetime, function: str) -> dict[str, Any]:
    """The embedded metric record.

    ``function`` is the function's name, which tells pairs of the same name in two stacks apart.
    """
    outcomes = result.outcomes
    kinds: list[str] = [outcome.kind for outcome in outcomes]
    values: dict[str, Any] = {name: kinds.count(name.lower()) for name in ("Updated", "Skipped", "Failed")}
    values["Gated"] = sum(bool(outcome.gate) for outcome in outcomes)
    standings = [outcome.standing for outcome in outcomes]
    if not trigger.definitions and None not in standings:
        values["Behind"], values["Held"] = standings.count("behind"), standings.count("held")
    if not_deregistered := sum(outcome.not_deregistered for outcome in outcomes):
        values["NotDeregistered"] = not_deregistered
    registered = [outcome.registered_at for outcome in outcomes if outcome.registered_at is not None]
    if trigger.at is not None and registered:
        values["PushToRevision"] = [_milliseconds(trigger.at, at) for at in registered]
    definitions = [{"Name": name, "Unit": UNITS[name]} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions}
    return {
        "_aws": {"Timestamp": round(now.timestamp() * 1000), "CloudWatchMetrics": [directive]},
        DIMENSION: function,
        **values,
    }


def _run(result: Result, trigger: Trigger) -> dict[str, Any]:
    return {"pair": result.pair, "eventId": trigger.event_id, "dryRun": result.dry_run}


def _milliseconds(since: datetime, until: datetime) -> int:
    # The event's clock is another machine's: a push can seem to lie ahead.
    return max(0, round((until - since).total_seconds() * 1000))


def _sentence(outcome: Outcome) -> str:
    revision = f" to revision {outcome.new_revision}" if outcome.kind == "updated" else ""
    return f"{outcome.definition} {outcome.kind}{revision}: {outcome.reason}"
