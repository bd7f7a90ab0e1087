"""Regular expressions to try the proof of image policies with."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from components.policy_proof.automaton import END, START, Automaton, automaton_of
from handler.errors import PolicyError

_atoms = st.sampled_from(["a", "b", "1", "-", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "[a-b1]", r"[\d-]"])

REGEXES = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        inner.map(lambda body: f"({body})"),
    ),
    max_leaves=8,
).map(lambda body: f"^{body}$")


def automaton_or_none(regex: str) -> Automaton | None:
    try:
        re.compile(regex, re.ASCII)
        return automaton_of(regex)
    except (PolicyError, re.error, FutureWarning):
        return None


def read(automaton: Automaton, text: str) -> tuple[int, bool]:
    """The steps on ``text`` if it fails at its end, and whether it matches."""
    ahead = automaton.follow[START]
    steps = ahead.total()
    for character in text:
        ahead = automaton.read(ahead, character)
        steps += ahead.total()
    return steps, END in ahead
