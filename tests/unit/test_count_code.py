"""What counts as a line of code, and what as moved, kept, new and gone between two revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.count_code import Row, code_lines, files_of, rows, table

MODULE = '''"""What it is.

More of it.
"""

# why
import sys

LIMIT = 1  # a comment behind code
TEXT = """of

two lines"""


class A:
    """A."""

    b: int
    """About b."""

    def c(self) -> int:
        """C."""

        # nothing
        return (
            1
        )
'''


def test_comments_docstrings_and_blank_lines_are_no_code_and_everything_else_is() -> None:
    assert code_lines(MODULE) == [
        "import sys",
        "LIMIT = 1  # a comment behind code",
        'TEXT = """of',
        'two lines"""',
        "class A:",
        "b: int",
        "def c(self) -> int:",
        "return (",
        "1",
        ")",
    ]
    assert code_lines("") == []


def test_a_line_that_stands_in_another_file_is_kept_and_moved() -> None:
    row = Row.of({"p/a.py": ["x", "y", "z"]}, {"p/a.py": ["x"], "p/b.py": ["y", "new"]})
    assert row == Row(modules=(1, 2), lines=(3, 3), kept=2, moved=1)
    assert row.cells() == ["1", "2", "3", "3", "1.000", "2", "1", "1", "1"]


def test_a_line_that_comes_more_often_is_kept_as_often_as_it_stood() -> None:
    assert Row.of({"p/a.py": ["x"]}, {"p/a.py": ["x", "x"], "p/b.py": ["x"]}) == Row((1, 2), (1, 3), 1, 0)


def test_a_package_has_its_modules_without_init_and_a_renamed_file_is_all_moved() -> None:
    before = {"handler/__init__.py": [], "handler/old.py": ["x", "y"], "ops/a.py": ["x"]}
    counted = rows(before, {"handler/__init__.py": ["z"], "handler/new.py": ["x", "y"]})
    assert counted["handler"] == Row(modules=(1, 1), lines=(2, 3), kept=2, moved=2)
    assert counted["ops"] == Row(modules=(1, 0), lines=(1, 0), kept=0, moved=0)


def test_what_moves_from_handler_to_components_is_kept_in_both_together() -> None:
    counted = rows({"handler/a.py": ["x"]}, {"components/a.py": ["x"]})
    assert counted["handler"].kept == 0
    assert counted["handler + components"] == Row(modules=(1, 1), lines=(1, 1), kept=1, moved=1)


def test_two_revisions_of_a_repository_stand_side_by_side(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@y.z", *words], cwd=tmp_path, check=True
        )

    (tmp_path / "handler").mkdir()
    (tmp_path / "handler" / "a.py").write_text("x = 1\ny = 2\n")
    (tmp_path / "other.py").write_text("z = 3\n")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "before")
    git("mv", "handler/a.py", "handler/b.py")
    (tmp_path / "handler" / "b.py").write_text("x = 1\n")
    git("commit", "--quiet", "-am", "after")
    before, after = files_of("HEAD~", tmp_path), files_of("HEAD", tmp_path)
    assert before == {"handler/a.py": ["x = 1", "y = 2"]}
    assert "| handler | 1 | 1 | 2 | 1 | 0.500 | 1 | 1 | 0 | 1 |" in table(
        "HEAD~", "HEAD", rows(before, after)
    )
