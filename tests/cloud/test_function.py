"""The packaged function on the local cloud: from a push to the revision, the log and the queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handler import provenance
from local.cloud import Cloud
from local.seed import push
from tests.cloud.pair import FUNCTION, HOST, ROLES, deploy, invoke, newest, queued, records, redeploy


def test_one_push_updates_every_definition_of_the_pair(cloud: Cloud) -> None:
    deploy(cloud, "one", "two", "three")
    digest = push(cloud, "backend", "build")
    cloud.settle()
    images = [newest(cloud, name)["containerProperties"]["image"] for name in ("one", "two", "three")]
    assert images == [f"{HOST}@{digest}"] * 3
    outcomes = [record for record in records(cloud) if "outcome" in record]
    assert {record["jobDefinition"]: record["outcome"] for record in outcomes} == {
        "one": "updated",
        "two": "updated",
        "three": "updated",
    }


def test_what_is_sent_is_what_was_described_but_for_image_and_provenance(cloud: Cloud) -> None:
    deploy(cloud, "one")
    before = newest(cloud, "one")
    digest = push(cloud, "backend", "build")
    cloud.settle()
    sent = cloud.batch.requests[-1]
    ours = {key for key in sent["tags"] if key.startswith(provenance.PREFIX)}
    assert sent["containerProperties"].pop("image") == f"{HOST}@{digest}"
    assert ours == {
        provenance.PREVIOUS_REVISION,
        provenance.IMAGE_DIGEST,
        provenance.IMAGE_TAG,
        provenance.EVENT_ID,
        provenance.UPDATED_AT,
    }
    sent["tags"] = {key: value for key, value in sent["tags"].items() if key not in ours}
    expected = {
        key: value for key, value in before.items() if key not in ("jobDefinitionArn", "revision", "status")
    }
    expected.pop("containerOrchestrationType", None)
    expected["containerProperties"].pop("image")
    assert sent == expected


def test_pinned_by_tag_the_reference_stays_and_the_tags_tell_the_digest(cloud: Cloud) -> None:
    deploy(cloud, "one", pin="tag")
    digests = []
    for build in ("first", "second"):
        digests.append(push(cloud, "backend", build))
        cloud.settle()
    revision = newest(cloud, "one")
    assert (revision["revision"], revision["containerProperties"]["image"]) == (3, f"{HOST}:latest")
    assert revision["tags"][provenance.IMAGE_DIGEST] == digests[-1]


def test_a_definition_that_is_missing_fails_alone_and_the_event_ends_in_the_failure_queue(
    cloud: Cloud,
) -> None:
    outputs = deploy(cloud, "one", "missing", seeded=("one",))
    push(cloud, "backend", "build")
    cloud.settle()
    assert newest(cloud, "one")["revision"] == 2
    (message,) = queued(cloud, outputs)
    assert message["requestContext"]["condition"] == "RetriesExhausted"
    assert message["requestPayload"]["detail"]["image-tag"] == "latest"
    assert message["responsePayload"]["errorType"] == "UpdateFailed"
    assert "missing: DefinitionNotFound" in message["responsePayload"]["errorMessage"]
    failures = [record for record in records(cloud) if record.get("outcome") == "failed"]
    assert [record["level"] for record in failures] == ["ERROR"] * 3


@pytest.mark.denies
def test_a_role_that_may_not_be_passed_is_named_with_the_key_that_grants_it(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one", passRoles=ROLES[:1])
    push(cloud, "backend", "build")
    cloud.settle()
    assert newest(cloud, "one")["revision"] == 1
    (message,) = queued(cloud, outputs)
    said = message["responsePayload"]["errorMessage"]
    assert "AccessDenied" in said
    assert "iam:PassRole" in said
    assert ROLES[1] in said
    assert "passRoles" in said


def test_a_reconcile_brings_a_definition_up_to_date_whose_event_was_lost(cloud: Cloud) -> None:
    deploy(cloud, "one", paused=True)
    digest = push(cloud, "backend", "build")
    cloud.settle()
    assert newest(cloud, "one")["revision"] == 1
    assert [item["reason"] for item in invoke(cloud, {"action": "reconcile"})["outcomes"]] == ["paused"]
    redeploy(cloud, "one")
    result = invoke(cloud, {"action": "reconcile"})
    assert (result["failed"], result["selectedImage"]) == (False, {"tag": "latest", "digest": digest})
    assert newest(cloud, "one")["containerProperties"]["image"] == f"{HOST}@{digest}"


@pytest.mark.parametrize("keys", [{"dryRun": True}, {}])
def test_a_dry_run_shows_the_plan_and_registers_nothing(cloud: Cloud, keys: dict[str, Any]) -> None:
    deploy(cloud, "one", **keys)
    cloud.client("events").disable_rule(Name=FUNCTION)
    digest = push(cloud, "backend", "build")
    asked = {} if keys else {"dryRun": True}
    result = invoke(cloud, {"action": "reconcile", **asked})
    (outcome,) = result["outcomes"]
    assert (result["dryRun"], outcome["outcome"], outcome["newRevision"]) == (True, "skipped", None)
    assert (outcome["previousImage"], outcome["newImage"]) == (f"{HOST}:first", f"{HOST}@{digest}")
    assert len(cloud.batch.requests) == 1


def test_a_replicated_image_counts_as_a_push(cloud: Cloud) -> None:
    deploy(cloud, "one")
    cloud.client("events").disable_rule(Name=FUNCTION)
    digest = push(cloud, "backend", "build")
    cloud.client("events").enable_rule(Name=FUNCTION)
    event = json.loads(json.dumps(cloud.events.history[-1]))
    event["detail-type"] = "ECR Replication Action"
    event["detail"]["action-type"] = "REPLICATE"
    cloud.events.publish(event)
    cloud.settle()
    assert newest(cloud, "one")["containerProperties"]["image"] == f"{HOST}@{digest}"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"action": "delete"},
        {"source": "aws.ecr", "detail-type": "ECR Image Action", "detail": {}, "x": "y" * 9999},
    ],
)
def test_an_event_that_is_none_of_ours_is_refused_and_nothing_is_called(
    cloud: Cloud, event: dict[str, Any]
) -> None:
    deploy(cloud, "one")
    result = invoke(cloud, event)
    assert (result["failed"], result["errorType"]) == (True, "EventError")
    called = {call.action for call in cloud.calls_by(FUNCTION)}
    assert called <= {"logs:CreateLogStream", "logs:PutLogEvents"}
