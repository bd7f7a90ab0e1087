"""Is there a tag that a pattern matches and none of the ignored ones? Without one, nothing is selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

from components.policy_proof.automaton import Automaton
from components.policy_proof.steps import representatives
from handler.policy.tags import CHARACTERS, FIRST_CHARACTERS, LONGEST

# More than this and the question is left open: the policy is taken.
_MOST_CONFIGURATIONS = 5_000
_DIGITS = frozenset("0123456789")

# Where the pattern stands (None at the start), whether it has captured something, and where each of the
# ignored patterns may stand.
_Configuration = tuple[int | None, bool, tuple[frozenset[int | None], ...]]


def selects_nothing(automaton: Automaton, ignored: Sequence[Automaton] = (), *, number: bool = False) -> bool:
    """Whether no tag at all is matched by ``automaton`` and by none of ``ignored``.

    ``number`` asks that what it captures, or the whole tag where there is no capture group, is a number.
    False also when it would take too long to tell.
    """
    counting = (automaton.captured or set(range(len(automaton.states)))) if number else set()
    characters = _characters([automaton, *ignored])
    front: set[_Configuration] = {(None, not number, tuple(frozenset([None]) for _ in ignored))}
    seen = set(front)
    for length in range(LONGEST):
        following: set[_Configuration] = set()
        for state, captured, others in front:
            for after in automaton.after(state):
                allowed = automaton.states[after] & (_DIGITS if after in counting else CHARACTERS)
                for character in allowed & (characters if length else characters & FIRST_CHARACTERS):
                    elsewhere = tuple(map(_moved, ignored, others, repeat(character)))
                    following.add((after, captured or after in counting, elsewhere))
            if len(seen) + len(following) > _MOST_CONFIGURATIONS:
                return False
        front = following - seen
        if any(_is_selected(automaton, ignored, each) for each in front):
            return False
        seen |= front
    return True


def _characters(automata: Iterable[Automaton]) -> frozenset[str]:
    """One character of each kind; first characters of tags, and digits, are kinds of their own."""
    return frozenset(representatives([*automata, Automaton(states=[CHARACTERS, FIRST_CHARACTERS, _DIGITS])]))


def _moved(automaton: Automaton, where: frozenset[int | None], character: str) -> frozenset[int | None]:
    return frozenset(
        after for state in where for after in automaton.after(state) if character in automaton.states[after]
    )


def _is_selected(automaton: Automaton, ignored: Sequence[Automaton], reached: _Configuration) -> bool:
    state, captured, others = reached
    return (
        captured
        and state in automaton.last
        and not any(each.last.keys() & where for each, where in zip(ignored, others, strict=True))
    )
