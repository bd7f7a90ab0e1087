"""Regular expressions mean to the proof what they mean to Python; what it can't read is named."""

from __future__ import annotations

import itertools
import re
from fnmatch import fnmatchcase
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.policy_proof.automaton import automaton_of
from handler.errors import PolicyError
from tests.support.expressions import REGEXES, automaton_or_none, read
from tests.support.images import is_tag, proved

# Parts that stand together by accident.
_scraps = st.lists(
    st.sampled_from(
        [
            *"ab1-.*+?()|[]^\\,=&~",
            "{0}",
            "{1,2}",
            "(?:",
            "(?P<n>",
            r"\d",
            r"\w",
            r"\D",
            r"\s",
            "[a",
            "-]",
            "[^",
        ]
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: f"^{''.join(parts)}$")

_tags = st.text("ab1-.", min_size=1, max_size=8)


@given(st.one_of(REGEXES, _scraps), _tags)
def test_an_expression_means_to_the_proof_what_it_means_to_python(regex: str, tag: str) -> None:
    automaton = automaton_or_none(regex)
    if automaton is not None:
        assert read(automaton, tag)[1] == bool(re.fullmatch(regex, tag, re.ASCII))


@pytest.mark.parametrize(
    "body",
    [
        *("a", "a?", "a*", "a+", "a{2}", "a{0}b", "a{1,2}", "a{0,2}", "a{2,}", "a??", "a*?b", "a+?"),
        *(
            "a{1,2}?",
            "(?:ab)?",
            "(?:ab)*",
            "(?:ab){1,2}b",
            "(?:a|ab)b?",
            "(?:ab|ac|b)*",
            "(a|b)a",
            "(?P<n>a)b",
        ),
        *(
            "a|b",
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
        ),
        *("-", r"\d", r"\D", r"\w", r"\W", r"[\d-]", r"[\w.-]", r"[^\d]", r"\.", r"a\-", r"[\]a]", r"[a\-b]"),
        *("a{2", r"\x61b", r"\s|a", "(?:(?:a|b){2}-)+", "(?:ab?)+", "((?:a|-)+b)*"),
    ],
)
def test_each_part_of_an_expression_means_what_it_means_to_python(body: str) -> None:
    # Alternatives stand in a group.
    regex = f"^(?:{body})$"
    texts = ["".join(letters) for size in range(1, 5) for letters in itertools.product("ab-.1", repeat=size)]
    automaton = automaton_of(regex)
    ours = [text for text in texts if read(automaton, text)[1]]
    assert ours == [text for text in texts if re.fullmatch(regex, text, re.ASCII)]


def test_res_own_parser_answers_in_the_form_that_the_automaton_reads() -> None:
    """It is a private module of the standard library: where this fails, a version of Python changed it."""
    tree = _parser.parse(r"^a[bc]\d.(?:x|yz)(d){2,3}e*?(?P<n>f)$", re.ASCII)
    assert [tree[0], tree[len(tree) - 1]] == [
        (codes.AT, codes.AT_BEGINNING),
        (codes.AT, codes.AT_END),
    ]
    assert [name for name, _ in tree[1:-1]] == [
        *(codes.LITERAL, codes.IN, codes.IN, codes.ANY, codes.BRANCH),
        *(codes.MAX_REPEAT, codes.MIN_REPEAT, codes.SUBPATTERN),
    ]
    assert [list(each) for each in tree[5][1][1]] == [
        [(codes.LITERAL, 120)],
        [(codes.LITERAL, 121), (codes.LITERAL, 122)],
    ]
    assert (*tree[6][1][:2], next(iter(tree[6][1][2]))[1][:3]) == (2, 3, (1, 0, 0))
    assert tree[7][1][:2] == (0, codes.MAXREPEAT)
    assert tree[8][1][:3] == (2, 0, 0)
    assert (tree.getwidth()[0], tree.state.groups) == (8, 3)


@pytest.mark.parametrize(
    ("regex", "named"),
    [
        *(("main", "between ^ and $"), ("^main", "between ^ and $"), ("main$", "between ^ and $")),
        *((r"^main\$", "between ^ and $"), ("^", "between ^ and $"), ("", "between ^ and $")),
        *(
            ("^a|b$", "alternatives"),
            ("^a$|^b$", "alternatives"),
            ("^(a$", "missing )"),
            ("^a)b$", "unbalanced"),
        ),
        *(("^*a$", "nothing to repeat"), ("^a**$", "multiple repeat"), ("^a{3,1}$", "min repeat greater")),
        *(
            ("^[a$", "unterminated character set"),
            ("^[b-a]$", "bad character range"),
            ("^[[a]$", "nested set"),
        ),
        *(("^(?P<n>a)(?P<n>b)$", "redefinition of group name 'n'"), ("^[a||b]$", "set union")),
        *(("^[+--]a$", "set difference"), (r"^[\w-.]$", "bad character range"), ("^(?i)a$", "global flags")),
        *(("^(?=a)b$", "(assert)"), ("^(?!a)b$", "(assert not)"), ("^(?<=a)b$", "(assert)")),
        *(
            (r"^(a)\1$", "(groupref)"),
            ("^(a)?(?(1)b|c)$", "(groupref exists)"),
            ("^(?>a)b$", "(atomic group)"),
        ),
        *(("^a*+$", "(possessive repeat)"), ("^(?i:a)$", "(subpattern)"), ("^(?-i:a)b$", "(subpattern)")),
        *((r"^\ba$", "(at)"), ("^a^b$", "(at)"), ("^a$b$", "(at)"), (r"^a\Z$", "(at)")),
        *(("^(a*)*$", "repeats something that can be empty"), ("^(a?){2,}$", "repeats something")),
        *(("^(?:|a)+$", "repeats something that can be empty"), ("^(?:a?){2}$", "repeats something")),
        *(("^a{1001}$", "more than 1,000 characters"), ("^(?:a{40}){30}$", "more than 1,000 characters")),
        *(("^ $", "which no tag can match"), ("^a{129}$", "which no tag can match"), ("^a{2$", "no tag can")),
    ],
)
def test_what_an_expression_may_not_hold_is_named_with_its_remedy(regex: str, named: str) -> None:
    with pytest.raises(PolicyError) as caught:
        proved({"regex": regex})
    assert named in caught.value.message
    assert caught.value.message.startswith(f"regex {regex!r}, which ")
    assert caught.value.remedy


@settings(deadline=None)
@given(REGEXES, _tags)
def test_an_expression_that_matches_a_tag_is_never_said_to_match_none(regex: str, tag: str) -> None:
    if automaton_or_none(regex) is not None and is_tag(tag) and re.fullmatch(regex, tag, re.ASCII):
        try:
            proved({"regex": regex})
        except PolicyError as error:
            assert "no tag" not in error.message  # noqa: PT017


@settings(deadline=None)
@given(REGEXES)
def test_groups_that_can_be_numbers_at_once_are_never_said_to_be_none(regex: str) -> None:
    if automaton_or_none(regex) is None:
        return
    texts = ("".join(letters) for size in range(1, 5) for letters in itertools.product("a1-", repeat=size))
    numbers: set[int] = set()
    groups = re.compile(regex).groups
    for tag in filter(is_tag, texts):
        found = re.fullmatch(regex, tag, re.ASCII)
        given = [text for text in (found.groups() or (tag,) if found else ()) if text is not None]
        if found and all(text.isdecimal() for text in given):
            numbers |= {at for at, text in enumerate(found.groups(), 1) if text is not None} or {0}
    if numbers >= set(range(min(groups, 1), groups + 1)):
        try:
            proved({"regex": regex, "order": "numeric"})
        except PolicyError as error:
            assert "can't be a number" not in error.message  # noqa: PT017


@given(
    st.text("ab*?-", min_size=1, max_size=6), st.lists(st.text("ab*?-", min_size=1, max_size=4), max_size=2)
)
def test_a_pattern_is_said_to_leave_nothing_only_where_no_short_tag_is_left(
    pattern: str, ignore: list[str]
) -> None:
    short = ("".join(letters) for size in range(1, 5) for letters in itertools.product("ab-", repeat=size))
    left = [
        tag
        for tag in short
        if is_tag(tag) and fnmatchcase(tag, pattern) and not any(fnmatchcase(tag, each) for each in ignore)
    ]
    if left:
        proved({"glob": pattern, "ignore": ignore})
