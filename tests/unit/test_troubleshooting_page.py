"""docs/troubleshooting.md: its messages are the program's, and it leaves out no error and no alarm."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import pytest

import stack_config
from components.documents.alarms import pair_alarms
from components.naming import Names, RuleKind
from components.problems import ConfigErrors
from handler import errors
from ops.errors import StackError
from ops.pulumi_files.document import read_yaml
from ops.pulumi_files.project import read_project
from ops.pulumi_files.stack import read_stack
from ops.pulumi_files.value import value_of
from tests.support.pages import ROOT, page

PAGE = page("troubleshooting.md")
REQUIRED = {"repository": "ocr", "jobDefinitions": ["ocr-prod"]}
# The program refuses what these are about, so the function does not meet it.
REFUSED_BEFORE = {"PolicyError", "RequirementError"}


def table(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    (section,) = [text for text in PAGE.split("\n## ") if text.startswith(f"{title}\n")]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return lines[1:]


@functools.cache
def strings(directory: Path) -> set[str]:
    """Every text in the code; a NUL stands for what is put into it."""
    found = set()
    for file in directory.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.JoinedStr():
                    found.add(
                        "".join(
                            str(part.value) if isinstance(part, ast.Constant) else "\0"
                            for part in node.values
                        )
                    )
                case ast.Constant(value=str(text)):
                    found.add(text)
    return found


def said(quoted: str, texts: set[str]) -> bool:
    """Whether one of the texts says what is quoted, in which … stands for anything."""
    pattern = re.compile(".*".join(map(re.escape, quoted.strip("`").split("…"))), re.DOTALL)
    return any(pattern.search(text) for text in texts)


def leaves() -> set[str]:
    """The errors that the function raises: those of which there are no kinds, and AwsError."""
    kinds = {each for each in vars(errors).values() if isinstance(each, type)}
    return {each.__name__ for each in kinds if not each.__subclasses__()} | {"AwsError"}


def configuration(written: str) -> dict[str, Any]:
    """A stack with what a cell of the table shows: keys of its pair, or a key beside the pairs."""
    place, quoted = re.fullmatch(r"(beside `pairs`: )?`(.+)`", written).groups()  # type: ignore[union-attr]
    keys: dict[str, Any] = value_of(read_yaml(quoted.encode()).value).content
    if place:
        return {"pairs": {"ocr": REQUIRED}} | {key.partition(":")[2]: value for key, value in keys.items()}
    return {"pairs": {"ocr": REQUIRED | keys}}


@pytest.mark.parametrize("row", table("The configuration is refused"), ids=lambda row: row[0])
def test_a_mistake_gets_the_message_and_what_to_write_is_taken(row: list[str]) -> None:
    wrong, message, right = row
    with pytest.raises(ConfigErrors) as caught:
        stack_config.load(configuration(wrong), project="p", stack="prod")
    assert len(caught.value.problems) == 1
    assert message in str(caught.value.problems[0])
    stack_config.load(configuration(right), project="p", stack="prod")


def test_every_error_of_the_function_is_explained() -> None:
    assert sorted(row[0].strip("`") for row in table("What the function says")) == sorted(
        leaves() - REFUSED_BEFORE
    )


@pytest.mark.parametrize("row", table("What the function says"), ids=lambda row: row[0])
def test_what_the_function_is_quoted_with_is_in_its_code(row: list[str]) -> None:
    assert said(row[1], strings(ROOT / "handler"))


@pytest.mark.parametrize("row", table("What the tool says"), ids=lambda row: row[0])
def test_what_the_tool_is_quoted_with_is_in_its_code(row: list[str]) -> None:
    assert said(row[0], strings(ROOT / "ops"))


def test_a_message_that_nobody_says_would_be_seen() -> None:
    assert not said("`the function's role must not do … on …`", strings(ROOT / "handler"))


def test_every_alarm_is_explained() -> None:
    every = pair_alarms(Names("p", "prod", "ocr"), RuleKind)
    assert [row[0].strip("`") for row in table("Alarms")] == [alarm.suffix for alarm in every]


def test_what_the_text_quotes_of_a_file_that_pulumi_refuses_is_said(tmp_path: Path) -> None:
    (section,) = re.findall(r"^## What Pulumi itself refuses\n(.+?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (.+) \| (.+) \| .+ \|$", section, re.MULTILINE)[2:]
    assert rows
    for written, message in rows:
        text = "config:\n  pairs: {}\n" + "".join(f"  {line}\n" for line in re.findall(r"`(.+?)`", written))
        (tmp_path / "Pulumi.dev.yaml").write_text(text)
        with pytest.raises((ConfigErrors, StackError)) as caught:
            read_stack(read_project(ROOT / "Pulumi.yaml"), tmp_path / "Pulumi.dev.yaml")
        assert message in str(caught.value)


def test_what_the_text_quotes_of_a_key_of_another_project_is_said() -> None:
    (quoted,) = re.findall(r"`pairs`\s+\"(found nothing)\"", PAGE)
    with pytest.raises(ConfigErrors, match=f'key "pairs": {quoted}'):
        stack_config.load({}, project="ecr-batch-updater", stack="dev")
