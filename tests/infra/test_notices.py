"""No notice can start the function that published it, whatever the pair's configuration."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from handler.document.image import Image, Repository
from handler.event import Trigger
from handler.report.notices import SOURCE, notices
from handler.report.outcome import Outcome, Result
from local.eventbridge.patterns import matches
from local.iam.policy import Access, decide
from tests.infra.example import HERE, with_keys
from tests.support.recorder import ACCOUNT, Recording, evaluate_main

POLICIES: dict[str, dict[str, Any]] = {
    "tag": {},
    "glob": {"imagePolicy": {"glob": "*"}},
    "regex": {"imagePolicy": {"regex": "^main-([0-9]+)$", "order": "numeric"}},
    "semver": {"imagePolicy": {"semver": ">=1.4 <2"}},
}
OTHERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "gates": {"requires": {"maxSeverity": "HIGH", "platform": "linux/arm64"}, "reconcile": "rate(1 hour)"},
    "schedule": {"reconcile": "rate(1 hour)"},
    "quiet": {"notify": False},
}
REPOSITORY = Repository(account=ACCOUNT, region=HERE.partition(":")[0], name="newsarchive-backend")
JOB = Outcome(definition="newsarchivepro-ocr-job-definition", kind="updated", reason="new", new_revision=2)
OUTCOMES = (JOB, replace(JOB, kind="failed", error=ValueError("no")), replace(JOB, definition="other"))
RESULT = Result(
    pair="newsarchivepro", dry_run=False, image=Image(tag="latest", digest="sha256:a"), outcomes=OUTCOMES
)


def event(source: str, detail_type: str, detail: Any, resources: list[str]) -> dict[str, Any]:
    """The event as EventBridge hands it to rules."""
    return {
        "version": "0",
        "id": "1",
        "detail-type": detail_type,
        "source": source,
        "account": REPOSITORY.account,
        "time": "2026-11-24T10:00:43Z",
        "region": REPOSITORY.region,
        "resources": resources,
        "detail": detail,
    }


def told() -> list[dict[str, Any]]:
    entries = notices(RESULT, Trigger(event_id="1"), REPOSITORY).values()
    return [
        event(entry["Source"], entry["DetailType"], json.loads(entry["Detail"]), entry["Resources"])
        for entry in entries
    ]


def push(tag: str) -> dict[str, Any]:
    detail = {
        "result": "SUCCESS",
        "action-type": "PUSH",
        "repository-name": REPOSITORY.name,
        "image-tag": tag,
        "image-digest": "sha256:a",
    }
    return event("aws.ecr", "ECR Image Action", detail, [])


def patterns(recording: Recording) -> list[dict[str, Any]]:
    rules = recording.all("EventRule")
    assert all(("eventPattern" in rule.inputs) != ("scheduleExpression" in rule.inputs) for rule in rules)
    return [rule.document("eventPattern") for rule in rules if "eventPattern" in rule.inputs]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("other", OTHERS)
def test_no_rule_of_a_pair_matches_a_notice(policy: str, other: str) -> None:
    recording = evaluate_main(with_keys(**POLICIES[policy], **OTHERS[other]))
    found = patterns(recording)
    tag = {"tag": "latest", "glob": "any", "regex": "main-7", "semver": "1.5.0"}[policy]
    assert any(matches(pattern, push(tag)) for pattern in found)
    assert [(pattern, notice) for pattern in found for notice in told() if matches(pattern, notice)] == []
    # Whatever a notice may hold one day: each rule names its sources, and all are AWS's own.
    assert {source.partition(".")[0] for pattern in found for source in pattern["source"]} == {"aws"}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("source", ["aws.ecr", "aws.inspector2", "aws.events", f"{SOURCE}.x", ""])
def test_the_role_may_publish_nothing_that_could_pass_for_what_the_rules_match(
    other: str, source: str
) -> None:
    policy = evaluate_main(with_keys(**OTHERS[other])).one("RolePolicy").document("policy")
    bus = f"arn:aws:events:{HERE}:event-bus/default"

    def may(**context: list[str]) -> bool:
        access = Access(action="events:PutEvents", resource=bus, context={**context})
        return decide([policy], access) == "allowed"

    own = other != "quiet"
    assert may(**{"events:source": [SOURCE]}) is own
    assert may(**{"events:source": [SOURCE, SOURCE]}) is own
    assert not may(**{"events:source": [source]})
    assert not may(**{"events:source": [SOURCE, source]})
    assert not may()
