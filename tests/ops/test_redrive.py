from __future__ import annotations

import json
from typing import Any

import pytest

from ops.failed_events import Shape, read_body, why_it_stays
from ops.function import Answer
from tests.ops.cloud_fixtures import PAIRS, Site
from tests.support.patience import until

DENIED = "batch:RegisterJobDefinition"


def fail(site: Site, *builds: str) -> None:
    """Pushes that the function failed on for good; from then on it works."""
    for build in builds:
        site.cloud.faults.add(DENIED, "access-denied", times=3)
        site.push(build, "news-backend")


def send(site: Site, body: str, pair: str = "news") -> str:
    answer = site.cloud.client("sqs").send_message(QueueUrl=site.queue_url(pair), MessageBody=body)
    return str(answer["MessageId"])


def push_event(site: Site) -> dict[str, Any]:
    return dict(site.cloud.events.last("aws.ecr"))


def test_both_shapes_are_done_again_and_deleted(site: Site) -> None:
    fail(site, "one")
    send(site, json.dumps(push_event(site)))
    assert site.waiting("news") == 2
    document, code = site.json("redrive", "--yes")
    assert [(item["shape"], item["outcome"]) for item in document["messages"]] == [
        ("failed", "done"),
        ("undelivered", "done"),
    ]
    assert (code, site.waiting("news")) == (0, 0)
    assert [item["revision"] for item in site.revisions("news-job")] == [1, 2]


def test_an_empty_queue_is_a_yes_without_a_question(site: Site) -> None:
    result = site.run("redrive")
    assert (result.returncode, result.stdout, result.stderr) == (0, "nothing to redrive\n", "")


def test_what_fails_again_stays_at_once_with_its_reason_and_does_not_stop_the_others(site: Site) -> None:
    fail(site, "one", "two")
    site.cloud.faults.add(DENIED, "access-denied")
    result = site.run("-p", "news", "redrive", "--yes")
    first, second, summary = result.stdout.splitlines()
    assert first.startswith("stays  news  ")
    assert "list the definition in the pair's jobDefinitions and run `pulumi up`" in first
    assert second.startswith("done   news  ")
    assert summary == "1 done, 1 still in the queue"
    assert (result.returncode, site.waiting("news")) == (1, 1)


def test_a_message_that_is_no_event_stays_and_is_named(site: Site) -> None:
    poison = send(site, "not an event\nat all")
    unknown = send(site, json.dumps({"action": "explode"}))
    document, code = site.json("-p", "news", "redrive", "--yes")
    told = {item["messageId"]: item for item in document["messages"]}
    assert told[poison]["about"] == "no event: not an event at all"
    assert told[poison]["outcome"] == "stays"
    assert told[unknown]["reason"].startswith("EventError")
    assert (code, site.waiting("news")) == (1, 2)


def test_a_dry_run_shows_and_gives_nothing_to_the_function(site: Site) -> None:
    fail(site, "one")
    calls = len(site.cloud.batch.requests)
    document, code = site.json("redrive", "--dry-run")
    (item,) = document["messages"]
    assert (item["outcome"], item["reason"], code) == ("waits", None, 1)
    assert item["about"].startswith("push of latest (")
    assert site.waiting("news") == 1
    assert len(site.cloud.batch.requests) == calls


def test_a_limit_leaves_the_others_where_they_are(site: Site) -> None:
    fail(site, "one", "two", "three")
    document, code = site.json("redrive", "--yes", "--limit", "2")
    assert [item["outcome"] for item in document["messages"]] == ["done", "done"]
    assert (code, site.waiting("news")) == (0, 1)


def test_it_asks_and_a_no_leaves_everything_where_it_is(site: Site) -> None:
    fail(site, "one")
    declined = site.answer("n\n", "-o", "json", "redrive")
    assert (declined.returncode, declined.stdout, site.waiting("news")) == (1, "", 1)
    assert "Go on? [y/N]: " in declined.stderr
    agreed = site.answer("y\n", "-o", "json", "redrive")
    assert (agreed.returncode, site.waiting("news")) == (0, 0)
    assert json.loads(agreed.stdout)["messages"][0]["outcome"] == "done"


def test_without_a_terminal_and_without_yes_nothing_happens(site: Site) -> None:
    fail(site, "one")
    result = site.run("-o", "json", "redrive")
    assert (result.returncode, result.stdout, site.waiting("news")) == (2, "", 1)
    assert "Remedy: add --yes" in result.stderr
    assert "About 1 message(s) of queue ecr-batch-updater-dev-news-dlq" in result.stderr


@pytest.mark.parametrize(("key", "words"), [("paused", "the pair is paused"), ("dryRun", "only rehearses")])
def test_a_function_that_does_nothing_keeps_the_message(site: Site, key: str, words: str) -> None:
    fail(site, "one")
    site.deploy({**PAIRS, "news": {**PAIRS["news"], key: True}})
    document, code = site.json("redrive", "--yes")
    assert words in document["messages"][0]["reason"]
    assert (code, site.waiting("news")) == (1, 1)


def test_an_interruption_returns_every_message_at_once(site: Site) -> None:
    send(site, "poison")
    fail(site, "one", "two")
    site.cloud.faults.add("lambda:InvokeFunction", "timeout")
    run = site.start("-p", "news", "redrive", "--yes", warm=False)
    assert run.process.stdout is not None
    assert run.process.stdout.readline().startswith("stays")
    until(lambda: site.cloud.faults.held == 1, "the second message is given to the function")
    assert site.waiting("news") == 1
    run.interrupt()
    site.cloud.faults.release()
    assert run.end().returncode == 130
    assert site.waiting("news") == 3


def test_what_was_done_before_an_interruption_is_told_in_json_too(site: Site) -> None:
    fail(site, "one", "two")
    site.cloud.faults.add("lambda:InvokeFunction", "timeout", after_calls=1)
    run = site.start("-o", "json", "-p", "news", "redrive", "--yes", warm=False)
    until(lambda: site.cloud.faults.held == 1, "the second message is given to the function")
    assert site.waiting("news") == 0
    run.interrupt()
    site.cloud.faults.release()
    result = run.end()
    assert result.returncode == 130
    assert [item["outcome"] for item in json.loads(result.stdout)["messages"]] == ["done"]
    assert site.waiting("news") == 1


def test_a_missing_queue_could_not(site: Site) -> None:
    site.cloud.client("sqs").delete_queue(QueueUrl=site.queue_url("news"))
    result = site.run("-o", "json", "redrive", "--yes")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no queue ecr-batch-updater-dev-news-dlq" in result.stderr


def test_a_missing_function_could_not_and_keeps_the_message(site: Site) -> None:
    fail(site, "one")
    site.cloud.client("lambda").delete_function(FunctionName=site.function("news"))
    result = site.run("redrive", "--yes")
    assert (result.returncode, result.stdout, site.waiting("news")) == (2, "", 1)
    assert "no function ecr-batch-updater-dev-news" in result.stderr


def test_a_rehearsal_that_was_asked_for_is_done_when_the_function_rehearsed() -> None:
    rehearsed = Answer(result={"dryRun": True, "outcomes": []})
    assert why_it_stays({"action": "reconcile", "dryRun": True}, rehearsed) == ""
    assert why_it_stays({"action": "reconcile"}, rehearsed) != ""


def test_an_answer_that_is_no_result_is_no_success() -> None:
    assert "no outcomes" in why_it_stays({}, Answer(result={"ok": True}))


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"requestPayload": 1, "requestContext": {}}', '{"a": 1}']
)
def test_anything_else_is_no_event(body: str) -> None:
    read = read_body(body)
    assert (read.shape, read.event) == (Shape.NO_EVENT, None)


def test_only_the_queue_of_the_chosen_pair_is_touched(site: Site) -> None:
    send(site, "poison", "ocr")
    assert site.run("-p", "news", "redrive").returncode == 0
    assert site.waiting("ocr") == 1
