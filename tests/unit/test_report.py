"""Log records and metrics: what operators and dashboards see."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from handler.document.image import Image
from handler.event import Trigger
from handler.report.log import metrics, report
from handler.report.outcome import Outcome, Result
from tests.support.world import START, digest, push, reconcile

UPDATED = Outcome(
    definition="one",
    kind="updated",
    reason="tag latest is new",
    previous_revision=3,
    new_revision=4,
    previous_image="old",
    new_image="new",
    registered_at=START + timedelta(seconds=2),
)
FAILED = Outcome(definition="two", kind="failed", reason="no way", error=ValueError("no way"))
SKIPPED = Outcome(definition="three", kind="skipped", reason="on hold", warnings=("careful",))
RESULT = Result(
    pair="ocr",
    dry_run=False,
    image=Image(tag="latest", digest=digest("a")),
    outcomes=(UPDATED, FAILED, SKIPPED),
)


def records(caplog: pytest.LogCaptureFixture, trigger: Trigger) -> list[logging.LogRecord]:
    with caplog.at_level(logging.INFO):
        report(RESULT, trigger, START, "p-dev-ocr")
    return caplog.records


def test_every_outcome_is_one_record_with_the_results_fields(caplog: pytest.LogCaptureFixture) -> None:
    shown = [r for r in records(caplog, push("a")) if hasattr(r, "outcome")]
    assert [record.levelname for record in shown] == ["INFO", "ERROR", "INFO"]
    for record, outcome in zip(shown, RESULT.outcomes, strict=True):
        expected = {"pair": "ocr", "eventId": "push-a", "dryRun": False, **outcome.fields()}
        assert expected.items() <= vars(record).items()
        assert outcome.definition in record.getMessage()


def test_a_warning_is_a_record_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    (record,) = [r for r in records(caplog, push("a")) if r.levelname == "WARNING"]
    assert record.getMessage() == "careful"
    assert vars(record)["jobDefinition"] == "three"


def test_a_quiet_log_level_silences_neither_outcomes_nor_metrics(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.CRITICAL)
    try:
        report(RESULT, push("a"), START, "p-dev-ocr")
    finally:
        root.setLevel(before)
    assert len([r for r in caplog.records if hasattr(r, "outcome")]) == 3
    assert json.loads(capsys.readouterr().out)["Updated"] == 1


def test_metrics_count_outcomes_per_pair_and_measure_from_push_to_revision() -> None:
    record = metrics(RESULT, push("a"), START, "p-dev-ocr")
    (directive,) = record["_aws"]["CloudWatchMetrics"]
    assert record["_aws"]["Timestamp"] == START.timestamp() * 1000
    assert (directive["Namespace"], directive["Dimensions"], record["Pair"]) == (
        "EcrBatchUpdater",
        [["Pair"]],
        "p-dev-ocr",
    )
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
        "Updated": "Count",
        "Skipped": "Count",
        "Failed": "Count",
        "Gated": "Count",
        "PushToRevision": "Milliseconds",
    }
    assert {name: record[name] for name in ("Updated", "Skipped", "Failed", "PushToRevision")} == {
        "Updated": 1,
        "Skipped": 1,
        "Failed": 1,
        "PushToRevision": [2000],
    }


def test_a_reconcile_and_a_run_without_updates_measure_no_latency() -> None:
    assert "PushToRevision" not in metrics(RESULT, reconcile(), START, "p-dev-ocr")
    assert "PushToRevision" not in metrics(
        replace(RESULT, outcomes=(SKIPPED,)), push("a"), START, "p-dev-ocr"
    )


def test_a_push_whose_clock_runs_ahead_measures_nothing_below_zero() -> None:
    assert metrics(RESULT, push("a", at=60), START, "p-dev-ocr")["PushToRevision"] == [0]
