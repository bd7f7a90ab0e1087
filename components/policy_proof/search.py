"""Searches through all tags: which one keeps a matcher busy longest, and whether one is selected at all.

On a tag that fails at its end, a backtracking matcher such as Python's ``re`` reads each beginning of the tag
in every way in which the pattern can read it: its steps are these ways, added up.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter, or_

from components.policy_proof.automaton import END, LONGEST, START, Automaton, allowed, representatives

MOST_STEPS = 100_000
# How many beginnings of tags are followed that may go on at the same places, and how many in all.
_MOST_ALIKE = 12
_MOST_BEGINNINGS = 300
# More than this and the question is left open: the policy is taken.
_MOST_CONFIGURATIONS = 5_000
_DIGITS = frozenset(string.digits)


@dataclass(frozen=True)
class _Beginning:
    """After ``steps``, the places in ``ahead`` may come next. ``tag`` is None where this is no tag's own, but
    the most of several."""

    steps: int
    ahead: Counter[int]
    tag: str | None

    def is_outdone(self, other: _Beginning) -> bool:
        """Whether a tag that goes on from ``other``, after no fewer steps, takes no fewer until the end."""
        at_all = all(ways <= other.ahead[place] for place, ways in self.ahead.items())
        return at_all and (other.tag is not None or self.tag is None)


def slowest(automaton: Automaton, longest: int = LONGEST) -> tuple[int, str]:
    """Steps that no tag exceeds, and how the slowest tag that was found begins, which may take fewer.

    Followed are the tags that are as slow as can be, character by character. What is given up on the way is
    not forgotten, but stays in the bound. The search ends at the first tag that takes more than
    ``MOST_STEPS``: then these are its own.
    """
    characters = representatives([automaton])
    found = most = _Beginning(0, automaton.follow[START], "")
    front: Sequence[_Beginning] = [found]
    for length in range(longest):
        longer = [
            _Beginning(each.steps + ways, after, None if each.tag is None else each.tag + character)
            for each in front
            for character in characters
            if character in allowed(length)
            for ways, after in [automaton.read(each.ahead, character)]
            if ways
        ]
        front = _what_matters(longer)
        most = max([most, *front], key=attrgetter("steps"))
        found = max([found, *(each for each in front if each.tag is not None)], key=attrgetter("steps"))
        if found.steps > MOST_STEPS:
            most = found
            break
    return most.steps, found.tag or ""


def _what_matters(beginnings: Iterable[_Beginning]) -> Sequence[_Beginning]:
    """Without those that another one outdoes in every way, and few enough to go on with."""
    kept: list[_Beginning] = []
    for each in sorted(beginnings, key=attrgetter("steps"), reverse=True):
        if not any(map(each.is_outdone, kept)):
            kept.append(each)
    alike: dict[frozenset[int], list[_Beginning]] = {}
    for each in kept:
        alike.setdefault(frozenset(each.ahead), []).append(each)
    return _few([each for group in alike.values() for each in _few(group, _MOST_ALIKE)], _MOST_BEGINNINGS)


def _few(beginnings: Sequence[_Beginning], most: int) -> Sequence[_Beginning]:
    """Some of each kind, and one that is no tag's own, but outdoes all others."""
    if len(beginnings) <= most:
        return beginnings
    chosen = [each for each in beginnings[:: -(-len(beginnings) // most)] if each.tag is not None]
    rest = [each for each in beginnings if each not in chosen]
    steps = max(each.steps for each in rest)
    return [*chosen, _Beginning(steps, reduce(or_, (each.ahead for each in rest)), None)]


def selects(automaton: Automaton, ignored: Automaton, *, number: bool = False, group: int = 0) -> bool:
    """Whether some tag is matched by ``automaton`` and not by ``ignored``; True also when it would take too
    long to tell.

    ``number`` asks that what is captured, or the whole tag where there are no groups, are numbers; ``group``
    that this one takes part.
    """
    characters = representatives([automaton, ignored], _DIGITS)
    # Where the pattern stands, whether the group has taken part, and what of the ignored may come next.
    front = {(START, not group, frozenset(ignored.follow[START]))}
    seen = set(front)
    for length in range(LONGEST):
        following = set()
        for at, part, ahead in front:
            for place in automaton.follow[at].keys() - {END}:
                groups = automaton.groups[place]
                read = automaton.characters[place] & allowed(length)
                if number and (groups or not automaton.captures):
                    read &= _DIGITS
                for character in read.intersection(characters):
                    _, after = ignored.read(dict.fromkeys(ahead, 1), character)
                    following.add((place, part or group in groups, frozenset(after)))
        front = following - seen
        seen |= front
        if len(seen) > _MOST_CONFIGURATIONS or any(
            part and END in automaton.follow[at] and END not in ahead for at, part, ahead in front
        ):
            return True
    return False
