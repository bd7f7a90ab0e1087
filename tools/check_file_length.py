"""Checks that no Python file has over 300 lines, unless its docstring says why.

The reason is a paragraph of the module's docstring that begins with ``Long because``. A short file has no
such paragraph, so that a reason goes once its file has been split.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST = 300
_REASON = re.compile(r"^Long because \w", re.MULTILINE)
_SKIPPED = {"build", "node_modules"}


def problem(text: str) -> str:
    """What is wrong with the length of a module of that text, or an empty string."""
    lines, reason = len(text.splitlines()), _REASON.search(ast.get_docstring(ast.parse(text)) or "")
    if lines > MOST and not reason:
        return (
            f"{lines} lines, more than {MOST}: split it by what it decides, or say in its docstring "
            '"Long because …"'
        )
    if lines <= MOST and reason:
        return f"{lines} lines, not long any more: drop the reason from its docstring"
    return ""


def python_files(directory: Path) -> Iterator[Path]:
    """The Python files below a directory, but for hidden ones, virtual environments and what was built."""
    for path in sorted(directory.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.suffix == ".py":
            yield path
        elif path.is_dir() and not (path / "pyvenv.cfg").exists():
            yield from python_files(path)


def main() -> int:
    """Prints every file that is too long; 0 when there is none."""
    files = list(python_files(ROOT))
    wrong = {file: why for file in files if (why := problem(file.read_text()))}
    for file, why in wrong.items():
        print(f"{file.relative_to(ROOT)}: {why}")
    if not wrong:
        print(f"file length: {len(files)} Python files checked")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
