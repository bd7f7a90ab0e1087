"""followChanges: what infrastructure code puts back is repaired at once."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud import Cloud
from local.seed import fargate_definition, push
from tests.cloud.pair import FUNCTION, HOST, ROLES, deploy, newest

JOB = "ocr-job"


def apply_old_image(cloud: Cloud) -> None:
    """What an apply does that changes a setting and knows nothing of the updater."""
    definition = fargate_definition(JOB, image=f"{HOST}:first", job_role=ROLES[0], execution_role=ROLES[1])
    cloud.client("batch").register_job_definition(**definition | {"parameters": {"language": "mi"}})
    cloud.settle()


def registrations_seen(cloud: Cloud) -> list[dict[str, Any]]:
    return [event for event in cloud.events.history if event["source"] == "aws.batch"]


@pytest.fixture
def pushed(cloud: Cloud) -> str:
    deploy(cloud, JOB, followChanges=True)
    cloud.trail.on = True
    digest = push(cloud, "backend", "build")
    cloud.settle()
    return digest


def test_an_apply_that_puts_the_old_image_back_is_repaired_and_its_settings_stay(
    cloud: Cloud, pushed: str
) -> None:
    assert newest(cloud, JOB)["revision"] == 2
    apply_old_image(cloud)
    repaired = newest(cloud, JOB)
    assert repaired["revision"] == 4
    assert repaired["containerProperties"]["image"] == f"{HOST}@{pushed}"
    assert repaired["parameters"] == {"language": "mi"}
    assert {call.allowed for call in cloud.calls_by(FUNCTION)} == {True}


def test_the_functions_own_registrations_start_nothing(cloud: Cloud, pushed: str) -> None:
    (own,) = registrations_seen(cloud)
    issuer = own["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]
    role = cloud.client("lambda").get_function(FunctionName=FUNCTION)["Configuration"]["Role"]
    assert issuer["arn"] == role
    pattern = cloud.client("events").describe_rule(Name=f"{FUNCTION}-changes")["EventPattern"]
    metrics = len(cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{FUNCTION}")["events"])
    cloud.events.publish(own)
    cloud.settle()
    assert (
        len(cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{FUNCTION}")["events"])
        == metrics
    )
    assert role.rpartition("/")[2] in pattern


def test_without_a_trail_nothing_is_noticed(cloud: Cloud, pushed: str) -> None:
    cloud.trail.on = False
    apply_old_image(cloud)
    assert newest(cloud, JOB)["containerProperties"]["image"] == f"{HOST}:first"
