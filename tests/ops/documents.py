"""The commands that the documentation shows, taken out of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
)
# What a command may say that it needs, in a comment behind it: no test and no demo runs such a command.
NEEDS = ("AWS", "the Pulumi CLI", "a package index")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_SHELL = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^ *```(\S*)\n.*?^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_PIPES = {"|", "&&", ";"}


@dataclass(frozen=True)
class Command:
    """One line of a shell, with its comment; a line that goes on with a backslash is one."""

    line: str

    @property
    def needs(self) -> str | None:
        """What it says that it needs, and that is not everywhere."""
        return next((what for what in NEEDS if f"# needs {what}" in self.line), None)

    @property
    def by_others(self) -> bool:
        """Whether other tests run it, or none can: see test_documented_commands."""
        return self.needs is not None or self.line.startswith(("make ", "python -m local "))

    @property
    def programs(self) -> tuple[tuple[str, ...], ...]:
        """The words of each program in the line."""
        return tuple(_split(self.line))


def sections(page: Path) -> dict[str, tuple[Command, ...]]:
    """The commands of a page by the title of the section; "" is what stands before the first one."""
    titles = ["", *_SECTION.findall(page.read_text())]
    texts = _SECTION.sub("\0", page.read_text()).split("\0")
    return {title: tuple(_commands(text)) for title, text in zip(titles, texts, strict=True)}


def languages(page: Path) -> tuple[str, ...]:
    """The language of each fenced block of a page, "" where it names none."""
    return tuple(_FENCED.findall(page.read_text()))


def shell(page: Path) -> tuple[Command, ...]:
    """All commands of a page."""
    return tuple(_commands(page.read_text()))


def inline(page: Path, program: str) -> tuple[tuple[str, ...], ...]:
    """What the text of a page, outside its blocks, shows of calls of ``program``."""
    found = _INLINE.findall(_FENCED.sub("", page.read_text()))
    calls = (" ".join(text.split()) for text in found)
    return tuple(tuple(shlex.split(call)) for call in calls if re.match(rf"{program} ", call))


def _commands(text: str) -> Iterator[Command]:
    for _, block in _SHELL.findall(text):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if line.strip() and not line.strip().startswith("#"):
                yield Command(line.strip())


def _split(line: str) -> Iterator[tuple[str, ...]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in _PIPES:
            words.append(word)
        elif words:
            yield tuple(words)
            words = []
