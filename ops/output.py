"""Two ways to write a result: a table for people, or one JSON document and nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

# Wide enough that a table that is piped into another program is not folded.
_UNLIMITED = 10_000

STYLES: Mapping[str, str] = {
    "current": "green",
    "behind": "yellow",
    "gated": "yellow",
    "held": "yellow",
    "kept": "yellow",
    "selected": "green",
    "left": "dim",
    "ok": "green",
    "finding": "red",
    "unseen": "yellow",
}


class Format(StrEnum):
    """The values of ``-o/--output``."""

    TABLE = "table"
    JSON = "json"


def print_json(value: Any) -> None:
    """Writes one JSON document to standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes a table to standard output, as wide as it needs unless a terminal limits it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else _UNLIMITED)
    console.print(table)


def print_json_line(value: Any) -> None:
    """Writes one JSON value on a line of its own to standard output, at once: an item of JSON Lines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_line(text: str, *, style: str = "") -> None:
    """Writes a line to standard output, at once and never folded; ``style`` shows on a terminal only."""
    if not style:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    Console().print(Text(text, style=style), soft_wrap=True)


def clear_screen() -> None:
    """Empties the terminal that standard output is; does nothing to a file."""
    Console().clear()


def print_marked(mark: str, text: str) -> None:
    """Writes a line that begins with a coloured word; never folded, so that commands in it can be copied."""
    line = Text.assemble((f"  {mark:<8} " if mark else "", STYLES.get(mark, "")), text)
    Console().print(line, soft_wrap=True)


def print_error(text: str) -> None:
    """Writes to standard error, so that standard output holds results alone."""
    sys.stderr.write(text + "\n")
