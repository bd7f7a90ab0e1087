"""Which events start a run, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.document.image import Repository
from handler.errors import EventError
from handler.event import Trigger, read_event

REPOSITORY = Repository(account="123456789012", region="us-west-2", name="my-repository-name")
DEFINITIONS = ("one", "two")


def push_event(**changes: Any) -> dict[str, Any]:
    """The sample of AmazonECR/latest/userguide/ecr-eventbridge.html; ``detail__x`` changes the detail."""
    detail = {
        "result": "SUCCESS",
        "repository-name": "my-repository-name",
        "image-digest": "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234",
        "action-type": "PUSH",
        "image-tag": "latest",
    }
    event: dict[str, Any] = {
        "version": "0",
        "id": "13cde686-328b-6117-af20-0e5566167482",
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": "123456789012",
        "time": "2019-11-16T01:54:34Z",
        "region": "us-west-2",
        "resources": [],
        "detail": detail,
    }
    return {**event, **changes}


def with_detail(**changes: Any) -> dict[str, Any]:
    event = push_event()
    return {
        **event,
        "detail": {**event["detail"], **{key.replace("_", "-"): value for key, value in changes.items()}},
    }


def read(event: Any) -> Trigger:
    return read_event(event, REPOSITORY, DEFINITIONS, "request-1")


def test_a_push_tells_its_tag_digest_time_and_id() -> None:
    assert read(push_event()) == Trigger(
        event_id="13cde686-328b-6117-af20-0e5566167482",
        at=datetime(2019, 11, 16, 1, 54, 34, tzinfo=UTC),
        tag="latest",
        digest="sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234",
    )


def test_a_replication_counts_as_a_push() -> None:
    event = with_detail(action_type="REPLICATE", source_account="999999999999", source_region="us-east-1")
    assert read({**event, "detail-type": "ECR Replication Action"}).is_push


@pytest.mark.parametrize("tag", ["", None])
def test_a_push_without_a_tag_is_evidence_about_no_tag(tag: str | None) -> None:
    assert read(with_detail(image_tag=tag)).tag == ""


def test_the_tick_of_a_schedule_is_a_reconcile() -> None:
    trigger = read({"source": "aws.events", "detail-type": "Scheduled Event", "id": "tick-1", "detail": {}})
    assert (trigger.is_push, trigger.event_id, trigger.definitions) == (False, "tick-1", ())


def test_a_direct_call_may_ask_for_a_dry_run_of_some_definitions() -> None:
    trigger = read({"action": "reconcile", "dryRun": True, "jobDefinitions": ["two"]})
    assert (trigger.dry_run, trigger.definitions, trigger.event_id) == (True, ("two",), "request-1")


def test_a_direct_call_means_all_definitions_by_default() -> None:
    trigger = read({"action": "reconcile"})
    assert (trigger.dry_run, trigger.definitions) == (False, ())


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (push_event(account="999999999999"), "account '999999999999'"),
        (push_event(region="eu-west-1"), "region 'eu-west-1'"),
        (push_event(time="yesterday"), "time 'yesterday'"),
        (push_event(time=12), "time 12"),
        (push_event(id=None), "id None"),
        (with_detail(repository_name="other"), "repository-name 'other'"),
        (with_detail(repository_name=["my-repository-name"]), "repository-name"),
        (with_detail(action_type="DELETE"), "action-type 'DELETE'"),
        (with_detail(result="FAILURE"), "result 'FAILURE'"),
        (with_detail(image_tag=7), "image-tag"),
        (with_detail(image_digest={}), "image-digest"),
        ({**push_event(), "detail-type": "ECR Pull Through Cache Action"}, "is none of"),
        ({**push_event(), "source": "custom"}, "is none of"),
        ({**push_event(), "detail": "text"}, "is none of"),
        ({}, "is none of"),
        (None, "is none of"),
        ([], "is none of"),
        ({"action": "redeploy"}, "is none of"),
        ({"action": "reconcile", "dryrun": True}, "unknown keys dryrun"),
        ({"action": "reconcile", "dryRun": "yes"}, "dryRun 'yes'"),
        ({"action": "reconcile", "jobDefinitions": ["three"]}, "jobDefinitions ['three']"),
        ({"action": "reconcile", "jobDefinitions": []}, "jobDefinitions []"),
        ({"action": "reconcile", "jobDefinitions": "one"}, "jobDefinitions 'one'"),
        ({"action": "reconcile", "jobDefinitions": [["one"]]}, "jobDefinitions [['one']]"),
    ],
)
def test_anything_else_is_refused_by_name(event: Any, named: str) -> None:
    with pytest.raises(EventError) as refused:
        read(event)
    assert named in str(refused.value)
    assert "Remedy" in str(refused.value)


def change(**changes: Any) -> dict[str, Any]:
    """CloudTrail's record of a registration, as EventBridge delivers it."""
    detail = {
        "eventSource": "batch.amazonaws.com",
        "eventName": "RegisterJobDefinition",
        "requestParameters": {"jobDefinitionName": "two", "type": "container"},
    }
    event = {**push_event(), "source": "aws.batch", "detail-type": "AWS API Call via CloudTrail"}
    return {**event, "detail": {**detail, **changes}}


def test_somebody_elses_registration_is_a_reconcile_of_that_definition() -> None:
    trigger = read(change())
    assert (trigger.is_push, trigger.dry_run, trigger.definitions) == (False, False, ("two",))
    assert trigger.event_id == "13cde686-328b-6117-af20-0e5566167482"


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (change(eventName="DeregisterJobDefinition"), "eventName 'DeregisterJobDefinition'"),
        (change(requestParameters={"jobDefinitionName": "three"}), "jobDefinitionName 'three'"),
        (change(requestParameters={"jobDefinitionName": ["two"]}), "jobDefinitionName ['two']"),
        (change(requestParameters=None), "jobDefinitionName None"),
        ({**change(), "account": "999999999999"}, "account '999999999999'"),
    ],
)
def test_other_records_of_cloudtrail_are_refused_by_name(event: Any, named: str) -> None:
    with pytest.raises(EventError) as refused:
        read(event)
    assert named in str(refused.value)


def scan(**changes: Any) -> dict[str, Any]:
    """A basic scan that is over, as AmazonECR/latest/userguide/ecr-eventbridge.html shows it."""
    event = with_detail(**{"scan_status": "COMPLETE", "image_tags": [], **changes})
    return {**event, "detail-type": "ECR Image Scan"}


def enhanced(**changes: Any) -> dict[str, Any]:
    """The first enhanced scan of an image: image-scanning-enhanced-events.html."""
    arn = f"arn:aws:ecr:{REPOSITORY.region}:{REPOSITORY.account}:repository/{REPOSITORY.name}"
    event = scan(**{"scan_status": "INITIAL_SCAN_COMPLETE", "repository_name": arn, **changes})
    return {**event, "source": "aws.inspector2", "detail-type": "Inspector2 Scan"}


@pytest.mark.parametrize("event", [scan(), enhanced()])
def test_a_scan_is_evidence_that_ecr_has_it_and_no_push(event: dict[str, Any]) -> None:
    trigger = read(event)
    assert trigger.scanned == push_event()["detail"]["image-digest"]
    assert (trigger.is_push, trigger.tag, trigger.digest, trigger.definitions) == (False, "", "", ())
    assert trigger.event_id == push_event()["id"]


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (scan(repository_name="other"), "repository-name 'other'"),
        (enhanced(repository_name=REPOSITORY.name), "repository-name 'my-repository-name'"),
        (scan(image_digest=""), "image-digest that is no string"),
        (scan(image_digest=None), "image-digest that is no string"),
        (enhanced(image_digest=7), "image-digest that is no string"),
        ({**scan(), "region": "eu-west-1"}, "region 'eu-west-1'"),
        ({**scan(), "source": "aws.inspector2"}, "is none of"),
        ({**enhanced(), "source": "aws.ecr"}, "is none of"),
    ],
)
def test_other_scans_are_refused_by_name(event: Any, named: str) -> None:
    with pytest.raises(EventError) as refused:
        read(event)
    assert named in str(refused.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(
    changes=st.dictionaries(st.sampled_from([*push_event(), "action", "dryRun", "jobDefinitions"]), ANYTHING),
    detail=st.dictionaries(st.sampled_from([*push_event()["detail"]]), ANYTHING),
)
def test_a_hostile_event_is_read_or_refused_but_never_crashes(changes: Any, detail: Any) -> None:
    event = push_event()
    event["detail"] = {**event["detail"], **detail}
    try:
        trigger = read({**event, **changes})
    except EventError:
        return
    assert isinstance(trigger.tag, str)
    assert set(trigger.definitions) <= set(DEFINITIONS)


def test_a_huge_event_makes_no_huge_message() -> None:
    with pytest.raises(EventError) as refused:
        read({"action": "x" * 1_000_000})
    assert len(str(refused.value)) < 1000
