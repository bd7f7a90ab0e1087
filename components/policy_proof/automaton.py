"""A pattern as an automaton over the characters of tags: what it can match, and how slowly.

The construction is Glushkov's: one state for each place in the pattern that reads a character. Edges
count in how many ways the pattern leads from one place to the next, since a backtracking matcher such as
Python's ``re`` tries each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from handler.errors import PolicyError
from handler.policy.tags import CHARACTERS

MOST_STATES = 300


@dataclass(frozen=True)
class Chars:
    """One character out of ``allowed``."""

    allowed: frozenset[str]


@dataclass(frozen=True)
class Chain:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """One of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """``body``, from ``least`` to ``most`` times; ``most`` None for any number."""

    body: Node
    least: int
    most: int | None


@dataclass(frozen=True)
class Captured:
    """The first capture group."""

    body: Node


Node = Chars | Chain | Either | Repeat | Captured
ANY = Chars(CHARACTERS)


@dataclass
class Automaton:
    """``states`` hold the characters that each reads, ``captured`` those inside the capture group.

    ``first`` and ``follow`` map to the states that come next, with the number of ways; ``last`` are those
    in which a match may end. ``empty`` counts the ways to match nothing.
    """

    states: list[frozenset[str]] = field(default_factory=list)
    captured: set[int] = field(default_factory=set)
    follow: list[Counter[int]] = field(default_factory=list)
    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 0

    def after(self, state: int | None) -> Counter[int]:
        """The states that may come next; ``None`` is the start."""
        return self.first if state is None else self.follow[state]


@dataclass(frozen=True)
class _Part:
    empty: int
    first: Counter[int]
    last: Counter[int]


def build(node: Node) -> Automaton:
    """The automaton of a pattern.

    Raises PolicyError when the pattern repeats what can be empty, or is too large; the message is the
    end of a sentence about the pattern.
    """
    automaton = Automaton()
    whole = _built(node, automaton, captured=False)
    automaton.first, automaton.last, automaton.empty = whole.first, whole.last, whole.empty
    return automaton


def _built(node: Node, automaton: Automaton, *, captured: bool) -> _Part:
    match node:
        case Chars(allowed):
            return _state(allowed, automaton, captured)
        case Captured(body):
            return _built(body, automaton, captured=True)
        case Chain(parts):
            return _joined((_built(part, automaton, captured=captured) for part in parts), automaton)
        case Either(parts):
            built = [_built(part, automaton, captured=captured) for part in parts]
            return _Part(sum(part.empty for part in built), _sum(built, "first"), _sum(built, "last"))
    return _repeated(node.body, node.least, node.most, automaton, captured)


def _state(allowed: frozenset[str], automaton: Automaton, captured: bool) -> _Part:
    number = len(automaton.states)
    if number == MOST_STATES:
        raise PolicyError(
            f"which stands for more than {MOST_STATES} characters when its repetitions are written out",
            remedy="use smaller repetitions; a tag has at most 128 characters",
        )
    automaton.states.append(allowed & CHARACTERS)
    automaton.follow.append(Counter())
    if captured:
        automaton.captured.add(number)
    return _Part(0, Counter([number]), Counter([number]))


def _joined(parts: Iterable[_Part], automaton: Automaton) -> _Part:
    whole = _Part(1, Counter(), Counter())
    for part in parts:
        _link(whole.last, part.first, automaton)
        whole = _Part(
            whole.empty * part.empty,
            whole.first + _times(part.first, whole.empty),
            part.last + _times(whole.last, part.empty),
        )
    return whole


def _repeated(body: Node, least: int, most: int | None, automaton: Automaton, captured: bool) -> _Part:
    def once() -> _Part:
        part = _built(body, automaton, captured=captured)
        if part.empty and (most is None or most > 1):
            raise PolicyError(
                "which repeats something that can be empty, so that a tag can be read in endless ways",
                remedy="take the inner *, ? or empty alternative away: write (?:a|b)* instead of (?:a*|b)*",
            )
        return part

    if most is None:
        parts = [once() for _ in range(max(least, 1))]
        _link(parts[-1].last, parts[-1].first, automaton)
        if least == 0:
            parts[-1] = _optional(parts[-1])
        return _joined(parts, automaton)
    # Optional ones stand inside each other, since each needs the one before it.
    tail = _Part(1, Counter(), Counter())
    parts = [once() for _ in range(most)]
    for part in reversed(parts[least:]):
        tail = _optional(_joined([part, tail], automaton))
    return _joined([*parts[:least], tail], automaton)


def _optional(part: _Part) -> _Part:
    return _Part(part.empty + 1, part.first, part.last)


def _link(last: Counter[int], first: Counter[int], automaton: Automaton) -> None:
    for before, ways in last.items():
        for after, more in first.items():
            automaton.follow[before][after] += ways * more


def _times(counter: Counter[int], factor: int) -> Counter[int]:
    return Counter({state: ways * factor for state, ways in counter.items()} if factor else {})


def _sum(parts: Sequence[_Part], name: str) -> Counter[int]:
    total: Counter[int] = Counter()
    for part in parts:
        total += getattr(part, name)
    return total
