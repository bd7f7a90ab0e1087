"""What docs/security.md says of the role's policy and of the tests."""

from __future__ import annotations

import re

import pytest

from components.documents.iam import function_policy
from components.naming import Names, Place
from components.pair import keys, parse
from components.problems import Spelling
from local.iam.policy import Access, decide
from tests.support.configurations import SWITCHES
from tests.support.iam_database import resource_formats
from tests.support.recorder import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
SECTIONS = {text.partition("\n")[0]: text for text in PAGE.split("\n## ")}
STOLEN = SECTIONS["What a stolen role of the function could do"]
ARN = {
    "batch": "arn:aws:batch:ap-southeast-2:123456789012:job-definition/other",
    "ecr": "arn:aws:ecr:ap-southeast-2:123456789012:repository/backend",
    "iam": "arn:aws:iam::123456789012:role/ocr-role",
}


def everything() -> dict[str, list[dict[str, object]]]:
    """The policy with every switch on: the last position of each."""
    values: dict[str, object] = {"repository": "backend", "jobDefinitions": ["ocr-job"]}
    for switch in SWITCHES:
        values |= list(switch.positions.values())[-1]
    policy: dict[str, list[dict[str, object]]] = function_policy(
        Place("aws", "ap-southeast-2", "123456789012"),
        Names("ecr-batch-updater", "dev", "ocr"),
        parse("ocr", values, spelling=Spelling.YAML),
    )
    return policy


def rows(section: str) -> list[str]:
    """The first cells of a section's table."""
    return re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)


def test_the_page_says_of_each_statement_what_a_thief_could_do() -> None:
    assert sorted(cell.strip("`") for cell in rows(STOLEN)) == sorted(
        str(statement["Sid"]) for statement in everything()["Statement"]
    )


def refused_actions() -> list[str]:
    (sentence,) = re.findall(r"^It cannot .+?\n\n", STOLEN, re.MULTILINE | re.DOTALL)
    return re.findall(r"`(\w+:\w+)`", sentence)


@pytest.mark.parametrize("action", refused_actions())
def test_the_role_cannot_do_what_the_page_says_that_it_cannot(action: str) -> None:
    assert resource_formats(action), f"{action} does not exist"
    own = [
        resource
        for statement in everything()["Statement"]
        for resource in statement["Resource"]  # type: ignore[attr-defined]
    ]
    for resource in [*own, ARN.get(action.partition(":")[0], "*"), "*"]:
        assert decide([everything()], Access(action=action, resource=resource)) != "allowed"


@pytest.mark.parametrize("action", ["batch:RegisterJobDefinition", "batch:TagResource"])
def test_the_role_cannot_touch_the_definitions_of_other_pairs(action: str) -> None:
    assert decide([everything()], Access(action=action, resource=ARN["batch"])) != "allowed"
    own = ARN["batch"].replace("other", "ocr-job")
    assert decide([everything()], Access(action=action, resource=own)) == "allowed"


def test_the_settings_that_narrow_it_are_keys_of_a_pair() -> None:
    cells = rows(SECTIONS["What narrows it"])
    named = [name.partition(".")[0] for cell in cells for name in re.findall(r"`([\w.]+)`", cell)]
    assert set(named) <= set(keys(Spelling.YAML))
    assert len(named) >= len(cells) > 5


def test_the_tests_that_it_names_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    defined = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= defined
