"""Which tag keeps a matcher busy longest: its steps are counted before anything is deployed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.policy_proof import search
from components.policy_proof.automaton import FIRST_CHARACTERS, Automaton, automaton_of
from components.policy_proof.search import MOST_STEPS, slowest
from handler.errors import PolicyError
from tests.support.expressions import REGEXES, automaton_or_none, read
from tests.support.images import is_tag, proved

WORDS = "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|omicron|pi|rho|sigma|tau"


@dataclass(frozen=True)
class Repeated:
    body: Node
    least: int
    most: int


@dataclass(frozen=True)
class Choice:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Chain:
    parts: tuple[Node, ...]


Node = str | Repeated | Choice | Chain
_ENDLESS = 99
_nodes: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "."]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Chain(tuple(parts))),
        st.lists(inner | st.just(""), min_size=2, max_size=3).map(lambda parts: Choice(tuple(parts))),
        st.builds(
            lambda body, counts: Repeated(body, *counts),
            *(inner, st.sampled_from([(0, 1), (0, _ENDLESS), (1, _ENDLESS), (2, _ENDLESS), (2, 2), (1, 3)])),
        ),
    ),
    max_leaves=6,
)


def written(node: Node) -> str:
    """As a regular expression. Choices capture, so that ``re`` does not draw their beginnings together."""
    match node:
        case Repeated(body, least, most):
            return f"(?:{written(body)}){{{least},{'' if most == _ENDLESS else most}}}"
        case Choice(parts):
            return f"(?:{'|'.join(f'({written(part)})' for part in parts)})"
        case Chain(parts):
            return "".join(map(written, parts))
    return node


def tried(node: Node, text: str, at: int, tries: list[int]) -> Iterator[int]:
    """Where ``node`` can end, as a backtracking matcher tries them in turn; notes what it tries."""
    match node:
        case Repeated(body, least, most):
            yield from repeated(body, least, most, text, at, tries)
        case Choice(parts):
            for part in parts:
                yield from tried(part, text, at, tries)
        case Chain((first, *rest)):
            for end in tried(first, text, at, tries):
                yield from tried(Chain(tuple(rest)), text, end, tries)
        case Chain():
            yield at
        case "":
            yield at
        case str():
            tries.append(at)
            if at < len(text) and re.fullmatch(node, text[at]):
                yield at + 1


def repeated(body: Node, least: int, most: int, text: str, at: int, tries: list[int]) -> Iterator[int]:
    if most:
        for end in tried(body, text, at, tries):
            yield from repeated(body, max(least - 1, 0), most - 1, text, end, tries)
    if not least:
        yield at


@given(_nodes, st.text("ab-", min_size=1, max_size=7))
def test_steps_are_what_a_backtracking_matcher_tries_until_it_gives_up(node: Node, tag: str) -> None:
    automaton = automaton_or_none(f"^{written(node)}$")
    if automaton is not None:
        tries: list[int] = []
        ends = list(tried(node, tag, 0, tries))
        assert read(automaton, tag) == (len(tries) + len(ends), len(tag) in ends)


@given(_nodes, st.text("ab-", min_size=1, max_size=7))
def test_a_matcher_that_comes_to_what_takes_all_the_rest_has_nothing_more_to_try(
    node: Node, tag: str
) -> None:
    node = Chain((node, Repeated(".", 0, _ENDLESS)))
    automaton = automaton_or_none(f"^{written(node)}$")
    if automaton is not None:
        tries: list[int] = []
        ends = 0
        for end in tried(node, tag, 0, tries):
            ends += 1
            if end == len(tag):
                break
        # Reading the rest and going to the end is once for each character.
        assert len(tries) + ends <= read(automaton.until_all_matches(), tag)[0] + 2 * len(tag) + 1


def most_steps(automaton: Automaton, longest: int) -> int:
    """The steps of the slowest tag, by trying all."""
    tags = ("".join(letters) for letters in itertools.product("abc1-.", repeat=longest))
    automaton = automaton.until_all_matches()
    return max(read(automaton, tag)[0] for tag in tags if tag[0] in FIRST_CHARACTERS)


# A busy machine takes its time to try all tags.
@settings(deadline=None)
@given(st.one_of(_nodes.map(lambda node: f"^{written(node)}$"), REGEXES))
def test_the_slowest_tag_is_found(regex: str) -> None:
    automaton = automaton_or_none(regex)
    if automaton is not None:
        bound, tag = slowest(automaton, longest=4)
        assert bound == most_steps(automaton, 4) == read(automaton.until_all_matches(), tag)[0]


@pytest.mark.parametrize(("alike", "beginnings"), [(1, 240), (24, 1), (2, 3)])
@settings(deadline=None)
@given(regex=REGEXES)
def test_what_the_search_gives_up_stays_in_the_bound(alike: int, beginnings: int, regex: str) -> None:
    automaton = automaton_or_none(regex)
    if automaton is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "_MOST_ALIKE", alike)
            patch.setattr(search, "_MOST_BEGINNINGS", beginnings)
            bound, tag = slowest(automaton, longest=4)
            patch.setattr(search, "MOST_STEPS", 5)
            over, own = slowest(automaton, longest=4)
        automaton = automaton.until_all_matches()
        assert bound >= most_steps(automaton, 4)
        assert bound >= read(automaton, tag)[0]
        # The first tag that is found beyond the limit is told with its own steps.
        assert read(automaton, own)[0] in (over, *range(6))


@settings(deadline=None)
@given(REGEXES, st.text("ab1-.", min_size=1, max_size=128).filter(is_tag))
def test_no_tag_takes_more_steps_than_the_limit_where_the_expression_is_taken(regex: str, tag: str) -> None:
    automaton = automaton_or_none(regex)
    if automaton is not None:
        bound, _ = slowest(automaton)
        assert bound > MOST_STEPS or read(automaton.until_all_matches(), tag)[0] <= bound


@pytest.mark.parametrize(
    "regex",
    [
        *("^main-([0-9]+)$", "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", r"^v[0-9]+(\.[0-9]+)*$", "^.*-([0-9]+)$"),
        *("^(?:rc|release)-[a-z]+?-[0-9]{8}$", "^[a-f0-9]{40}$", "^[a-f0-9]{7,40}$", "^a(?:b|c)*x$"),
        *("^.{1,128}$", "^.+-.+-([0-9]+)$", r"^[\w.-]+-[\w.-]+-[0-9]+$", "^(?:ab|ac)*$", "^.*a.{60}$"),
        *("^(?:a{40}|a{41})*b$", "^" + "a?" * 14 + "b$", "^" + "(?:a|ab)(?:b|bc)?" * 8 + "$"),
        # More beginnings than the search follows when they are alike.
        f"^(?:(?:{WORDS})[.-])*[0-9]+$",
        # Where the rest may be anything, nothing fails.
        *("^.*-.*-.*$", "^.*[0-9a-f]{7,40}.*$", "^.*(dev|test|prod)-.*-([0-9]+)$"),
        *("^(?:[a-z]+-)*[0-9]+$", r"^v[0-9]+\.[0-9]+(?:\.[0-9]+)?(?:-[a-z0-9.]+)?$", "^.*[ab].*-[0-9]+$"),
    ],
)
def test_an_expression_that_is_fast_on_every_tag_is_taken(regex: str) -> None:
    assert proved({"regex": regex}).specification() == {"regex": regex}


@pytest.mark.parametrize(
    ("regex", "said"),
    [
        ("^(?:a+)+$", "196,606 steps on a tag that begins with 'aaaaaaaaaaaaaaaa'; the limit is 100,000"),
        ("^(?:a|a)+$", "131,069 steps"),
        ("^(?:(?:|)a)+$", "steps"),
        ("^(a|aa)+b$", "steps on a tag that begins with 'aaaaaaaaaaaaaaaa"),
        ("^(?:a|ab|b)*c$", "a tag that begins with 'ababababab"),
        (r"^(\w+-?)*$", "steps"),
        ("^([a-z]+|[a-z0-9]+)*-x$", "steps"),
        ("^(?:ab?c?|bc|a)*$", "steps"),
        ("^.*-.*-.*-x$", "a tag that begins with 'x-----"),
        ("^.*a.*b.*c$", "the limit is 100,000"),
        ("^.*a.*b.*c.*d$", "the limit is 100,000"),
        ("^a*a*a*b$", "steps"),
        ("^a" + "(?:|)" * 10 + "b+$", "steps"),
        # Ways that read nothing, and ways that are tried in vain.
        ("^x" + "(?:|)" * 30 + "$", "1,073,741,825 steps"),
        ("^[a-z]*[a-z]*[a-z]?[a-z]?[a-z]?" + "/?" * 900 + "-$", "steps"),
        ("^" + "a?" * 18 + "b$", "steps"),
        ("^" + "(?:a|ab)(?:b|bc)?" * 16 + "$", "steps"),
    ],
)
def test_an_expression_that_is_slow_on_some_tag_is_refused_with_such_a_tag(regex: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        proved({"regex": regex})
    assert said in caught.value.message
    assert "the limit is 100,000" in caught.value.message
    assert "[^-]* before a '-'" in caught.value.remedy
    told, beginning = re.findall(r"([0-9,]+) steps on a tag that begins with '(.*)'", str(caught.value))[0]
    assert read(automaton_of(regex), beginning)[0] == int(told.replace(",", "")) > MOST_STEPS
