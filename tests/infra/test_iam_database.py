"""Every policy that the program creates or the documentation shows, against AWS's own list of actions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.infra.example import example
from tests.support.configurations import CONFIGURATIONS
from tests.support.iam_database import overlap, problems, resource_formats
from tests.support.recorder import ROOT, evaluate_main

BATCH = "arn:aws:batch:ap-southeast-2:123456789012:job-definition"
LOGS = "arn:aws:logs:ap-southeast-2:123456789012:log-group"
_ON_THE_NAME = (
    "The list (list_awsbatch.html) has TagResource on revisions alone, but what is being registered has no "
    "number yet, and users have been refused for the bare name"
)
_ON_GROUPS = (
    "The list has no type for DescribeLogGroups, but AWS judges it by log-group::log-stream:, so that it can "
    "be kept from `*`: hashicorp/terraform-provider-aws, issue 8804"
)

_WITH_STAR = (
    "The list has the ARN of a log group without `:*`, with which policies have to name it: "
    "AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html"
)


def accepted(sid: str, statement: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What the list does not decide, with the reason."""
    names = [each for each in resources(statement) if re.fullmatch(rf"{BATCH}/[\w-]+", each)]
    reasons = {("batch:TagResource", name): _ON_THE_NAME for name in names}
    for each in resources(statement):
        if each.startswith(f"{LOGS}:/") and each.endswith(":*"):
            reasons[("logs:FilterLogEvents", each)] = _WITH_STAR
    if sid == "CheckLogGroups":
        reasons[("logs:DescribeLogGroups", f"{LOGS}:*")] = _ON_GROUPS
    return reasons


def resources(statement: Mapping[str, Any]) -> list[str]:
    listed = statement.get("Resource", [])
    return [listed] if isinstance(listed, str) else list(listed)


def policies_of_the_program() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Whatever property of whatever resource holds one, in every configuration and with a topic."""
    pairs = {name: dict(configuration.keys) for name, configuration in CONFIGURATIONS.items()}
    recording = evaluate_main(
        example()
        | {"ecr-batch-updater:pairs": pairs, "ecr-batch-updater:alarmEmails": ["operator@example.com"]}
    )
    for resource in recording.resources:
        for key, value in resource.inputs.items():
            document = json.loads(value) if isinstance(value, str) and value.startswith("{") else {}
            if "Statement" in document:
                yield f"{resource.name} {key}", document


def policies_of_the_documentation() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        blocks = re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)
        for number, document in enumerate(map(json.loads, blocks), start=1):
            if "Statement" in document:
                yield f"{page.name} {number}", document


@pytest.fixture(scope="module")
def policies() -> dict[str, Mapping[str, Any]]:
    return dict([*policies_of_the_program(), *policies_of_the_documentation()])


def test_the_policies_are_those_of_roles_queues_and_pages(policies: dict[str, Any]) -> None:
    kinds = {name.rpartition(" ")[2] for name in policies if name.partition("-")[0] in {"plain", "roles"}}
    pages = {name.partition(" ")[0] for name in policies if ".md " in name}
    assert kinds == {"assumeRolePolicy", "policy"}
    assert {"operator-permissions.md"} <= pages
    # Three a pair: trust, role, queue.
    assert len(policies) >= 3 * len(CONFIGURATIONS) + 3


def test_actions_exist_on_these_resources_with_these_conditions(policies: dict[str, Any]) -> None:
    found = [
        f"{name}, {statement['Sid']}: {problem}"
        for name, document in policies.items()
        for statement in document["Statement"]
        for problem in problems(statement, accepted=accepted(statement["Sid"], statement))
    ]
    assert found == []


STATEMENT = {
    "Sid": "Register",
    "Action": ["batch:RegisterJobDefinition"],
    "Resource": [f"{BATCH}/ocr"],
    "Condition": {"StringEquals": {"batch:Image": "x", "aws:RequestTag/team": "ocr"}},
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"Action": ["batch:RegisterJobDefinitions"]}, "batch:RegisterJobDefinitions does not exist"),
        ({"Action": ["batsh:RegisterJobDefinition"]}, "batsh:RegisterJobDefinition does not exist"),
        ({"Resource": ["*"]}, "* is of no type"),
        ({"Resource": [f"{BATCH}/ocr", "*"]}, "* does not stand alone"),
        ({"Resource": ["arn:aws:batch:ap-southeast-2:123456789012:job-queue/ocr"]}, "is of no type"),
        ({"Resource": ["arn:aws:batch:*:*:job-definition/ocr"]}, "is of no type"),
        ({"Action": ["batch:DescribeJobDefinitions"]}, "is of no type"),
        (
            {"Action": ["batch:RegisterJobDefinition", "sqs:SendMessage"], "Condition": {}},
            "sqs:SendMessage cannot be allowed on any of",
        ),
        (
            {"Condition": {"StringEquals": {"iam:PassedToService": "x"}}},
            "iam:PassedToService is no condition key of batch:RegisterJobDefinition",
        ),
    ],
)
def test_what_is_wrong_with_a_statement_is_seen(change: dict[str, Any], problem: str | None) -> None:
    found = list(problems({**STATEMENT, **change}, accepted={}))
    assert found == [] if problem is None else any(problem in each for each in found)


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        (f"{BATCH}/ocr", "batch:DeregisterJobDefinition", False),
        (f"{BATCH}/ocr:*", "batch:DeregisterJobDefinition", True),
        (f"{BATCH}/ocr:?", "batch:RegisterJobDefinition", False),
        (f"{LOGS}:/aws/lambda/ocr:*", "logs:PutLogEvents", True),
        (f"{LOGS}:/aws/lambda/ocr", "logs:PutLogEvents", False),
    ],
)
def test_a_pattern_belongs_to_a_format_when_an_arn_can_fit_both(
    pattern: str, action: str, matches: bool
) -> None:
    assert any(overlap(pattern, each) for each in resource_formats(action)) == matches


def test_what_the_list_does_not_decide_is_still_what_it_says() -> None:
    """An exception that a newer list makes needless fails here."""
    assert resource_formats("logs:DescribeLogGroups") == []
    assert not any(overlap(f"{BATCH}/ocr", each) for each in resource_formats("batch:TagResource"))
    assert not any(overlap(f"{LOGS}:/x:*", each) for each in resource_formats("logs:FilterLogEvents"))
