"""``status`` on a deployed stack: age and last outcome, --watch and --wait."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from handler.settings import Settings
from ops.status import Row, State
from ops.waiting import judge
from tests.ops.cloud_fixtures import PAIRS, Site
from tests.support.patience import until


def settings(**options: Any) -> dict[str, Settings]:
    return {"ocr": Settings(pair="ocr", repository="backend", job_definitions=("job",), **options)}


def row(state: State) -> Row:
    return Row(pair="ocr", definition="job", state=state, reason="why")


def definitions(site: Site, *arguments: str) -> tuple[dict[str, Any], int]:
    document, code = site.json(*arguments, "status")
    return {item["jobDefinition"]: item for item in document["definitions"]}, code


def test_age_and_last_outcome_are_those_of_the_newest_revision_and_record(site: Site) -> None:
    digest = site.push("one")
    site.push("two", "news-backend")
    found, code = definitions(site)
    job = found["ocr-job"]
    assert (job["state"], job["imageDigest"], code) == ("current", digest, 0)
    tag = site.revisions("ocr-job")[-1]["tags"]["ecr-batch-updater/updated-at"]
    assert job["updatedAt"] == tag
    assert (job["lastOutcome"]["outcome"], job["lastOutcome"]["newRevision"]) == ("updated", 2)
    line = next(line for line in site.run("status").stdout.splitlines() if line.startswith("ocr   ocr-job "))
    *_, age, word, ago, _ = line.split()
    assert re.fullmatch(r"\d+[smh]", age)
    assert word == "updated"
    assert re.fullmatch(r"\d+[smh]", ago)


def test_what_never_happened_is_a_dash(site: Site) -> None:
    found, _ = definitions(site, "-p", "news")
    assert (found["news-job"]["updatedAt"], found["news-job"]["lastOutcome"]) == (None, None)


def test_a_rehearsal_is_no_outcome(site: Site) -> None:
    site.push("one", "news-backend")
    site.cloud.client("lambda").invoke(
        FunctionName=site.function("news"), Payload=b'{"action": "reconcile", "dryRun": true}'
    )
    found, _ = definitions(site, "-p", "news")
    assert found["news-job"]["lastOutcome"]["outcome"] == "updated"


def test_a_failure_is_told_with_its_reason(site: Site) -> None:
    site.cloud.faults.add("batch:RegisterJobDefinition", "access-denied", times=3)
    site.push("one", "news-backend")
    result = site.run("-p", "news", "status")
    assert result.stdout.splitlines()[1].split()[-3] == "failed"
    assert (
        "news-job, last outcome: the function's role may not do batch:RegisterJobDefinition" in result.stdout
    )
    assert result.returncode == 1


def test_watching_looks_again_and_ends_with_130(site: Site) -> None:
    run = site.start("-o", "json", "-p", "news", "status", "--watch", "--interval", "0.1")
    out = run.process.stdout
    assert out is not None
    assert json.loads(out.readline())["definitions"][0]["state"] == "no image"
    site.push("one", "news-backend")

    def shows(state: str, outcome: str) -> bool:
        (shown,) = json.loads(out.readline())["definitions"]
        last = shown["lastOutcome"] or {}
        return bool(shown["state"] == state and last.get("outcome") == outcome)

    until(lambda: shows("current", "updated"), "the watch shows the new revision and its outcome")
    run.interrupt()
    result = run.end()
    assert (result.returncode, result.stderr) == (130, "")
    for line in result.stdout.splitlines():
        json.loads(line)


def test_waiting_ends_with_a_yes_once_all_are_current(site: Site) -> None:
    run = site.start("-o", "json", "-p", "news", "status", "--wait", "--interval", "0.1")
    run.looked("ecr:DescribeImages")
    site.push("one", "news-backend")
    result = run.end()
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["definitions"][0]["state"] == "current"
    assert result.stderr == ""


def test_waiting_ends_with_a_no_when_the_time_is_over(site: Site) -> None:
    site.cloud.client("events").disable_rule(Name="ecr-batch-updater-dev-news")
    digest = site.push("one", "news-backend")
    result = site.run("-o", "json", "-p", "news", "status", "--wait", "--timeout", "1s", "--interval", "0.1")
    assert result.returncode == 1
    assert json.loads(result.stdout)["definitions"][0]["state"] == "behind"
    assert result.stderr == f"ecr-batch: news-job is not current after 1 s: behind: tag latest is {digest}\n"


def test_waiting_gives_up_at_once_on_what_waiting_cannot_repair(site: Site) -> None:
    site.push("one", "news-backend")
    site.cloud.client("batch").deregister_job_definition(jobDefinition="news-job:2")
    site.cloud.client("batch").deregister_job_definition(jobDefinition="news-job:1")
    result = site.run("-p", "news", "status", "--wait", "--timeout", "10m")
    assert result.returncode == 1
    assert "ecr-batch: news-job can't become current by waiting: inactive: " in result.stderr


def test_waiting_gives_up_at_once_on_a_paused_pair(site: Site) -> None:
    site.deploy({**PAIRS, "news": {**PAIRS["news"], "paused": True}})
    site.push("one", "news-backend")
    result = site.run("-p", "news", "status", "--wait")
    assert result.returncode == 1
    assert "behind, and the pair has paused: true" in result.stderr


@pytest.mark.parametrize(
    "state",
    [
        State.HELD,
        State.KEPT,
        State.FOREIGN,
        State.MISSING,
        State.INACTIVE,
        State.NO_REPOSITORY,
        State.BLOCKED,
    ],
)
def test_these_states_do_not_pass_by_themselves(state: State) -> None:
    verdict = judge([row(state)], settings())
    assert (verdict.is_over, verdict.hopeless) == (True, {"job": f"{state.value}: why"})


@pytest.mark.parametrize("state", [State.BEHIND, State.GATED, State.NO_IMAGE])
def test_these_states_may_pass_unless_the_pair_does_nothing(state: State) -> None:
    assert judge([row(state)], settings()).pending == {"job": f"{state.value}: why"}
    assert not judge([row(state)], settings()).is_over
    for idle in ({"paused": True}, {"dry_run": True}):
        assert judge([row(state)], settings(**idle)).is_over


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--watch", "--wait"], "exclude each other"),
        (["--timeout", "1m"], "--timeout without --wait"),
        (["--wait", "--timeout", "soon"], "--timeout 'soon' is no duration"),
    ],
)
def test_options_that_do_not_go_together_could_not(site: Site, arguments: list[str], words: str) -> None:
    result = site.run("status", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
