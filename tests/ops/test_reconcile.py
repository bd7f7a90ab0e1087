"""``ecr-batch reconcile`` on the local cloud."""

from __future__ import annotations

from typing import Any

import pytest

from ops.aws import Aws
from ops.context import GlobalOptions, open_context
from ops.errors import AwsFailed
from ops.function import SPARE, Function
from ops.reconcile import Call, calls
from tests.cloud.conftest import archive
from tests.ops.conftest import Tool

FUNCTION = "ecr-batch-updater-dev-ocr"


def unheard(tool: Tool, build: str) -> str:
    """Pushes an image of which the function does not hear; its digest."""
    tool.cloud.client("events").disable_rule(Name=FUNCTION)
    return tool.push(build)


def outcomes(answer: dict[str, Any]) -> dict[str, str]:
    """Job definition -> outcome, over all pairs."""
    return {
        outcome["jobDefinition"]: outcome["outcome"]
        for pair in answer["pairs"]
        for outcome in pair["result"]["outcomes"]
    }


def test_reconcile_brings_every_definition_to_the_image_that_no_event_told_of(tool: Tool) -> None:
    digest = unheard(tool, "second")
    tool.push("press", "stable", "press")
    code, answer = tool.json("reconcile")
    assert code == 0
    assert outcomes(answer) == {"ocr-job": "updated", "ocr-index": "updated", "news-job": "skipped"}
    assert [pair["function"] for pair in answer["pairs"]] == ["ecr-batch-updater-dev-news", FUNCTION]
    assert tool.images("ocr-job") == {1: ":first", 2: f"@{digest}"}
    code, answer = tool.json("reconcile")
    assert (code, set(outcomes(answer).values())) == (0, {"skipped"})


def test_only_the_definitions_that_are_named_are_looked_at(tool: Tool) -> None:
    unheard(tool, "second")
    code, answer = tool.json("reconcile", "ocr-index")
    assert (code, outcomes(answer)) == (0, {"ocr-index": "updated"})
    assert list(tool.active("ocr-job")) == [1]


def test_a_dry_run_registers_nothing(tool: Tool) -> None:
    unheard(tool, "second")
    registered = len(tool.cloud.batch.requests)
    done = tool.run("-p", "ocr", "reconcile", "--dry-run")
    assert done.returncode == 0, done.stderr
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["PAIR", "JOB", "DEFINITION", "OUTCOME", "REVISION", "REASON"]
    assert [row.split()[:4] for row in rows] == [
        ["ocr", "ocr-job", "skipped", "1"],
        ["ocr", "ocr-index", "skipped", "1"],
    ]
    assert all("dry run, would register" in row for row in rows)
    assert len(tool.cloud.batch.requests) == registered


def test_a_definition_that_failed_is_a_no_and_the_reason_is_told(tool: Tool) -> None:
    unheard(tool, "second")
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    done = tool.run("-p", "ocr", "reconcile")
    assert (done.returncode, done.stdout) == (1, "")
    assert "1 of 2 job definition(s) of pair ocr failed" in done.stderr
    assert "all revisions of job definition ocr-job are INACTIVE" in done.stderr
    assert "`ecr-batch --pair ocr monitor --since 10m` shows what became of the other" in done.stderr
    told = tool.run("--pair", "ocr", "monitor", "--since", "10m").stdout
    assert [line.split()[2:4] for line in told.splitlines()] == [
        ["ocr-job", "failed"],
        ["ocr-index", "updated"],
    ]
    code, answer = tool.json("-p", "ocr", "reconcile")
    assert (code, answer["pairs"][0]["result"]) == (1, None)
    assert "UpdateFailed" in answer["pairs"][0]["error"]


def test_a_paused_pair_is_a_no_that_says_so(tool: Tool) -> None:
    tool.configure("ocr", paused=True)
    done = tool.run("-p", "ocr", "reconcile")
    assert done.returncode == 1
    assert "ocr-job: nothing was done: paused" in done.stdout
    code, answer = tool.json("-p", "ocr", "reconcile")
    assert (code, set(outcomes(answer).values())) == (1, {"skipped"})


def test_a_repository_without_the_image_is_a_no_that_says_so(tool: Tool) -> None:
    done = tool.run("-p", "ocr", "reconcile")
    assert done.returncode == 1
    assert "ocr-job: nothing was done: ECR has no image with the tag latest" in done.stdout


def test_without_a_function_it_could_not_and_the_other_pairs_are_still_looked_after(tool: Tool) -> None:
    digest = unheard(tool, "second")
    tool.cloud.client("lambda").delete_function(FunctionName="ecr-batch-updater-dev-news")
    done = tool.run("reconcile")
    assert done.returncode == 2
    assert "pair news: there is no function ecr-batch-updater-dev-news" in done.stderr
    assert "pulumi up" in done.stderr
    assert "Traceback" not in done.stderr
    assert tool.images("ocr-job")[2] == f"@{digest}"
    code, answer = tool.json("reconcile")
    assert code == 2
    assert [pair["error"] is None for pair in answer["pairs"]] == [False, True]


def test_a_function_that_cannot_read_its_settings_could_not(tool: Tool) -> None:
    tool.cloud.client("lambda").update_function_configuration(
        FunctionName=FUNCTION, Environment={"Variables": {"PAIR_NAME": "ocr"}}
    )
    done = tool.run("-p", "ocr", "reconcile")
    assert done.returncode == 2
    assert "SettingsError" in done.stderr
    assert "ECR_REPOSITORY_NAME is not set" in done.stderr


def test_a_function_that_runs_out_of_time_could_not(tool: Tool) -> None:
    functions = tool.cloud.client("lambda")
    functions.update_function_configuration(FunctionName=FUNCTION, Timeout=1)
    endless = archive("import time\ndef handle(event, context):\n    time.sleep(600)\n")
    functions.update_function_code(FunctionName=FUNCTION, ZipFile=endless)
    done = tool.run("-p", "ocr", "reconcile")
    assert done.returncode == 2
    assert "timed out" in done.stderr.lower()


def test_a_call_that_fails_is_not_repeated(tool: Tool) -> None:
    tool.cloud.faults.add("lambda:InvokeFunction", "server-error")
    done = tool.run("-p", "ocr", "reconcile")
    assert done.returncode == 2
    assert "ServerException" in done.stderr
    assert tool.cloud.calls_by(FUNCTION) == []


def test_an_unknown_definition_is_refused_before_anything_is_called(tool: Tool) -> None:
    done = tool.run("reconcile", "ocr-job", "no-such-job")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no-such-job is no job definition of stack dev" in done.stderr
    assert tool.cloud.calls_by(FUNCTION) == []


def test_an_answer_that_does_not_come_in_time_says_that_the_function_may_still_be_at_work(tool: Tool) -> None:
    tool.cloud.faults.add("lambda:InvokeFunction", "timeout")
    aws = Aws(region=tool.cloud.region, endpoint_url=tool.cloud.endpoint)
    with pytest.raises(AwsFailed, match="within 1 s; it may still be at work"):
        Function(aws, FUNCTION, timeout=1 - SPARE).call({"action": "reconcile"})


def test_the_tool_waits_for_as_long_as_the_pair_lets_its_function_run(tool: Tool) -> None:
    tool.configure("news", timeoutSeconds=900)
    context = open_context(GlobalOptions(cwd=tool.directory), {})
    assert {call.pair: call.timeout for call in calls(context, (), dry_run=False)} == {
        "ocr": 300,
        "news": 900,
    }


@pytest.mark.parametrize(
    ("changes", "event"),
    [
        ({}, {"action": "reconcile"}),
        ({"dry_run": True}, {"action": "reconcile", "dryRun": True}),
        ({"definitions": ("a",)}, {"action": "reconcile", "jobDefinitions": ["a"]}),
    ],
)
def test_the_event_says_no_more_than_it_must(changes: dict[str, Any], event: dict[str, Any]) -> None:
    assert Call(pair="ocr", function="f", timeout=300, **changes).event == event
