"""Which mutants are tried: of every place one, and of the places a random sample that a move does not change.

A place is drawn by a hash of its line's text and the seed: in another version of the code the lines that are
kept are drawn again, wherever they stand.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from cosmic_ray.work_item import MutationSpec, WorkItem

_Spot = tuple[int, int]


def drawn(items: Iterable[WorkItem], sources: Mapping[str, str], *, seed: int, count: int) -> list[WorkItem]:
    """``count`` of the mutants of ``sources`` (path -> text), or all that there are."""
    lines = {path: text.splitlines() for path, text in sources.items()}
    annotations = {path: list(_unexecuted(ast.parse(text))) for path, text in sources.items()}

    def rank(item: WorkItem) -> tuple[str, str, _Spot, str]:
        (mutation,) = item.mutations
        path = mutation.module_path.as_posix()
        line = lines[path][mutation.start_pos[0] - 1]
        column = mutation.start_pos[1] - (len(line) - len(line.lstrip()))
        words = (str(seed), line.strip(), str(column), _family(mutation))
        drawing = hashlib.sha256("\0".join(words).encode()).hexdigest()
        return drawing, path, mutation.start_pos, _choice(mutation, seed)

    executed = [item for item in items if not _is_within(item.mutations[0], annotations)]
    ranked = sorted(executed, key=rank)
    places = [next(group) for _, group in groupby(ranked, key=lambda item: rank(item)[:-1])]
    return places[:count]


def _family(mutation: MutationSpec) -> str:
    """``ReplaceComparisonOperator`` for each of the eight that may take the place of an operator."""
    return str(mutation.operator_name).partition("_")[0]


def _choice(mutation: MutationSpec, seed: int) -> str:
    words = (str(seed), mutation.operator_name, str(mutation.operator_args), str(mutation.occurrence % 2))
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def _is_within(mutation: MutationSpec, areas: Mapping[str, Sequence[tuple[_Spot, _Spot]]]) -> bool:
    return any(
        start <= tuple(mutation.start_pos) < end for start, end in areas[mutation.module_path.as_posix()]
    )


def _unexecuted(tree: ast.AST) -> Iterator[tuple[_Spot, _Spot]]:
    """From where to where nothing runs: annotations, which are texts here, and imports for mypy."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                found: list[ast.AST | None] = [node]
            case ast.FunctionDef(returns=returns):
                found = [returns]
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                found = [annotation]
            case _:
                found = []
        for each in found:
            if each is not None:
                yield (each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0)  # type: ignore[attr-defined]
