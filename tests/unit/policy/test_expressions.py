"""Regular expressions mean to the checks what they mean to Python, and can't explode."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import PolicyError
from handler.policy import parse
from components.policy_proof.automaton import Automaton, build
from components.policy_proof.proof import selects_nothing
from handler.policy.glob_pattern import glob_node, matches
from components.policy_proof.steps import MOST_READINGS, check_readings
from handler.policy.regex_syntax import parse_regex
from handler.policy.tags import is_tag

# Regular expressions of our syntax over few characters, so that their matches are often the same.
_atoms = st.sampled_from(["a", "b", "1", "-", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "[a-b1]", r"[\d-]"])

# What no such tree is made of: parts that stand together by accident.
_scraps = st.lists(
    st.sampled_from(
        [*"ab1-.*+?()|[]^\\,=&~", "{0}", "{1,2}", "(?:", "(?P<n>", r"\d", r"\w", r"\D", "[a", "-]", "[^"]
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: f"^{''.join(parts)}$")

_regexes = st.recursive(
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

_tags = st.text("ab1-.", min_size=1, max_size=8)


def automaton_of(regex: str) -> Automaton | None:
    try:
        return build(parse_regex(regex))
    except PolicyError:
        return None


def readings(automaton: Automaton, text: str) -> tuple[int, int]:
    """In how many ways ``text`` can be read, and the most for any of its beginnings."""
    ways: Counter[int | None] = Counter({None: 1})
    most = 1
    for character in text:
        after: Counter[int | None] = Counter()
        for state, count in ways.items():
            for other, more in automaton.after(state).items():
                if character in automaton.states[other]:
                    after[other] += count * more
        ways, most = after, max(most, after.total())
    return sum(count * automaton.last[state] for state, count in ways.items() if state is not None), most


@given(_regexes, _tags)
def test_an_expression_means_to_the_checks_what_it_means_to_python(regex: str, tag: str) -> None:
    automaton = automaton_of(regex)
    if automaton is not None:
        assert bool(readings(automaton, tag)[0]) == bool(re.fullmatch(regex, tag, re.ASCII))


@pytest.mark.parametrize(
    "body",
    [
        *(
            "a",
            "a?",
            "a*",
            "a+",
            "a{2}",
            "a{0}b",
            "a{1,2}",
            "a{0,2}",
            "a{2,}",
            "a??",
            "a*?b",
            "a+?",
            "a{1,2}?",
        ),
        *("(?:ab)?", "(?:ab)*", "(?:ab){1,2}b", "(?:a|ab)b?", "(?:a?b){2}", "(a|b)a", "(?P<n>a)b", "a|b"),
        *(
            "[ab]",
            "[^a]",
            "[a-b]",
            "[-a]",
            "[a-]",
            "[]a]",
            "[^]a]",
            "[a^]",
            "[^^a]",
            "[$a]",
            "[.]",
            "a.",
            "-",
        ),
        *(r"\d", r"\D", r"\w", r"\W", r"[\d-]", r"[\w.-]", r"[^\d]", r"\.", r"a\-", r"[\]a]", r"[a\-b]"),
    ],
)
def test_each_part_of_an_expression_means_what_it_means_to_python(body: str) -> None:
    # Alternatives stand in a group.
    regex = f"^(?:{body})$"
    texts = ["".join(letters) for size in range(1, 5) for letters in itertools.product("ab-.1", repeat=size)]
    automaton = build(parse_regex(regex))
    ours = [text for text in texts if readings(automaton, text)[0]]
    assert ours == [text for text in texts if re.fullmatch(regex, text, re.ASCII)]


@given(_scraps, _tags)
def test_what_the_checks_take_python_takes_too_and_means_the_same(regex: str, tag: str) -> None:
    automaton = automaton_of(regex)
    if automaton is not None:
        assert bool(readings(automaton, tag)[0]) == bool(re.fullmatch(regex, tag, re.ASCII))


@given(_regexes, st.text("ab1-.", min_size=1, max_size=128))
def test_an_expression_that_is_taken_can_be_read_in_few_ways_however_long_the_tag(
    regex: str, tag: str
) -> None:
    automaton = automaton_of(regex)
    if automaton is None:
        return
    try:
        check_readings(automaton)
    except PolicyError:
        return
    assert readings(automaton, tag)[1] <= MOST_READINGS


@given(_regexes, _tags)
def test_an_expression_that_matches_a_tag_is_never_said_to_match_none(regex: str, tag: str) -> None:
    automaton = automaton_of(regex)
    if automaton is not None and is_tag(tag) and re.fullmatch(regex, tag, re.ASCII):
        assert not selects_nothing(automaton)
        found = re.fullmatch(regex, tag, re.ASCII)
        text = (found[1] if found and found.re.groups else tag) or ""
        if text.isdecimal():
            assert not selects_nothing(automaton, number=True)


@given(
    st.text("ab*?-", min_size=1, max_size=6), st.lists(st.text("ab*?-", min_size=1, max_size=4), max_size=2)
)
def test_a_pattern_is_said_to_leave_nothing_only_where_no_short_tag_is_left(
    pattern: str, ignore: list[str]
) -> None:
    nothing = selects_nothing(build(glob_node(pattern)), [build(glob_node(each)) for each in ignore])
    short = ("".join(letters) for size in range(1, 5) for letters in itertools.product("ab-", repeat=size))
    left = [
        tag
        for tag in short
        if is_tag(tag) and matches(pattern, tag) and not any(matches(each, tag) for each in ignore)
    ]
    assert not (nothing and left)


@pytest.mark.parametrize(
    "regex",
    [
        "^main-([0-9]+)$",
        "^main-[a-f0-9]+-(?P<ts>[0-9]+)$",
        r"^v[0-9]+(\.[0-9]+)*$",
        "^.*-([0-9]+)$",
        "^(?:rc|release)-[a-z]+?-[0-9]{8}$",
        "^[a-f0-9]{40}$",
        "^[a-f0-9]{7,40}$",
        "^a(?:b|c)*x$",
        "^.{1,128}$",
        "^" + "a?" * 14 + "b$",
    ],
)
def test_the_usual_expressions_are_taken(regex: str) -> None:
    assert parse({"regex": regex}).specification() == {"regex": regex}


@pytest.mark.parametrize(
    ("regex", "why"),
    [
        ("^(a+)+$", "exponentially"),
        ("^(a|a)*b$", "exponentially"),
        ("^(a|aa)+$", "exponentially"),
        (r"^(\w+-?)*$", "exponentially"),
        (r"^([a-z]+|[a-z0-9]+)*-x$", "exponentially"),
        ("^(a*)*$", "repeats something that can be empty"),
        ("^(a?){2,}$", "repeats something that can be empty"),
        ("^(?:|a)+$", "repeats something that can be empty"),
        ("^.*-.*-.*$", "more than 10000 ways"),
        ("^a*a*a*b$", "more than 10000 ways"),
        ("^" + "(?:a|ab)(?:b|bc)?" * 14 + "$", "more than 10000 ways"),
        ("^a" + "(?:|)" * 14 + "$", "more than 10000 ways"),
        ("^a*" + "(?:|)" * 7 + "$", "more than 10000 ways"),
        ("^" + "(?:|)" * 14 + "a$", "more than 10000 ways"),
        ("^" + "a?" * 15 + "b$", "more than 10000 ways"),
        ("^a{301}$", "more than 300 characters"),
        ("^(?:a{20}){20}$", "more than 300 characters"),
    ],
)
def test_an_expression_that_can_explode_is_refused(regex: str, why: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse({"regex": regex})
    assert why in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("regex", "named"),
    [
        *(("main", "between ^ and $"), ("^main", "between ^ and $"), ("main$", "between ^ and $")),
        *((r"^main\$", "between ^ and $"), ("^", "between ^ and $"), ("", "between ^ and $")),
        *(("^a|b$", "alternatives"), ("^(a$", "a ( without its )"), ("^a)b$", "a ) without its (")),
        *(("^*a$", "a * with nothing before it"), ("^a**$", "repetition of a repetition")),
        *(("^a*+$", "repetition of a repetition"), ("^a{2$", "a { without a count"), ("^a{3,1}$", "{3,1}")),
        *(("^[a$", "an end where more must follow"), ("^[b-a]$", "the range b-a"), ("^[[a]$", "a [ inside")),
        *(("^(?=a)b$", "starts with (?"), ("^(?i)a$", "starts with (?"), ("^(?P<n>a$", "without its )")),
        *((r"^[\w-.]$", "a - between"), (r"^[\d-\w]$", "a - between"), ("^[+--]a$", "set difference")),
        *(("^(?P<n>a)(?P<n>b)$", "redefinition of group name 'n'"), ("^[a||b]$", "set union")),
        *((r"^(a)\1$", r"\1"), (r"^\ba$", r"\b"), ("^a^b$", "a ^ inside"), ("^a$b$", "a $ inside")),
    ],
)
def test_what_an_expression_may_not_hold_is_named_with_its_remedy(regex: str, named: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse({"regex": regex})
    assert named in caught.value.message
    assert caught.value.remedy
