"""What happens beside pushes, on the local cloud: the schedule, the direct call, and retention."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import push, seed_pair
from local.stack_pairs import read_stack, seed_stack
from tests.cloud.conftest import ROOT

DEV = "ecr-batch-updater-dev-newsarchivepro"
OCR = "ecr-batch-updater-test-ocr"
ROLES = ["arn:aws:iam::123456789012:role/job", "arn:aws:iam::123456789012:role/execution"]


def deploy(cloud: Cloud, *names: str, **keys: Any) -> dict[str, Any]:
    """A pair ``ocr`` with a schedule; its image was pushed before anything could hear of it."""
    seed_pair(cloud, repository="backend", job_definitions=names, roles=ROLES)
    push(cloud, "backend", "missed")
    own = {"repository": "backend", "jobDefinitions": list(names), "passRoles": ROLES}
    pair = own | {"reconcile": "rate(1 hour)"} | keys
    outputs = deploy_program(
        cloud, "test", project_dir=ROOT, config={"ecr-batch-updater:pairs": {"ocr": pair}}
    )
    found: dict[str, Any] = outputs["pairs"]["ocr"]
    return found


def tick(cloud: Cloud, base: str = OCR) -> None:
    cloud.tick(f"{base}-reconcile")
    cloud.settle()


def invoke(cloud: Cloud, **options: Any) -> list[tuple[str, str]]:
    """The outcomes and reasons of a reconcile that is called for."""
    payload = json.dumps({"action": "reconcile", **options})
    answer = cloud.client("lambda").invoke(FunctionName=OCR, Payload=payload)
    assert "FunctionError" not in answer
    outcomes = json.loads(answer["Payload"].read())["outcomes"]
    return [(outcome["outcome"], outcome["reason"]) for outcome in outcomes]


def active(cloud: Cloud, name: str) -> dict[int, str]:
    """Revision -> image."""
    answer = cloud.client("batch").describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
    return {item["revision"]: item["containerProperties"]["image"] for item in answer["jobDefinitions"]}


def calls(cloud: Cloud, function: str, since: int = 0) -> list[str]:
    """The function's calls, but for its log lines."""
    actions = [call.action for call in cloud.calls_by(function)]
    return sorted(action for action in actions[since:] if not action.startswith("logs:"))


def test_the_schedule_repairs_what_a_lost_event_left_behind(cloud: Cloud) -> None:
    seed_stack(cloud, read_stack(ROOT, "dev"))
    digest = push(cloud, "newsarchive-backend", "missed")
    deploy_program(cloud, "dev", project_dir=ROOT)
    cloud.settle()
    name = "newsarchivepro-ocr-job-definition"
    assert list(active(cloud, name)) == [1]
    tick(cloud, DEV)
    assert active(cloud, name)[2].endswith(f"newsarchive-backend@{digest}")
    assert {call.allowed for call in cloud.calls_by(DEV)} == {True}


@pytest.mark.parametrize("names", [("one",), ("one", "two", "three")])
def test_a_tick_with_nothing_to_do_reads_the_image_and_each_definition_once(
    cloud: Cloud, names: tuple[str, ...]
) -> None:
    deploy(cloud, *names)
    tick(cloud)
    registered, before = len(cloud.batch.requests), len(cloud.calls_by(OCR))
    assert registered == 2 * len(names)
    tick(cloud)
    assert calls(cloud, OCR, before) == ["batch:DescribeJobDefinitions"] * len(names) + ["ecr:DescribeImages"]
    assert len(cloud.batch.requests) == registered


def test_a_paused_pair_hears_no_tick_and_answers_a_call_with_paused(cloud: Cloud) -> None:
    deploy(cloud, "one", "two", paused=True)
    with pytest.raises(ValueError, match="DISABLED"):
        cloud.tick(f"{OCR}-reconcile")
    assert invoke(cloud) == [("skipped", "paused")] * 2
    assert calls(cloud, OCR) == []
    assert len(cloud.batch.requests) == 2


def test_a_dry_run_says_what_it_would_do_whether_called_or_on_schedule(cloud: Cloud) -> None:
    deploy(cloud, "one", dryRun=True)
    tick(cloud)
    ((outcome, reason),) = invoke(cloud)
    assert (outcome, "dry run" in reason) == ("skipped", True)
    assert set(calls(cloud, OCR)) == {"batch:DescribeJobDefinitions", "ecr:DescribeImages"}
    assert len(cloud.batch.requests) == 1


def test_a_single_call_can_be_a_dry_run(cloud: Cloud) -> None:
    deploy(cloud, "one")
    ((outcome, _),) = invoke(cloud, dryRun=True)
    assert (outcome, len(cloud.batch.requests)) == ("skipped", 1)
    ((outcome, _),) = invoke(cloud)
    assert (outcome, len(cloud.batch.requests)) == ("updated", 2)


def test_a_tick_that_cannot_be_delivered_waits_in_the_failure_queue(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one")
    cloud.client("lambda").remove_permission(FunctionName=OCR, StatementId="ScheduleInvokesFunction")
    tick(cloud)
    (message,) = cloud.client("sqs").receive_message(QueueUrl=outputs["queueUrl"])["Messages"]
    assert json.loads(message["Body"])["detail-type"] == "Scheduled Event"
    assert len(cloud.batch.requests) == 1


def test_without_the_key_nothing_ticks_and_every_revision_stays(cloud: Cloud) -> None:
    seed_pair(cloud, repository="backend", job_definitions=["one"], roles=ROLES)
    pair = {"repository": "backend", "jobDefinitions": ["one"], "passRoles": ROLES}
    deploy_program(cloud, "test", project_dir=ROOT, config={"ecr-batch-updater:pairs": {"ocr": pair}})
    with pytest.raises(LookupError):
        cloud.tick(f"{OCR}-reconcile")
    for build in ("a", "b", "c"):
        push(cloud, "backend", build)
        cloud.settle()
    assert sorted(active(cloud, "one")) == [1, 2, 3, 4]


def test_revisions_beyond_those_to_keep_go_and_those_of_other_writers_stay(cloud: Cloud) -> None:
    deploy(cloud, "one", keepRevisions=2)
    for build in ("a", "b", "c"):
        push(cloud, "backend", build)
        cloud.settle()
    # 1 was registered by hand, 2 to 4 by the function.
    assert sorted(active(cloud, "one")) == [1, 3, 4]
    assert {call.allowed for call in cloud.calls_by(OCR)} == {True}
