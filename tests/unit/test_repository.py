"""The repository's own promises: lock files, links, and the tools that check them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools.check_file_length import MOST, problem, python_files
from tools.check_links import anchors, broken_links
from tools.check_lock_files import disagreements, pins, problems

ROOT = Path(__file__).resolve().parents[2]
HASH = "    --hash=sha256:" + "0" * 64


def test_the_lock_files_are_fit_to_be_published_and_agree() -> None:
    program, development = (
        (ROOT / f"{name}.txt").read_text() for name in ("requirements", "requirements-dev")
    )
    assert problems("requirements.txt", program) == []
    assert problems("requirements-dev.txt", development) == []
    assert disagreements(program, development) == []


def test_the_program_depends_on_pulumi_its_aws_provider_and_pydantic_alone() -> None:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    names = [re.split(r"[<>=]", line)[0] for line in lines if line and not line.startswith("#")]
    assert names == ["pulumi", "pulumi-aws", "pydantic"]
    assert set(names) <= pins((ROOT / "requirements.txt").read_text()).keys()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"boto3==1.0 \\\n{HASH}\n--index-url https://example.org/simple", "names a host"),
        (f"boto3==1.0 \\\n{HASH}\n    # via -c ../elsewhere/pins.txt", "names a path"),
        (f"boto3==1.0 \\\n{HASH}\n--pre", "holds an option"),
        (f"boto3>=1.0 \\\n{HASH}", "is not pinned"),
        (f"boto3==1.0\nrich==2.0 \\\n{HASH}", "has no hash: boto3"),
        ("# empty", "holds no requirement"),
    ],
)
def test_a_fault_in_a_lock_file_is_found(text: str, fault: str) -> None:
    assert any(fault in problem for problem in problems("r.txt", text))


def test_a_version_that_differs_between_the_lock_files_is_found() -> None:
    assert disagreements("rich==1.0", "rich==2.0")
    assert disagreements("rich==1.0", "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[a](missing.md)", "no such file"),
        ("[a](other.md#nothing)", "no such heading"),
        ("[a](#nothing)", "no such heading"),
        ("![a](missing.png)", "no such file"),
        ("[a]: missing.md", "no such file"),
        ("[a](../outside.md)", "leads out of the repository"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "other.md").write_text("# A heading")
    (tmp_path / "page.md").write_text(text)
    assert [fault in problem for problem in broken_links(tmp_path / "page.md", tmp_path)] == [True]


def test_good_links_the_web_and_code_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# `make lock`, and why: it's *locked*")
    (tmp_path / "page.md").write_text(
        "[a](other.md#make-lock-and-why-its-locked) [b](https://example.org/x) `[c](d.md)`\n"
        "```\n[e](f.md)\n```\n"
    )
    assert broken_links(tmp_path / "page.md", tmp_path) == []


def test_repeated_headings_are_numbered() -> None:
    assert anchors("# Same\n## Same\n```\n# not one\n```\n") == {"same", "same-1"}


def test_every_package_of_the_tool_is_installed_and_each_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]
    assert {"handler", "components", "ops", "local"} <= set(packages)
    assert [name for name in packages if not (ROOT / name / "__init__.py").is_file()] == []


def module(lines: int, docstring: str) -> str:
    """A module of that many lines."""
    return f'"""{docstring}"""' + "\n" * lines


LONG = "One thing.\n\nLong because it is one table."


def test_a_file_may_be_long_for_a_reason_only() -> None:
    assert problem(module(MOST, "One thing.")) == ""
    assert "301 lines, more than 300" in problem(module(MOST + 1, "One thing."))
    assert problem(module(MOST + 1, LONG)) == ""
    assert "more than 300" in problem(module(MOST + 1, "Not long because of this."))
    assert "more than 300" in problem(module(MOST + 1, "One thing.\n\nLong because"))
    assert "more than 300" in problem("\n" * (MOST + 1))


def test_a_reason_goes_with_the_length_that_it_was_for() -> None:
    assert "drop the reason" in problem(module(MOST - 4, LONG))


def test_the_files_of_the_repository_are_measured() -> None:
    assert {ROOT / "stack_config.py", ROOT / "handler/entry.py", Path(__file__)} <= set(python_files(ROOT))


def test_only_files_of_our_own_are_measured(tmp_path: Path) -> None:
    for name in ("a.py", "in/b.py", "in/c.md", ".hidden/d.py", "venv/pyvenv.cfg", "venv/e.py", "build/f.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert [file.relative_to(tmp_path).as_posix() for file in python_files(tmp_path)] == ["a.py", "in/b.py"]
