"""docs/architecture.md names what there is, and its ways are short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
_FILE = re.compile(r"\[`([\w/]+\.py)`\]\(\.\./\1\)")
# `name` in [`file`](../file); a line may end before the link.
_NAMED = re.compile(r"`(\w+)`,? in\s+\[`([\w/]+\.py)`\]")


def sections() -> dict[str, str]:
    """Heading -> text."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def names_in(file: str) -> set[str]:
    """The functions, classes and constants at the top of a module, and what its package re-exports."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found


def test_every_file_that_the_page_names_is_there() -> None:
    mentioned = set(re.findall(r"`((?:handler|components)/[\w/]+\.py)`", PAGE))
    assert mentioned == set(_FILE.findall(PAGE))
    assert [file for file in sorted(mentioned) if not (ROOT / file).is_file()] == []


def test_every_function_and_class_stands_in_the_file_that_the_page_says() -> None:
    named = _NAMED.findall(PAGE)
    assert len(named) > 25
    assert [(name, file) for name, file in named if name not in names_in(file)] == []


def test_the_types_that_the_page_names_are_ours() -> None:
    known = set().union(*(names_in(str(file.relative_to(ROOT))) for file in (ROOT / "handler").rglob("*.py")))
    types = {name for name in re.findall(r"`([A-Z]\w+)`", PAGE) if name not in ("Failed", "Behind")}
    assert types - known == set()


def test_the_walk_opens_twelve_files_at_most() -> None:
    assert 8 <= len(set(_FILE.findall(sections()["The walk"]))) <= 12


@pytest.mark.parametrize("question", [heading for heading in sections() if heading.endswith("?")])
def test_each_question_is_answered_from_five_files_at_most(question: str) -> None:
    assert 1 <= len(set(_FILE.findall(sections()[question]))) <= 5


def test_the_four_questions_are_answered() -> None:
    assert len([heading for heading in sections() if heading.endswith("?")]) == 4
