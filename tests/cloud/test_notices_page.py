"""docs/notices.md: its routings are programs that run, and their rules match what the function publishes."""

from __future__ import annotations

import functools
import json
import operator
import re
from typing import Any

import pytest

from local.cloud import Cloud
from local.eventbridge.pattern_check import read_pattern
from local.eventbridge.patterns import matches
from local.iam.policy import Access, decide
from local.seed import push
from tests.cloud.pair import deploy
from tests.support.pages import blocks, page
from tests.support.recorder import Recording, evaluate

JOB = "newsarchivepro-ocr-job-definition"
BATCH = "arn:aws:batch:ap-southeast-2:123456789012"
UPDATED, FAILED = "Batch Job Definition Image Updated", "Batch Job Definition Image Update Failed"


def routings() -> list[Recording]:
    """What each program of the page registers."""
    return [evaluate(functools.partial(exec, code, {})) for code in blocks(page("notices.md"), "python")]


@pytest.fixture(scope="module")
def programs() -> tuple[Recording, Recording]:
    slack, smoke = routings()
    return slack, smoke


def pattern(program: Recording) -> dict[str, Any]:
    return read_pattern(program.one("EventRule").inputs["eventPattern"])


def everything(cloud: Cloud) -> list[dict[str, Any]]:
    """Every event on the bus while one definition is updated, one fails and one is none of the page's."""
    deploy(cloud, JOB, "other", "missing", seeded=(JOB, "other"), reconcile="rate(1 hour)")
    push(cloud, "backend", "build")
    cloud.settle()
    tick = cloud.tick("ecr-batch-updater-test-ocr-reconcile")
    cloud.settle()
    return [*cloud.events.history, tick]


def test_the_rules_of_the_page_match_notices_and_nothing_else(
    cloud: Cloud, programs: tuple[Recording, Recording]
) -> None:
    events = everything(cloud)
    slack, smoke = (
        {
            (event["detail-type"], event["detail"].get("jobDefinition"))
            for event in events
            if matches(wanted, event)
        }
        for wanted in map(pattern, programs)
    )
    assert {event["source"] for event in events} == {"aws.ecr", "aws.events", "ecr-batch-updater"}
    assert slack == {(UPDATED, JOB), (UPDATED, "other"), (FAILED, "missing")}
    assert smoke == {(UPDATED, JOB)}


def test_the_message_is_a_custom_notification_whatever_the_reason_holds(
    cloud: Cloud, programs: tuple[Recording, Recording]
) -> None:
    target = programs[0].one("EventTarget")
    for event in everything(cloud):
        if event["source"] != "ecr-batch-updater":
            continue
        event["detail"]["reason"] += ' "quoted"\n'
        message = transformed(target.inputs["inputTransformer"], event)
        detail = event["detail"]
        # chatbot/latest/adminguide/custom-notifs.html
        assert message == {
            "version": "1.0",
            "source": "custom",
            "content": {
                "title": f"{detail['jobDefinition']} of ocr: {detail['outcome']}",
                "description": detail["reason"],
            },
        }


def transformed(transformer: dict[str, Any], event: dict[str, Any]) -> Any:
    """eventbridge/latest/userguide/eb-transform-target-input.html, for paths of names alone.

    A variable within a string is put there as it is, one that stands alone as JSON.
    """
    values: dict[str, Any] = {}
    for name, path in transformer["inputPaths"].items():
        values[name] = functools.reduce(operator.getitem, path.removeprefix("$.").split("."), event)

    def put(part: re.Match[str]) -> str:
        if part["name"]:
            return json.dumps(values[part["name"]])
        return re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), part[0])

    return json.loads(re.sub(r'"[^"]*"|<(?P<name>\w+)>', put, transformer["inputTemplate"]))


def test_the_topic_takes_messages_of_the_rule_alone_and_the_channel_listens(
    programs: tuple[Recording, Recording],
) -> None:
    slack = programs[0]
    topic, rule = (
        "arn:aws:sns:ap-southeast-2:123456789012:ecr-batch-updater-notices",
        "ecr-batch-updater-notices",
    )
    assert slack.one("EventTarget").inputs["arn"] == topic
    assert slack.one("SlackChannelConfiguration").inputs["snsTopicArns"] == [topic]
    policy = slack.one("TopicPolicy")
    for name, answer in ((rule, "allowed"), ("other", "implicitly denied")):
        access = Access(
            action="sns:Publish",
            resource=topic,
            principal="events.amazonaws.com",
            context={"aws:sourcearn": [f"arn:aws:events:ap-southeast-2:123456789012:rule/{name}"]},
        )
        assert decide([policy.document("policy")], access) == answer


def test_the_smoke_job_is_submitted_by_the_bare_name_and_only_that_may_be(
    programs: tuple[Recording, Recording],
) -> None:
    smoke = programs[1]
    target = smoke.one("EventTarget")
    assert target.inputs["batchTarget"] == {"jobDefinition": JOB, "jobName": f"smoke-{JOB}"}
    assert json.loads(target.inputs["input"]) == {
        "ContainerOverrides": {"Command": ["python", "-m", "ocr.smoke"]}
    }
    policy = smoke.one("RolePolicy").document("policy")
    for resource, answer in (
        (f"{BATCH}:job-definition/{JOB}", "allowed"),
        (f"{BATCH}:job-definition/{JOB}:2", "allowed"),
        (target.inputs["arn"], "allowed"),
        (f"{BATCH}:job-definition/other", "implicitly denied"),
    ):
        assert decide([policy], Access(action="batch:SubmitJob", resource=resource)) == answer
