"""Every command that the documentation shows exists, and somebody has run it or it says what it needs."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

import pytest
from typer.main import get_command

from ops.cli import NAME, app
from tests.ops.documents import PAGES, ROOT, Command, inline, languages, sections, shell

TOOL: Any = get_command(app)
MAKEFILE = (ROOT / "Makefile").read_text()
WITHOUT_A_VERB = {("--install-completion",), ("--version",)}
# Pages of which a test plays every section, command by command.
PLAYED = {
    ROOT / "docs" / "getting-started.md": ROOT / "tests" / "ops" / "test_getting_started.py",
    ROOT / "docs" / "image-policies.md": ROOT / "tests" / "ops" / "test_policy_try.py",
    ROOT / "docs" / "operations.md": ROOT / "tests" / "ops" / "test_operations.py",
}
# What else is run, by which file, and how that file names it.
RUN: dict[str, tuple[str, str]] = {
    **{f"make {target}": (".ci/run", target) for target in ("setup", "check", "test", "demo", "engine")},
    **{f"make {target}": ("tests/infra/test_make.py", target) for target in ("format", "schema", "clean")},
    "python -m local up": ("tests/cloud/test_aws_cli.py", '"-m", "local", "up"'),
    "python -m tests.cloud.fault_matrix": ("tests/cloud/test_fault_matrix.py", "tests.cloud.fault_matrix"),
}


def parse(words: Sequence[str]) -> None:
    """Parses a call of the tool with its real parser, and runs nothing. Raises what the parser raises."""
    command, rest, parent = TOOL, list(words[1:]), None
    while True:
        parent = command.make_context(command.name, rest, parent=parent)
        rest = [*getattr(parent, "_protected_args", ()), *parent.args]
        if not hasattr(command, "resolve_command"):
            return
        assert rest, f"{' '.join(words)} names no verb"
        _, command, rest = command.resolve_command(parent, rest)


def unknown(words: Sequence[str]) -> list[str]:
    """Which words of a call, as the text mentions it, are no verb or option of the tool."""
    command, wrong = TOOL, []
    for word in words[1:]:
        options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        if word.startswith("-"):
            wrong += [word] if word not in options else []
        elif word in getattr(command, "commands", {}):
            command = command.commands[word]
    return wrong if hasattr(command, "callback") and command is not TOOL else [*wrong, "no verb"]


def written(pages: Sequence[Path]) -> list[Any]:
    """Each line of the pages that runs the tool or make."""
    return [
        pytest.param(command, id=f"{page.name}: {command.line}")
        for page in pages
        for command in shell(page)
        if any(PurePath(words[0]).name in (NAME, "make") for words in command.programs)
    ]


@pytest.mark.parametrize("command", written(PAGES))
def test_a_command_that_is_to_be_copied_is_one(command: Command) -> None:
    for words in command.programs:
        match PurePath(words[0]).name:
            case "ecr-batch":
                parse(words)
            case "make":
                targets = [word for word in words[1:] if "=" not in word]
                assert targets
                assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets)


def runs(words: Sequence[str]) -> bool:
    """Whether a test or .ci/run runs that call of make or of a module, or it is one of the tool."""
    program = PurePath(words[0]).name
    if program == NAME:
        return True
    call = " ".join((program, *words[1:]))
    return any(call == each or call.startswith(f"{each} ") for each in RUN)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_is_run_by_a_test_or_says_what_it_needs(page: Path) -> None:
    left = [
        command.line
        for command in shell(page)
        if command.needs is None and not (page in PLAYED and not command.by_others)
        for words in command.programs
        if not runs(words)
    ]
    assert left == [], "play the page, or say in a comment what the command needs: # needs AWS"


@pytest.mark.parametrize(("page", "test"), PLAYED.items(), ids=lambda path: path.name)
def test_no_section_with_commands_of_a_page_that_is_played_is_left_out(page: Path, test: Path) -> None:
    played = test.read_text()
    commands = {title for title, each in sections(page).items() if each}
    assert commands
    assert {title for title in commands if f', "{title}"' not in played} == set()


@pytest.mark.parametrize(("call", "where"), RUN.items())
def test_what_is_said_to_run_a_command_names_it(call: str, where: tuple[str, str]) -> None:
    file, name = where
    assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", (ROOT / file).read_text()), call


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_stand_in_blocks_that_these_tests_read(page: Path) -> None:
    assert not {"bash", "shell", "console", "zsh", "shell-session"} & set(languages(page))
    lines = re.findall(
        r"^(?:    |\t)[$ ]*(?:\S*/)?(?:ecr-batch|aws|pulumi|make|python) .+$", page.read_text(), re.M
    )
    assert [line for line in lines if not any(line.strip() == each.line for each in shell(page))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_modules_that_the_text_runs_exist(page: Path) -> None:
    named = set(re.findall(r"python -m ([\w.]+)", page.read_text()))
    assert [module for module in sorted(named) if importlib.util.find_spec(module) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_text_calls_the_tool_with_exists(page: Path) -> None:
    calls = [words for words in inline(page, NAME) if "…" not in words and words[1:] not in WITHOUT_A_VERB]
    assert {words: wrong for words in calls if (wrong := unknown(words))} == {}


@pytest.mark.parametrize(
    "line",
    ["ecr-batch statsu", "ecr-batch status --waits", "ecr-batch rollback", "ecr-batch history a --diff 2"],
)
def test_a_misspelt_command_would_be_seen(line: str) -> None:
    (words,) = Command(line).programs
    with pytest.raises(Exception, match=r"No such|Missing|requires"):
        parse(words)


def test_every_page_is_linked_from_the_readme_and_every_decision_from_their_index() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+\.md)", (ROOT / "README.md").read_text()))
    decided = re.findall(r"\]\((\d[^)#]+\.md)", (ROOT / "docs/decisions/README.md").read_text())
    linked |= {f"docs/decisions/{name}" for name in decided}
    pages = {str(page.relative_to(ROOT)) for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert pages - linked == set()


def test_a_decision_says_its_number_its_date_and_its_status_as_the_index_does() -> None:
    folder = ROOT / "docs" / "decisions"
    rows = dict(
        re.findall(r"^\| \[(\d{4})\]\(\S+\) \| (.*) \|$", (folder / "README.md").read_text(), re.MULTILINE)
    )
    said = {}
    for page in sorted(folder.glob("0*.md")):
        form = r"# (\d{4}): (.*)\n\n\*(\w+) on (\d+ \w+ \d{4})"
        found = re.match(form, page.read_text())
        assert found, f"{page.name} has another form"
        number, title, status, date = found.groups()
        said[number] = f"{title} | {date} | {status.lower()}"
        assert page.name.startswith(f"{number}-")
    assert said == rows
