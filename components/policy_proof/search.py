"""Searches through all tags: which one keeps a matcher busy longest, and whether one is selected at all.

On a tag that fails at its end, a backtracking matcher such as Python's ``re`` reads each beginning of the tag
in every way in which the pattern can read it, and tries after each all that may come next: its steps are what
it tries.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
    automaton = automaton.until_all_matches()
    characters = representatives([automaton])
    reads = [[each for each in characters if each in allowed] for allowed in automaton.characters]
    first = automaton.follow[START]
    found = most = _Beginning(first.total(), first, "")
    front: Sequence[_Beginning] = [found]
    for length in range(longest):
        if found.steps > MOST_STEPS:
            return found.steps, found.tag or ""
        longer = (
            _Beginning(each.steps + after.total(), after, None if each.tag is None else each.tag + character)
            for each in front
            for character, after in _read_on(automaton, each.ahead, reads, allowed(length))
        )
        front = _what_matters(longer)
        most = max([most, *front], key=attrgetter("steps"))
        found = max([found, *(each for each in front if each.tag is not None)], key=attrgetter("steps"))
    return most.steps, found.tag or ""


def _read_on(
    automaton: Automaton, ahead: Counter[int], reads: Sequence[Iterable[str]], allowed: frozenset[str]
) -> Iterator[tuple[str, Counter[int]]]:
    """What may come next after a further character; one for each set of places that read the same ones."""
    readers: dict[str, list[int]] = {}
    for place in ahead.keys() - {END}:
        for character in reads[place]:
            if character in allowed:
                readers.setdefault(character, []).append(place)
    for character in {tuple(places): character for character, places in readers.items()}.values():
        yield character, automaton.read(ahead, character)


def _what_matters(beginnings: Iterable[_Beginning]) -> Sequence[_Beginning]:
    """Without those that another one outdoes in every way, and few enough to go on with."""
    alike: dict[frozenset[int], list[_Beginning]] = {}
    for each in sorted(beginnings, key=attrgetter("steps"), reverse=True):
        kept = alike.setdefault(frozenset(each.ahead), [])
        if not any(map(each.is_outdone, kept[:_MOST_ALIKE])):
            kept.append(each)
    kept = [each for group in alike.values() for each in _few(group, _MOST_ALIKE)]
    return _few(sorted(kept, key=attrgetter("steps"), reverse=True), _MOST_BEGINNINGS)


def _few(beginnings: Sequence[_Beginning], most: int) -> Sequence[_Beginning]:
    """Some of each kind, and one that is no tag's own, but outdoes all others."""
    if len(beginnings) <= most:
        return beginnings
    step = -(-len(beginnings) // most)
    chosen = [each for each in beginnings[::step] if each.tag is not None]
    rest = [each for index, each in enumerate(beginnings) if index % step or each.tag is None]
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
                    after = ignored.read(dict.fromkeys(ahead, 1), character)
                    following.add((place, part or group in groups, frozenset(after)))
        front = following - seen
        seen |= front
        if len(seen) > _MOST_CONFIGURATIONS or any(
            part and END in automaton.follow[at] and END not in ahead for at, part, ahead in front
        ):
            return True
    return False
