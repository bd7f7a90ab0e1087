"""A regular expression as an automaton over the characters of tags.

It has one place for each part of the expression that reads a character; repetitions are written out. Edges
count in how many ways the expression leads from one place to the next, since a backtracking matcher such as
Python's ``re`` tries each of them. It is ``re``'s own parser that reads the expression, so that it means here
what it means there; a test says when a version of Python changes that private module.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from handler.errors import PolicyError

# What a tag can hold: AmazonECR/latest/APIReference/API_PutImage.html
LONGEST = 128
FIRST_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_")
CHARACTERS = FIRST_CHARACTERS | frozenset(".-")

MOST_PLACES = 1_000
START, END, _OPEN = -1, -2, -3

_BEGINNING = (_constants.AT, _constants.AT_BEGINNING)
_ENDING = (_constants.AT, _constants.AT_END)


@dataclass
class Automaton:
    """``characters`` are those that each place reads, ``groups`` the numbers of the groups that it is in.

    ``follow`` tells of START and of each place what may come next, in how many ways; END is a match. No match
    is shorter than ``shortest``; ``captures`` is the number of all groups.
    """

    shortest: int
    captures: int
    characters: list[frozenset[str]] = field(default_factory=list)
    groups: list[set[int]] = field(default_factory=list)
    follow: dict[int, Counter[int]] = field(default_factory=dict)

    def until_all_matches(self) -> Automaton:
        """The same, but nothing goes on behind ``.*$``: where a matcher comes to that, it has a match."""
        characters = [
            frozenset() if reads >= CHARACTERS and {place, END} <= self.follow[place].keys() else reads
            for place, reads in enumerate(self.characters)
        ]
        return replace(self, characters=characters)

    def read(self, ahead: Mapping[int, int], character: str) -> Counter[int]:
        """What may come next, in how many ways, when ``character`` is read where ``ahead`` may come next."""
        after = Counter[int]()
        for place in ahead.keys() - {END}:
            if character in self.characters[place]:
                for following, ways in self.follow[place].items():
                    after[following] += ahead[place] * ways
        return after


def automaton_of(expression: str) -> Automaton:
    """The automaton of an expression that ``re`` takes and that stands between ``^`` and ``$``.

    Raises PolicyError when it holds what no automaton can tell, repeats what can be empty, or is too large;
    the message is the end of a sentence about the expression.
    """
    tree = _parser.parse(expression, re.ASCII)
    if [*tree[:1]] != [_BEGINNING] or [*tree[-1:]] != [_ENDING]:
        raise PolicyError(
            "which has alternatives of which only the outer ones touch ^ and $",
            remedy="put them into a group: ^(?:a|b)$",
        )
    automaton = Automaton(shortest=tree.getwidth()[0], captures=tree.state.groups - 1)
    try:
        automaton.follow[START] = _sequence(automaton, tree[1:-1], Counter([END]))
    except RecursionError as error:
        raise PolicyError("in which too many groups stand inside each other", remedy="use fewer") from error
    return automaton


def allowed(position: int) -> frozenset[str]:
    """The characters that a tag can have there."""
    return CHARACTERS if position else FIRST_CHARACTERS


def representatives(automata: Iterable[Automaton], *more: frozenset[str]) -> list[str]:
    """One character for each set of characters that neither the automata nor ``more`` tell apart."""
    told = {each for automaton in automata for each in automaton.characters} | {FIRST_CHARACTERS, *more}
    found: dict[tuple[bool, ...], str] = {}
    for character in sorted(CHARACTERS):
        found.setdefault(tuple(character in each for each in told), character)
    return list(found.values())


def _sequence(automaton: Automaton, items: Sequence[Any], then: Counter[int]) -> Counter[int]:
    """What may come first in ``items`` with ``then`` behind them; adds their places, from the last on."""
    for item in reversed(items):
        then = _item(automaton, item, then)
    return then


def _item(automaton: Automaton, item: tuple[Any, Any], then: Counter[int]) -> Counter[int]:
    match item:
        case (_constants.LITERAL | _constants.NOT_LITERAL | _constants.ANY | _constants.IN, _):
            return _place(automaton, item, then)
        case (_constants.BRANCH, (_, alternatives)):
            return sum((_sequence(automaton, each, then) for each in alternatives), Counter())
        case (_constants.MAX_REPEAT | _constants.MIN_REPEAT, (least, most, body)):
            return _repeated(automaton, body, least, most, then)
        case (_constants.SUBPATTERN, (group, 0, 0, body)):
            before = len(automaton.groups)
            first = _sequence(automaton, body, then)
            for groups in automaton.groups[before:]:
                groups.update({group} - {None})
            return first
    raise PolicyError(
        f"which holds what can't be proved to be fast ({str(item[0]).lower().replace('_', ' ')})",
        remedy="write out what a tag looks like: no look-arounds, references, conditions or flags, nothing "
        "atomic or possessive, and ^ and $ at the ends alone",
    )


def _place(automaton: Automaton, item: tuple[Any, Any], then: Counter[int]) -> Counter[int]:
    number = len(automaton.characters)
    if number == MOST_PLACES:
        raise PolicyError(
            f"which stands for more than {MOST_PLACES:,} characters when its repetitions are written out",
            remedy="use smaller repetitions; a tag has at most 128 characters",
        )
    reads = _compiler.compile(_parser.SubPattern(_parser.State(), [item]), re.ASCII).match
    automaton.characters.append(frozenset(filter(reads, CHARACTERS)))
    automaton.groups.append(set())
    automaton.follow[number] = then
    return Counter([number])


def _repeated(automaton: Automaton, body: Any, least: int, most: int, then: Counter[int]) -> Counter[int]:
    if most > 1 and body.getwidth()[0] == 0:
        raise PolicyError(
            "which repeats something that can be empty, so that a tag can be read in endless ways",
            remedy="take the inner *, ? or empty alternative away: write (?:a|b)* instead of (?:a*|b)*",
        )
    if most != _constants.MAXREPEAT:
        first = then
        for _ in range(most - least):
            first = _sequence(automaton, body, first) + then
        for _ in range(least):
            first = _sequence(automaton, body, first)
        return first
    # What comes after the body, once more or what stands behind it, is known when the body has been read.
    before = len(automaton.characters)
    once = _sequence(automaton, body, Counter([_OPEN]))
    first = once + then
    for place in range(before, len(automaton.characters)):
        ways = automaton.follow[place].pop(_OPEN, 0)
        automaton.follow[place] += Counter({after: ways * more for after, more in first.items()})
    for each in range(least):
        first = _sequence(automaton, body, first) if each else once
    return first
