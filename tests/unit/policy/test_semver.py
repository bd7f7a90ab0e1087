"""Versions, ranges, and the policy that takes the highest version in a range."""

from __future__ import annotations

import itertools
import re

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from components.policy_proof.proof import tag_filters
from handler.errors import PolicyError
from handler.policy import Left, judge, parse
from handler.policy.semver import Semver, Version
from tests.support.images import image, proved, selected

_numbers = st.integers(0, 12)
# Few letters and digits, so that identifiers agree in part.
_identifiers = st.one_of(
    st.integers(0, 11).map(str), st.text("ab-", min_size=1, max_size=2), st.sampled_from(["0a", "1-", "rc"])
)
_prereleases = st.lists(_identifiers, max_size=3).map(".".join)
_texts = st.builds(
    lambda major, minor, patch, pre: f"{major}.{minor}.{patch}" + (f"-{pre}" if pre else ""),
    *(_numbers, _numbers, _numbers, _prereleases),
)


def version(text: str) -> Version:
    found = Version.parse(text)
    assert found is not None, text
    return found


@given(_texts, _texts)
def test_precedence_is_that_of_the_semver_package(one: str, other: str) -> None:
    ours, theirs = version(one), version(other)
    oracle = semver.Version.parse(one).compare(other)
    assert (ours > theirs) - (ours < theirs) == oracle
    assert (ours == theirs) == (oracle == 0)


@given(_texts)
def test_a_version_is_written_as_it_was_read(text: str) -> None:
    assert str(version(text)) == text == str(version(f"v{text}"))


@given(st.text("0123456789.-abv+", max_size=12))
def test_what_is_a_version_is_so_for_the_semver_package_too(text: str) -> None:
    # A tag has no "+", and may have a leading "v".
    known = "+" not in text and semver.Version.is_valid(text.removeprefix("v"))
    assert (Version.parse(text) is not None) == known


# Range -> versions inside, versions outside.
RANGES = {
    ">=1.4 <2": ("1.4.0 1.4.1 1.99.0", "1.3.9 2.0.0 1.5.0-rc.1 2.0.0-rc.1"),
    ">= 1.4, < 2": ("1.4.0 1.99.0", "1.3.9 2.0.0"),
    ">1.4": ("1.5.0 2.0.0", "1.4.0 1.4.9"),
    ">1.4.2": ("1.4.3 1.5.0", "1.4.2 1.4.1"),
    ">1.4.2-rc.1": ("1.4.2-rc.2 1.4.2 1.4.3", "1.4.2-rc.1 1.4.2-alpha 1.4.1"),
    ">1.2 <1.5.0-rc.1": ("1.3.0 1.5.0-alpha", "1.3.0-alpha 1.2.9 1.5.0"),
    "<=1.4": ("1.4.0 1.4.9 0.1.0", "1.5.0"),
    "<=1.4.2": ("1.4.2 1.4.1", "1.4.3"),
    "<1.4": ("1.3.9 0.0.0", "1.4.0"),
    "~1.4": ("1.4.0 1.4.9", "1.3.9 1.5.0"),
    "~1.4.2": ("1.4.2 1.4.9", "1.4.1 1.5.0"),
    "~1": ("1.0.0 1.9.9", "0.9.9 2.0.0"),
    "^1.4": ("1.4.0 1.9.0", "1.3.9 2.0.0"),
    "^1.4.2": ("1.4.2 1.9.0", "1.4.1 2.0.0"),
    "^0.4": ("0.4.0 0.4.9", "0.5.0 0.3.9"),
    "^0.0.3": ("0.0.3", "0.0.4 0.0.2"),
    "^0.0": ("0.0.0 0.0.9", "0.1.0"),
    "^0": ("0.0.0 0.9.9", "1.0.0"),
    "1.x": ("1.0.0 1.9.9", "0.9.9 2.0.0"),
    "1": ("1.0.0 1.9.9", "0.9.9 2.0.0"),
    "1.4.X": ("1.4.0 1.4.9", "1.3.9 1.5.0"),
    "v1.4.*": ("1.4.0 1.4.9", "1.3.9 1.5.0"),
    "1.4.2": ("1.4.2", "1.4.1 1.4.3"),
    "=1.4.2": ("1.4.2", "1.4.1 1.4.3"),
    "*": ("0.0.0 9.9.9", "1.0.0-rc.1"),
    "1.2 - 1.4": ("1.2.0 1.4.9", "1.1.9 1.5.0"),
    "1.2.3 - 1.4.5": ("1.2.3 1.4.5", "1.2.2 1.4.6"),
    "~1.4 || ^3.1": ("1.4.7 3.1.0 3.9.0", "1.5.0 2.0.0 3.0.9 4.0.0"),
    ">=1.4.0-rc.1 <2": ("1.4.0-rc.1 1.4.0-rc.2 1.4.0 1.5.0-alpha", "1.4.0-beta 2.0.0-rc.1 2.0.0"),
    "~1.4.0-0": ("1.4.0-alpha 1.4.0 1.4.1-rc.1", "1.5.0-alpha 1.3.9"),
    ">=1.4.0 <2.0.0-rc.2": ("1.9.0 2.0.0-rc.1", "2.0.0-rc.2 2.0.0"),
    "1.4.0-rc.1": ("1.4.0-rc.1", "1.4.0 1.4.0-rc.2"),
    "1.x || >=2.0.0-0 <2.1": ("1.9.0 2.0.0-rc.1 2.0.5", "1.9.0-rc.1 2.1.0"),
}


def is_inside(text: str, name: str) -> bool:
    return any(version(name) in each for each in Semver(pattern=text).ranges)


@pytest.mark.parametrize("text", RANGES)
def test_a_range_holds_these_versions_and_not_those(text: str) -> None:
    inside, outside = (names.split() for names in RANGES[text])
    assert [name for name in inside if not is_inside(text, name)] == []
    assert [name for name in outside if is_inside(text, name)] == []


@pytest.mark.parametrize("text", RANGES)
def test_the_rule_lets_the_major_of_every_version_inside_through(text: str) -> None:
    prefixes = tuple(each["prefix"] for each in tag_filters(proved({"semver": text})))
    for numbers in itertools.product(range(6), range(6), range(6)):
        for suffix in ("", "-alpha", "-rc.1"):
            name = ".".join(map(str, numbers)) + suffix
            assert not is_inside(text, name) or name.startswith(prefixes), name


@pytest.mark.parametrize("text", [">=1", "*", "<=20251231", ">=20240101 <20260101 || 1.x"])
def test_majors_without_end_and_majors_that_are_dates_are_not_listed(text: str) -> None:
    starts = [each["prefix"] for each in tag_filters(proved({"semver": text}))]
    assert starts == [f"{v}{digit}" for v in ("", "v") for digit in range(10)]


@pytest.mark.parametrize(
    "text", [">2 <1", ">1.4.2 <1.4.3", ">=2.0.0-rc.1 <2.0.0-alpha", ">*", "<0.0.0", "^1.4 ~2.1"]
)
def test_a_range_that_no_version_satisfies_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="which no version satisfies"):
        proved({"semver": text})


_bounds = st.lists(
    st.builds(lambda op, text: op + text, st.sampled_from([">=", ">", "<", "<=", "~", "^", ""]), _texts),
    min_size=1,
    max_size=3,
).map(" ".join)


def is_refused(text: str) -> bool:
    try:
        proved({"semver": text})
    except PolicyError as error:
        return "which no version satisfies" in error.message
    return False


@given(_bounds, _texts)
def test_a_range_with_a_version_inside_is_never_refused(text: str, inside: str) -> None:
    assert not is_inside(text, inside) or not is_refused(text)


@given(_bounds)
def test_a_range_that_is_taken_has_a_version_inside_at_one_of_its_bounds(text: str) -> None:
    near = {"0.0.0", "0.0.0-0"}
    for major, minor, patch, pre in re.findall(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9a-zA-Z.-]+))?", text):
        a, b, c = int(major), int(minor), int(patch)
        for release in (f"{a}.{b}.{c}", f"{a}.{b}.{c + 1}", f"{a}.{b + 1}.0", f"{a + 1}.0.0"):
            near |= {release, f"{release}-0", *([f"{release}-{pre}", f"{release}-{pre}.0"] if pre else [])}
    assert is_refused(text) or any(is_inside(text, name) for name in near)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "which is empty"),
        ("1.x ||", "empty alternative"),
        ("latest", "'latest' is no comparator"),
        ("~>1.4", "'~>1.4' is no comparator"),
        ("1.04", "'1.04' is no comparator"),
        (">=1.4 & <2", "'&' is no comparator"),
        ("1.4-rc.1", "'1.4-rc.1' is no comparator"),
    ],
)
def test_what_is_no_range_is_named_with_an_example_of_one(text: str, named: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse({"semver": text})
    assert named in str(caught.value)
    assert '">=1.4 <2"' in caught.value.remedy


@pytest.mark.parametrize(
    ("within", "tags", "best"),
    [
        ("^1.4", "v1.4.0 v1.10.0 v1.9.9 v2.0.0", "v1.10.0"),
        ("^1.4", "1.4.0 latest 1.4 main-12 1.5.0-rc.1 v1.4.1", "v1.4.1"),
        (">=1.5.0-0", "1.5.0-rc.2 1.5.0-rc.10 1.4.0", "1.5.0-rc.10"),
        (">=1.5.0-0", "1.5.0-rc.2 1.5.0", "1.5.0"),
        ("1.x", "01.2.3 1.2.3.4 v 1.x", None),
    ],
)
def test_the_highest_version_in_the_range_wins_whenever_it_was_pushed(
    within: str, tags: str, best: str | None
) -> None:
    assert {selected({"semver": within}, order) for order in itertools.permutations(tags.split())} == {best}


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("latest", "is no version such as 1.4.2 or v1.4.2-rc.1"),
        ("1.3.9", "is outside of >=1.4 <2"),
        ("1.5.0-rc.1", "is a pre-release, and >=1.4 <2 names none that lets it in"),
        # Of that one it is not a pre-release that keeps it out.
        ("2.1.0-rc.1", "is outside of >=1.4 <2"),
    ],
)
def test_a_tag_that_is_left_is_told_why(tag: str, why: str) -> None:
    rank = judge(parse({"semver": ">=1.4 <2"}), image(tag))
    assert isinstance(rank, Left)
    assert rank.reason == why


def test_of_two_tags_of_one_version_the_one_that_sorts_last_wins_in_any_order() -> None:
    tags = ["1.4.2", "v1.4.2"]
    assert {selected({"semver": "1.x"}, order) for order in itertools.permutations(tags)} == {"v1.4.2"}
