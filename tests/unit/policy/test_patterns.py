"""Globs and regular expressions as policies: what they select, in which order, and which select nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.policy_proof.automaton import FIRST_CHARACTERS
from handler.errors import PolicyError
from handler.policy import Left, judge, parse
from tests.support.images import image, proved, selected

TWO = "^6[.]([0-9]+)[.]([0-9]+)-alpine$"
OPTIONAL = "^v([0-9]+)?(?:[.]([0-9]+))?$"


@pytest.mark.parametrize(
    "specification",
    [
        *({"regex": text} for text in ("^$", "^team/app$", "^-x$", "^a{129}$", "^é$", "^[/:]$")),
        *({"glob": text} for text in ("-*", ".x", "?" * 129)),
        {"glob": "v*", "ignore": ["*"]},
        {"glob": "v*", "ignore": ["v", "v?", "v??*"]},
        {"regex": "^(?:a|b)-x$", "ignore": ["a*", "b-*"]},
        {"regex": "^main-([a-z]+)$", "order": "numeric"},
        {"regex": "^main-[0-9]+$", "order": "numeric"},
        {"regex": "^([a-z]+)-([0-9]+)$", "order": "numeric"},
        {"glob": "release-*", "order": "numeric"},
        {"regex": "^(main)?-([0-9]+)$", "order": "numeric"},
        {"regex": "^(([0-9]+)[.]([0-9]+))$", "order": "numeric"},
        {"regex": "^(?:(a(1))|([0-9]))$", "order": "numeric"},
        {"regex": "^()[0-9]+$", "order": "numeric"},
        {"regex": "^v([0-9]+)[.]([0-9]+)$", "order": "alphabetical"},
        {"semver": "1.x", "ignore": ["*.*"]},
    ],
)
def test_a_policy_that_can_select_nothing_is_refused(specification: dict[str, object]) -> None:
    with pytest.raises(PolicyError):
        proved(specification)


@pytest.mark.parametrize(
    "specification",
    [
        {"glob": "v*", "ignore": ["v", "v?", "v???*"]},
        {"regex": "^(?:a|b)-x$", "ignore": ["a*"]},
        {"regex": "^main-(?:x|([0-9]+))$", "order": "numeric"},
        {"regex": "^v([0-9]+)(?:[.]([0-9]+))?$", "order": "numeric"},
        {"regex": "^(?:a([0-9a-z]+)|b([0-9]+))$", "order": "numeric"},
        {"regex": "^v([0-9]+)[.]([0-9]+)$"},
        {"regex": "^(?:v([0-9]+))[.](?:[0-9]+)$", "order": "alphabetical"},
        {"glob": "2*", "order": "numeric"},
        {"regex": "^" + "a" * 128 + "$"},
        # Of these only _ can come first.
        {"regex": "^[_.-]x$"},
        # Nothing is left, which would take minutes to find out.
        {"glob": "*", "ignore": [f"*{letter}*" for letter in sorted(FIRST_CHARACTERS)]},
    ],
)
def test_a_policy_that_leaves_as_little_as_one_tag_or_may_do_so_is_taken(
    specification: dict[str, object],
) -> None:
    assert proved(specification).specification() == specification


@pytest.mark.parametrize(
    ("specification", "tags", "best"),
    [
        ({"glob": "release-*"}, ["release-b", "release-a", "main"], "release-a"),
        ({"glob": "release-*", "order": "alphabetical"}, ["release-b", "release-a"], "release-b"),
        ({"glob": "release-?"}, ["release-1", "release-10"], "release-1"),
        ({"glob": "2*", "order": "numeric"}, ["20261124", "20261101", "2-x"], "20261124"),
        ({"glob": "*", "ignore": ["*-rc*", "latest"]}, ["a", "a-rc1", "latest"], "a"),
        ({"regex": "^main-([0-9]+)$", "order": "numeric"}, ["main-10", "main-9", "main-x"], "main-10"),
        ({"regex": "^main-([0-9]+)$", "order": "alphabetical"}, ["main-10", "main-9"], "main-9"),
        ({"regex": "^main-([0-9]+)$"}, ["main-10", "main-9"], "main-9"),
        (
            {"regex": "^main-[a-f0-9]+-(?P<at>[0-9]+)$", "order": "numeric"},
            ["main-ff-2", "main-0a-10"],
            "main-0a-10",
        ),
        ({"regex": "^(?:x-)?([0-9]+)$", "order": "numeric"}, ["x-7", "07", "6"], "x-7"),
        ({"regex": "^main-(?:x|([0-9]+))$", "order": "numeric"}, ["main-x", "main-1"], "main-1"),
        ({"regex": TWO, "order": "numeric"}, ["6.2.10-alpine", "6.2.9-alpine"], "6.2.10-alpine"),
        ({"regex": TWO, "order": "numeric"}, ["6.10.0-alpine", "6.2.11-alpine"], "6.10.0-alpine"),
        # What took no part ranks below any number, and where nothing took part there is no rank.
        ({"regex": OPTIONAL, "order": "numeric"}, ["v2", "v2.0", "v1.9"], "v2.0"),
        ({"regex": OPTIONAL, "order": "numeric"}, ["v3", "v2.9"], "v3"),
        ({"regex": "^(?:([0-9]+)[.])?v([0-9]+)$", "order": "numeric"}, ["0.v2", "v2"], "0.v2"),
        ({"regex": OPTIONAL, "order": "numeric"}, ["v"], None),
        ({"regex": "^v([0-9a]*)-([0-9]*)$", "order": "numeric"}, ["v1-", "v1a-2", "v-"], "v1-"),
        # By time of push no group counts.
        ({"regex": "^release(-[a-z]+)?$"}, ["release-b", "release"], "release"),
        ({"tag": "latest"}, ["v1", "latest", "v2"], "latest"),
        ({"glob": "release-*"}, ["main"], None),
    ],
)
def test_the_last_tag_by_the_order_is_selected(
    specification: dict[str, object], tags: list[str], best: str | None
) -> None:
    assert selected(specification, tags) == best


@given(st.lists(st.tuples(*[st.none() | st.sampled_from([0, 9, 10])] * 3), min_size=1, max_size=5))
def test_numbers_are_compared_one_after_the_other(numbers: list[tuple[int | None, ...]]) -> None:
    def tag(row: tuple[int | None, ...]) -> str:
        return "v" + "".join(
            f"{name}{each}" for name, each in zip("abc", row, strict=True) if each is not None
        )

    tags = {tag(row): row for row in numbers}
    regex = "^v(?:a([0-9]+))?(?:b([0-9]+))?(?:c([0-9]+))?$"
    known = {tag: row for tag, row in tags.items() if row != (None, None, None)}
    # Python compares lists as the rule says; a number that is missing is below 0.
    best = max(known, key=lambda tag: [-1 if each is None else each for each in known[tag]], default=None)
    assert {
        selected({"regex": regex, "order": "numeric"}, order) for order in (list(tags), [*tags][::-1])
    } == {best}


@pytest.mark.parametrize("order", ["pushed", "numeric", "alphabetical"])
def test_ties_are_decided_by_the_characters_of_the_tag_in_any_order_of_listing(order: str) -> None:
    # Pushed at one moment, one number, one captured text.
    images = [image(tag, minute=1) for tag in ("b-7", "a-7", "c-7")]
    specification = {"regex": "^[a-c]-([0-9]+)$", "order": order}
    assert {selected(specification, each) for each in itertools.permutations(images)} == {"c-7"}


@pytest.mark.parametrize(
    ("tag", "unfit", "why"),
    [
        ("v1-rc", "", "ignored by *-rc"),
        ("main", "", "does not match v*"),
        ("v1", "can't be pulled: ECR has it as ARCHIVED", "ARCHIVED"),
        (f"sha256-{'a' * 64}.sig", "", "stands beside another image"),
        (f"sha256-{'a' * 64}", "", "stands beside another image"),
    ],
)
def test_an_image_that_is_left_is_left_for_a_reason(tag: str, unfit: str, why: str) -> None:
    pattern = "v*" if not tag.startswith("sha256") else "*"
    rank = judge(parse({"glob": pattern, "ignore": ["*-rc"]}), image(tag, unfit=unfit))
    assert isinstance(rank, Left)
    assert why in rank.reason


@pytest.mark.parametrize(
    ("tag", "order", "why"),
    [
        ("v", "numeric", "what is ordered by has matched nothing"),
        ("vx", "numeric", "'x' is no whole number"),
        ("v", "alphabetical", "what is ordered by has matched nothing"),
    ],
)
def test_an_image_without_what_is_ordered_by_is_left(tag: str, order: str, why: str) -> None:
    rank = judge(parse({"regex": "^v([0-9x])?$", "order": order}), image(tag))
    assert rank == Left(why)


@pytest.mark.parametrize(
    ("specification", "said"),
    [
        (
            {"regex": "^(main)-([0-9]+)$", "order": "numeric"},
            "regex '^(main)-([0-9]+)$' with order numeric, where group 1 can't be a number",
        ),
        (
            {"glob": "main-*", "order": "numeric"},
            "glob 'main-*' with order numeric, where what is ordered by can't be a number",
        ),
        (
            {"regex": "^([0-9]+)-(.+)$", "order": "numeric"},
            "regex '^([0-9]+)-(.+)$' with order numeric, where group 2 may hold something else than a number",
        ),
        (
            {"regex": "^(a)-(b)$", "order": "alphabetical"},
            "regex '^(a)-(b)$' with order alphabetical, which looks at one group, where there are 2",
        ),
    ],
)
def test_an_order_that_can_not_be_is_refused_with_the_remedy(
    specification: dict[str, object], said: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        proved(specification)
    assert caught.value.message == said
    assert "write (?:…)" in caught.value.remedy


@pytest.mark.parametrize("pattern", ["^a{4294967295}$", f"^{'(' * 600}a{')' * 600}$", "^(?:a{900}){900}$"])
def test_an_expression_that_is_too_much_for_python_is_refused(pattern: str) -> None:
    with pytest.raises(PolicyError, match=r"^regex "):
        proved({"regex": pattern})


def test_by_time_of_push_an_image_is_left_of_which_ecr_tells_none() -> None:
    rank = judge(parse({"glob": "v*"}), replace(image("v1"), pushed_at=None))
    assert isinstance(rank, Left)
    assert rank.reason == "ECR does not say when it was pushed"


def test_one_tag_knows_neither_order_nor_time() -> None:
    policy = parse({"tag": "latest"})
    assert (policy.by_time, policy.allow_downgrade) == (False, True)


@pytest.mark.parametrize(
    "specification",
    [
        {"tag": "latest"},
        {"glob": "v*", "ignore": ["*-rc*"], "allowDowngrade": True},
        {"glob": "2*", "order": "numeric"},
        {"regex": "^v(.*)$", "order": "alphabetical", "allowDowngrade": True},
        {"semver": "1.x", "ignore": ["*-rc*"]},
        {"semver": "1.x", "allowDowngrade": True},
    ],
)
def test_a_policy_says_what_it_was_made_of(specification: dict[str, object]) -> None:
    policy = parse(specification)
    assert policy.specification() == specification
    assert (
        parse(
            {"ignore": [], "allowDowngrade": False, **specification}
            if policy.tag is None
            else {"tag": policy.tag}
        )
        == policy
    )


def test_a_pattern_that_is_too_long_is_named() -> None:
    with pytest.raises(PolicyError, match=r"glob 'aaa.*', which stands for more than 1,000 characters"):
        proved({"glob": "a" * 1_001})


@pytest.mark.parametrize(
    "specification",
    [
        {},
        {"tag": 7},
        {"tag": "latest", "glob": "v*"},
        {"glob": "v*", "regex": "^v$"},
        {"glob": "v*", "order": "newest"},
        {"glob": "v*", "ignore": "v1"},
        {"glob": "v*", "ignore": [1]},
        {"glob": "v*", "allowDowngrade": "yes"},
        {"glob": ["v*"]},
        {"newest": True},
    ],
)
def test_what_is_no_policy_is_refused_whole(specification: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match="no image policy"):
        parse(specification)
