from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ops.durations import age, duration
from ops.errors import UsageError
from ops.log_events import LogEvent
from ops.log_lines import read
from tests.ops.cloud_fixtures import Site


def event(record: object, at: int = 0) -> LogEvent:
    return LogEvent(identity="1", at=at, message=json.dumps(record))


def test_what_was_is_shown_in_the_order_of_time_over_all_pairs(site: Site) -> None:
    site.push("one")
    site.push("two", "news-backend")
    site.push("three")
    document, code = site.json("monitor", "--since", "1h")
    shown = [(item["pair"], item["jobDefinition"], item["newRevision"]) for item in document["outcomes"]]
    assert code == 0
    assert [pair for pair, *_ in shown] == ["ocr", "ocr", "news", "ocr", "ocr"]
    assert set(shown[:2]) == {("ocr", "ocr-job", 2), ("ocr", "ocr-index", 2)}
    assert shown[2] == ("news", "news-job", 2)
    times = [item["time"] for item in document["outcomes"]]
    assert times == sorted(times)


def test_one_line_an_outcome_tells_all_of_it(site: Site) -> None:
    digest = site.push("one", "news-backend")
    result = site.run("-p", "news", "monitor", "--since", "10m")
    (line,) = result.stdout.splitlines()
    when, pair, definition, outcome, before, arrow, after, image, *reason = line.split()
    assert datetime.fromisoformat(when) <= datetime.now(UTC) + timedelta(seconds=1)
    assert (pair, definition, outcome) == ("news", "news-job", "updated")
    assert (before, arrow, after, image) == ("1", "->", "2", digest[7:19])
    assert " ".join(reason) == f"tag latest is {digest}"
    assert result.stderr == ""


def test_a_failure_is_shown_with_its_reason_and_once_for_each_run(site: Site) -> None:
    site.cloud.faults.add("batch:RegisterJobDefinition", "access-denied", times=3)
    site.push("one", "news-backend")
    document, code = site.json("-p", "news", "monitor", "--since", "10m")
    outcomes = document["outcomes"]
    assert [(item["outcome"], item["newRevision"]) for item in outcomes] == [("failed", None)] * 3
    assert "list the definition in the pair's jobDefinitions" in outcomes[0]["reason"]
    assert code == 0


def test_an_error_that_nobody_caught_is_shown(site: Site) -> None:
    site.cloud.client("lambda").invoke(FunctionName=site.function("news"), Payload=b'{"no": "event"}')
    document, _ = site.json("-p", "news", "monitor", "--since", "10m")
    (item,) = document["outcomes"]
    assert (item["outcome"], item["jobDefinition"]) == ("error", None)
    assert item["reason"].startswith("EventError: the event {'no': 'event'}")


def test_a_run_that_lambda_cut_off_is_shown() -> None:
    ended = read(event({"type": "platform.report", "record": {"status": "timeout"}}), "ocr")
    assert ended is not None
    assert (ended.outcome, ended.reason, ended.is_bad) == ("ended", "Lambda ended the run: timeout", True)
    assert read(event({"type": "platform.report", "record": {"status": "error"}}), "ocr") is None
    assert read(event({"type": "platform.report", "record": {"status": "success"}}), "ocr") is None


@pytest.mark.parametrize("message", ["plain text", "[1]", '{"level": "INFO", "message": "x"}'])
def test_other_lines_are_not_outcomes(message: str) -> None:
    assert read(LogEvent(identity="1", at=0, message=message), "ocr") is None


def test_following_shows_each_outcome_once_and_ends_with_130(site: Site) -> None:
    site.push("one", "news-backend")
    run = site.start("-o", "json", "-p", "news", "monitor", "--interval", "0.1")
    out = run.process.stdout
    assert out is not None
    first = json.loads(out.readline())
    site.push("two", "news-backend")
    second = json.loads(out.readline())
    run.looked("logs:FilterLogEvents")  # at lines that are known
    run.interrupt()
    result = run.end()
    assert [first["newRevision"], second["newRevision"]] == [2, 3]
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_following_may_begin_further_back(site: Site) -> None:
    site.push("one", "news-backend")
    run = site.start("-p", "news", "monitor", "--since", "1h", "-f", "--interval", "0.1")
    assert run.process.stdout is not None
    assert "updated" in run.process.stdout.readline()
    run.looked("logs:FilterLogEvents")
    run.interrupt()
    assert run.end().returncode == 130


def test_a_missing_log_group_could_not(site: Site) -> None:
    site.cloud.client("logs").delete_log_group(logGroupName="/aws/lambda/ecr-batch-updater-dev-news")
    result = site.run("-o", "json", "monitor", "--since", "1h")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no log group /aws/lambda/ecr-batch-updater-dev-news" in result.stderr
    assert "Remedy: run `pulumi up --refresh`" in result.stderr


@pytest.mark.parametrize("text", ["", "1", "h", "1w", "0h", "-1h", "1.5h", "99999999999d"])
def test_what_is_no_duration_names_the_option(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        duration(text, option="--since")


def test_a_wrong_duration_could_not_and_says_how_to_write_one(site: Site) -> None:
    result = site.run("monitor", "--since", "yesterday")
    assert result.returncode == 2
    assert "such as 90s, 10m or 1h" in result.stderr


def test_durations_and_ages_are_in_the_same_units() -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    spans = ["59s", "59m", "23h", "9d"]
    assert [age(now - duration(text, option="x"), now) for text in spans] == spans
    assert age(now + timedelta(minutes=1), now) == "0s"
