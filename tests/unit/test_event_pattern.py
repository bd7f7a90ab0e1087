"""Which events the rules of a pair let through."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from components.documents.event_pattern import image_arrived, image_scanned
from components.policy_proof.proof import tag_filters
from handler.policy import ExactTag
from local.eventbridge import patterns as event_patterns
from tests.support.place import PLACE

# AmazonECR/latest/userguide/ecr-eventbridge.html
PUSH: dict[str, Any] = {
    "version": "0",
    "id": "13cde686-328b-6117-af20-0e5566167482",
    "detail-type": "ECR Image Action",
    "source": "aws.ecr",
    "account": "123456789012",
    "time": "2019-11-16T01:54:34Z",
    "region": "ap-southeast-2",
    "resources": [],
    "detail": {
        "result": "SUCCESS",
        "repository-name": "team/backend",
        "image-digest": "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234abcd",
        "action-type": "PUSH",
        "image-tag": "latest",
    },
}

REPLICATION = PUSH | {
    "detail-type": "ECR Replication Action",
    "resources": ["arn:aws:ecr:ap-southeast-2:123456789012:repository/team/backend"],
    "detail": PUSH["detail"]
    | {"action-type": "REPLICATE", "source-account": "210987654321", "source-region": "us-west-2"},
}


def pattern() -> dict[str, Any]:
    return image_arrived(PLACE, "team/backend", tag_filters(ExactTag("latest")))


def matches(event: dict[str, Any]) -> bool:
    return bool(EventPattern.load(json.dumps(pattern())).matches_event(event))  # type: ignore[arg-type]


def changed(event: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    event = copy.deepcopy(event)
    (event["detail"] if key in event["detail"] else event)[key] = value
    return event


def test_the_event_pattern_is_exactly_this() -> None:
    assert pattern() == {
        "source": ["aws.ecr"],
        "account": ["123456789012"],
        "region": ["ap-southeast-2"],
        "detail-type": ["ECR Image Action", "ECR Replication Action"],
        "detail": {
            "action-type": ["PUSH", "REPLICATE"],
            "result": ["SUCCESS"],
            "repository-name": ["team/backend"],
            "image-tag": ["latest"],
        },
    }


def test_a_push_of_the_tag_matches() -> None:
    assert matches(PUSH)


def test_a_replication_of_the_tag_into_this_registry_matches() -> None:
    assert matches(REPLICATION)


@pytest.mark.parametrize("event", [PUSH, REPLICATION], ids=["push", "replication"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("source", "my.own"),
        ("account", "210987654321"),
        ("region", "us-west-2"),
        ("detail-type", "ECR Image Scan"),
        ("action-type", "DELETE"),
        ("action-type", "UPDATE_STORAGE_CLASS"),
        ("result", "FAILURE"),
        ("repository-name", "team/backend2"),
        ("repository-name", "team"),
        ("image-tag", "latest-arm64"),
        ("image-tag", ""),
    ],
)
def test_any_other_event_does_not_match(event: dict[str, Any], key: str, value: str) -> None:
    assert not matches(changed(event, key, value))


def test_an_untagged_push_does_not_match() -> None:
    event = copy.deepcopy(PUSH)
    del event["detail"]["image-tag"]
    assert not matches(event)


SCAN: dict[str, Any] = {
    "source": "aws.ecr",
    "account": "123456789012",
    "region": "ap-southeast-2",
    "detail-type": "ECR Image Scan",
    "detail": {"scan-status": "COMPLETE", "repository-name": "team/backend", "image-tags": []},
}

INSPECTOR: dict[str, Any] = {
    **SCAN,
    "source": "aws.inspector2",
    "detail-type": "Inspector2 Scan",
    "detail": {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": "arn:aws:ecr:ap-southeast-2:123456789012:repository/team/backend",
    },
}


def is_scan(event: dict[str, Any]) -> bool:
    return event_patterns.matches(image_scanned(PLACE, "team/backend"), event)


@pytest.mark.parametrize("event", [SCAN, INSPECTOR], ids=["basic", "enhanced"])
def test_a_scan_of_the_repository_matches_whatever_its_tags_and_how_it_ended(event: dict[str, Any]) -> None:
    assert is_scan(event)
    assert is_scan(changed(event, "scan-status", "FAILED"))
    for key, value in (
        ("account", "210987654321"),
        ("region", "us-west-2"),
        ("repository-name", "team/backend2"),
        ("repository-name", "arn:aws:ecr:ap-southeast-2:123456789012:repository/other"),
        ("detail-type", "ECR Image Action"),
        ("source", "custom"),
    ):
        assert not is_scan(changed(event, key, value)), (key, value)
