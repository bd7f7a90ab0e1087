"""Counts modules and lines of code of two revisions: ``python tools/count_code.py BEFORE [AFTER]``.

A module is a Python file but ``__init__.py``. A line of code is one that is no comment, no docstring (nor any
other text that stands alone) and not blank. A line is *kept* when the other revision has it, too, in the same
row of the table, and *moved* when it is kept in another file. AFTER is HEAD unless given.
"""

from __future__ import annotations

import argparse
import ast
import io
import subprocess
import sys
import tarfile
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("handler", "components", "ops", "local")
# The last row counts the first two as one: what moves between them is kept.
ROWS = {**{package: (package,) for package in PACKAGES}, "handler + components": PACKAGES[:2]}
_NOTHING = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
_HEADINGS = ("", "modules", "", "lines", "", "after/before", "kept", "of them moved", "new", "gone")


def code_lines(source: str) -> list[str]:
    """The lines of code, without white space around them.

    >>> code_lines('x = 1  # one' + chr(10) + '# two' + chr(10) + '"three"')
    ['x = 1  # one']
    """
    texts = _alone(source)
    numbers = {
        number
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in _NOTHING
        for number in range(token.start[0], token.end[0] + 1)
    }
    lines = source.splitlines()
    return [text for number in sorted(numbers - texts) if (text := lines[number - 1].strip())]


def _alone(source: str) -> set[int]:
    """The numbers of the lines of docstrings, of attributes as well."""
    return {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@dataclass(frozen=True)
class Row:
    """Modules and lines ``before`` and ``after``."""

    modules: tuple[int, int]
    lines: tuple[int, int]
    kept: int
    moved: int

    @classmethod
    def of(cls, before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]) -> Row:
        """From the lines of code of each file."""
        old, new = ({path: Counter(lines) for path, lines in files.items()} for files in (before, after))
        kept = (_sum(old.values()) & _sum(new.values())).total()
        # Of a line that stood twice, one may have stayed and one moved.
        stayed = sum((old.get(path, Counter()) & lines).total() for path, lines in new.items())
        modules = (sum(not path.endswith("__init__.py") for path in files) for files in (old, new))
        lines = (_sum(files.values()).total() for files in (old, new))
        return cls((next(modules), next(modules)), (next(lines), next(lines)), kept, kept - stayed)

    def cells(self) -> list[str]:
        before, after = self.lines
        ratio = f"{after / before:.3f}" if before else "-"
        numbers = (self.kept, self.moved, after - self.kept, before - self.kept)
        return [*map(str, (*self.modules, *self.lines)), ratio, *map(str, numbers)]


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counters:
        total.update(each)
    return total


def files_of(revision: str, root: Path = ROOT) -> dict[str, list[str]]:
    """The lines of code of each Python file of the packages at a git revision."""
    packed = subprocess.run(["git", "archive", revision], cwd=root, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {
            member.name: code_lines(content.read().decode())
            for member in archive
            if member.name.startswith(tuple(f"{package}/" for package in PACKAGES))
            and member.name.endswith(".py")
            and (content := archive.extractfile(member)) is not None
        }


def rows(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, Row]:
    """A row for each package, and for the first two together."""

    def within(files: Mapping[str, list[str]], packages: tuple[str, ...]) -> dict[str, list[str]]:
        return {path: lines for path, lines in files.items() if path.partition("/")[0] in packages}

    return {
        name: Row.of(within(before, packages), within(after, packages)) for name, packages in ROWS.items()
    }


def table(before: str, after: str, counted: Mapping[str, Row]) -> str:
    """The rows as a Markdown table."""
    second = ["", before, after, before, after, "", "", "", "", ""]
    lines = [_HEADINGS, ["---", *["--:"] * (len(_HEADINGS) - 1)], second]
    lines += [[name, *row.cells()] for name, row in counted.items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", help="a git revision")
    parser.add_argument("after", nargs="?", default="HEAD", help="another one (default: HEAD)")
    options = parser.parse_args()
    counted = rows(files_of(options.before), files_of(options.after))
    print(table(options.before, options.after, counted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
