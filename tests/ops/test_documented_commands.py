"""Every command of ours that the documentation shows exists, with its options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

import pytest
from typer.main import get_command

from ops.cli import NAME, app
from tests.ops.documents import PAGES, ROOT, Command, inline, shell

TOOL: Any = get_command(app)
MAKEFILE = (ROOT / "Makefile").read_text()


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_text_calls_the_tool_with_exists(page: Path) -> None:
    calls = [
        words for words in inline(page, NAME) if "…" not in words and words[1:] != ("--install-completion",)
    ]
    assert {words: wrong for words in calls if (wrong := unknown(words))} == {}


@pytest.mark.parametrize(
    "line",
    ["ecr-batch statsu", "ecr-batch status --waits", "ecr-batch rollback", "ecr-batch history a --diff 2"],
)
def test_a_misspelt_command_would_be_seen(line: str) -> None:
    (words,) = Command(line).programs
    with pytest.raises(Exception, match=r"No such|Missing|requires"):
        parse(words)
