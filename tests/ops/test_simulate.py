"""``ecr-batch simulate`` on the local cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.queued_event import QueuedEvent, unwrap
from tests.ops.conftest import Tool

FUNCTION = "ecr-batch-updater-dev-ocr"


def pushed(tool: Tool, build: str) -> tuple[str, dict[str, Any]]:
    """Pushes an image of which the function does not hear: its digest, and the event."""
    tool.cloud.client("events").disable_rule(Name=FUNCTION)
    digest = tool.push(build)
    event: dict[str, Any] = tool.cloud.events.last("aws.ecr")
    return digest, event


def record(event: Any, function: str = FUNCTION) -> dict[str, Any]:
    """Lambda's record of an event that its function failed on."""
    arn = f"arn:aws:lambda:ap-southeast-2:123456789012:function:{function}:$LATEST"
    return {"requestContext": {"functionArn": arn}, "requestPayload": event, "responsePayload": {}}


def simulated(tool: Tool, event: Any, *options: str) -> tuple[int, dict[str, Any]]:
    code, answer = tool.json(*options, "simulate", "-", stdin=json.dumps(event))
    assert isinstance(answer, dict)
    return code, answer


def test_an_event_of_a_push_shows_what_would_be_registered_and_registers_nothing(tool: Tool) -> None:
    digest, event = pushed(tool, "second")
    registered = len(tool.cloud.batch.requests)
    code, answer = simulated(tool, event)
    (pair,) = answer["pairs"]
    assert (code, pair["pair"], pair["paused"]) == (0, "ocr", False)
    assert pair["selectedImage"] == {"tag": "latest", "digest": digest}
    first, second = pair["outcomes"]
    assert (first["jobDefinition"], second["jobDefinition"]) == ("ocr-job", "ocr-index")
    assert (first["wouldRegister"], first["previousRevision"], first["newRevision"]) == (True, 1, None)
    uri = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend"
    assert first["changes"] == [
        {"path": "containerProperties", "before": f"{uri}:first", "after": f"{uri}@{digest}"}
    ]
    assert [refusal["pair"] for refusal in answer["refused"]] == ["news"]
    assert "detail.repository-name 'backend'" in answer["refused"][0]["reason"]
    assert len(tool.cloud.batch.requests) == registered


def test_the_table_shows_the_image_of_every_definition_before_and_after(tool: Tool) -> None:
    digest, event = pushed(tool, "second")
    file = tool.directory / "event.json"
    file.write_text(json.dumps(event))
    done = tool.run("simulate", str(file))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["PAIR", "JOB", "DEFINITION", "WOULD", "REVISION", "REASON"]
    assert lines[1].split()[:4] == ["ocr", "ocr-job", "register", "1"]
    assert lines[3].startswith("ocr-job, containerProperties: ")
    assert lines[3].endswith(f"/backend:first -> {lines[3].split()[-1].partition('@')[0]}@{digest}")


def test_where_nothing_is_to_do_it_says_so(tool: Tool) -> None:
    tool.push("second")
    code, answer = simulated(tool, tool.cloud.events.last("aws.ecr"))
    assert code == 0
    assert {item["reason"] for item in answer["pairs"][0]["outcomes"]} == {"already on the selected image"}
    assert not any(item["wouldRegister"] for item in answer["pairs"][0]["outcomes"])


def test_no_function_need_be_deployed(tool: Tool) -> None:
    _, event = pushed(tool, "second")
    tool.cloud.client("lambda").delete_function(FunctionName=FUNCTION)
    code, answer = simulated(tool, event)
    assert (code, answer["pairs"][0]["outcomes"][0]["wouldRegister"]) == (0, True)


def test_lambdas_record_of_a_failure_is_for_the_pair_of_its_function_alone(tool: Tool) -> None:
    pushed(tool, "second")
    code, answer = simulated(tool, record({"action": "reconcile"}))
    assert (code, [pair["pair"] for pair in answer["pairs"]]) == (0, ["ocr"])
    assert f"it was for function {FUNCTION}" in answer["refused"][0]["reason"]


def test_a_call_can_name_its_definitions(tool: Tool) -> None:
    pushed(tool, "second")
    code, answer = simulated(tool, {"action": "reconcile", "jobDefinitions": ["ocr-index"]})
    assert (code, [pair["pair"] for pair in answer["pairs"]]) == (0, ["ocr"])
    assert [item["jobDefinition"] for item in answer["pairs"][0]["outcomes"]] == ["ocr-index"]


def test_a_tick_is_for_the_pair_of_its_rule_alone(tool: Tool) -> None:
    pushed(tool, "second")
    tool.configure("ocr", reconcile="rate(1 hour)")
    tick = tool.cloud.tick(f"{FUNCTION}-reconcile")
    tool.cloud.settle()
    _, answer = simulated(tool, tick)
    assert [pair["pair"] for pair in answer["pairs"]] == ["ocr"]
    assert f"a tick of rule {FUNCTION}-reconcile" in answer["refused"][0]["reason"]


def test_an_event_that_is_for_no_pair_is_refused_with_the_reason_of_each(tool: Tool) -> None:
    _, event = pushed(tool, "second")
    event = {**event, "detail": {**event["detail"], "action-type": "DELETE"}}
    code, answer = simulated(tool, event)
    assert (code, answer["pairs"]) == (1, [])
    assert [refusal["pair"] for refusal in answer["refused"]] == ["news", "ocr"]
    done = tool.run("simulate", "-", stdin=json.dumps(event))
    assert done.returncode == 1
    first, news, ocr = done.stdout.splitlines()
    assert first == "none of the pairs takes this event:"
    assert news.startswith("  news: ")
    assert "detail.repository-name 'backend', this function takes 'press' only" in news
    assert "detail.action-type 'DELETE', this function takes 'PUSH' only" in ocr


@pytest.mark.parametrize("content", ["{}", "[]", "null", '{"requestPayload": {}}'])
def test_json_that_is_no_event_is_refused(tool: Tool, content: str) -> None:
    done = tool.run("-p", "ocr", "simulate", "-", stdin=content)
    assert done.returncode == 1
    assert "is none of: ECR Image Action" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_run_that_would_fail_is_a_no(tool: Tool) -> None:
    _, event = pushed(tool, "second")
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    code, answer = simulated(tool, event)
    outcomes = {item["jobDefinition"]: item for item in answer["pairs"][0]["outcomes"]}
    assert (code, outcomes["ocr-job"]["outcome"]) == (1, "failed")
    assert "INACTIVE" in outcomes["ocr-job"]["reason"]
    assert outcomes["ocr-index"]["wouldRegister"]


def test_a_paused_pair_shows_the_plan_and_says_that_it_is_paused(tool: Tool) -> None:
    _, event = pushed(tool, "second")
    tool.configure("ocr", paused=True)
    code, answer = simulated(tool, event)
    assert (code, answer["pairs"][0]["paused"]) == (0, True)
    done = tool.run("simulate", "-", stdin=json.dumps(event))
    assert done.stdout.splitlines()[-1].startswith("pair ocr is paused")


def test_a_file_that_cannot_be_read_or_is_no_json_could_not(tool: Tool) -> None:
    missing = tool.run("-o", "json", "simulate", "no-such-file.json")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "can't read no-such-file.json" in missing.stderr
    broken = tool.run("simulate", "-", stdin="{")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "standard input is no JSON" in broken.stderr
    assert "failure queue" in broken.stderr


def test_where_aws_cannot_be_asked_it_could_not(tool: Tool) -> None:
    _, event = pushed(tool, "second")
    tool.cloud.faults.add("ecr:DescribeImages", "access-denied")
    done = tool.run("-o", "json", "simulate", "-", stdin=json.dumps(event))
    assert (done.returncode, done.stdout) == (2, "")
    assert "your credentials don't allow ecr:DescribeImages" in done.stderr


def test_the_failure_queues_two_shapes_hold_the_same_event() -> None:
    event = {"source": "aws.ecr", "resources": []}
    assert unwrap(event) == QueuedEvent(event=event)
    assert unwrap(record(event, "fn")) == QueuedEvent(event=event, function="fn")


def test_what_is_no_record_of_lambda_is_taken_as_it_is() -> None:
    for message in ({"requestPayload": 1}, {"requestPayload": 1, "requestContext": {}}, 7, None):
        assert unwrap(message) == QueuedEvent(event=message)
