"""`pulumi stack export` holds nothing in the clear of what the configuration holds encrypted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from local.cloud import Cloud
from tests.support.rehearsal import Rehearsal, rehearsing

TOPIC = "arn:aws:sns:ap-southeast-2:123456789012:hush-topic"
SECRETS = {
    "pairs.ocr.repository": "hush-repository",
    "pairs.ocr.tags.team": "hush-team",
    "pairs.ocr.alarmTopics[0]": TOPIC,
    "pairs.ocr.permissionsBoundary": "arn:aws:iam::123456789012:policy/hush",
    "alarmEmails[0]": "hush@example.com",
}
PAIR = {"repository": "hush-repository", "jobDefinitions": ["ocr-job"], "followChanges": True}


@pytest.fixture(scope="module")
def rehearsal(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(running_cloud, tmp_path_factory.mktemp("encrypted")) as running:
        running.stack("dev", pairs={"ocr": PAIR})
        yield running


def encrypt(rehearsal: Rehearsal, key: str, value: str) -> None:
    rehearsal.project.pulumi("config", "set", "--secret", "--path", f"{rehearsal.name}:{key}", value)


def exported(rehearsal: Rehearsal) -> str:
    return json.dumps(rehearsal.project.exported())


def test_what_is_encrypted_is_nowhere_in_the_state_nor_in_what_is_printed(rehearsal: Rehearsal) -> None:
    project = rehearsal.project
    project.up("--skip-preview")
    assert "hush-repository" in exported(rehearsal)
    for key, value in SECRETS.items():
        encrypt(rehearsal, key, value)
    printed = project.preview("--diff").output + project.up("--skip-preview").output
    assert "hush" not in printed
    assert "hush" not in exported(rehearsal)
    # What AWS answers, such as the policies in a role, comes into the state as well.
    project.pulumi("refresh", "--yes", "--non-interactive", "--skip-preview")
    assert "hush" not in exported(rehearsal)
    assert project.preview("--expect-no-changes").changes() == {}
    (variables,) = (
        each["Environment"]["Variables"]
        for each in rehearsal.cloud.client("lambda").list_functions()["Functions"]
    )
    assert variables["ECR_REPOSITORY_NAME"] == "hush-repository"


def test_a_wrong_value_that_is_encrypted_is_not_printed(rehearsal: Rehearsal) -> None:
    encrypt(rehearsal, "pairs.ocr.repository", "HUSH")
    ran = rehearsal.project.preview(check=False)
    assert 'pair "ocr", key "repository": found a secret value, expected the name of an ECR' in ran.output
    assert (ran.code, "HUSH" in ran.output) == (1, False)
