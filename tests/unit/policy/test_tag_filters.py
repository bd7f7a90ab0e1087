"""The rule and the function: the rule never drops what the policy would select, and drops what it can."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.documents.event_pattern import image_arrived
from components.naming import Place
from components.policy_proof.proof import tag_filters
from handler.errors import PolicyError
from handler.policy import Policy, Taken, judge
from local.eventbridge.pattern_check import read_pattern
from local.eventbridge.patterns import matches
from tests.support.images import image, is_tag, proved

PLACE = Place("aws", "eu-west-1", "123456789012")
POLICIES: list[dict[str, Any]] = [
    {"tag": "latest"},
    *(
        {"glob": text}
        for text in ("release-*", "*-prod", "v*-prod", "a*b*c", "v?.*", "*", "**", "?", "latest")
    ),
    *({"glob": text} for text in ("*-*", "v1", "release-?-*")),
    *({"regex": text} for text in ("^main-([0-9]+)$", "^.*-prod$", "^(?:rc|release)-.*$", "^(?:v|v1)x$")),
    *(
        {"regex": text}
        for text in (
            "^latest$",
            "^v[0-9]+(\\.[0-9]+)*$",
            "^a+b$",
            "^(a)?b$",
            "^ab{2}c.$",
            "^.*$",
            "^(?:v.){0}ab?b$",
            "^a.(?:.b){0}$",
        )
    ),
    *(
        {"semver": text}
        for text in (">=1.4 <2", "~1.4", "^0.1", "*", "1.x || 3.x", ">=2.0.0-rc.1 <2.1", ">=1")
    ),
    *({"semver": text} for text in ("<2.0.0-rc.2", "1.2 - 3")),
]
_tags = st.one_of(
    st.text("abv-.019", min_size=1, max_size=8),
    st.builds(
        "{}{}.{}.{}{}".format,
        *(st.sampled_from(["", "v"]), st.integers(0, 4), st.integers(0, 5)),
        *(st.integers(0, 2), st.sampled_from(["", "-rc.1", "-alpha"])),
    ),
    st.builds(
        "{}-{}".format, st.sampled_from(["main", "release", "rc", "v", "a"]), st.text("0129-prod", max_size=6)
    ),
    st.sampled_from(["latest", "v-prod", "abbc1", "abc", "ab", "b", "release-1-x", "v1x", "vx", "v1.2"]),
)


def is_let_through(policy: Policy, detail: dict[str, Any]) -> bool:
    """As EventBridge decides, which also has to take the pattern."""
    pattern = read_pattern(json.dumps(image_arrived(PLACE, "backend", tag_filters(policy))))
    event = {
        "source": "aws.ecr",
        "account": PLACE.account,
        "region": PLACE.region,
        "detail-type": "ECR Image Action",
        "detail": {"result": "SUCCESS", "repository-name": "backend", "action-type": "PUSH", **detail},
    }
    return matches(pattern, event)


def check(policy: Policy, tag: str) -> None:
    if isinstance(judge(policy, image(tag)), Taken):
        assert is_let_through(policy, {"image-tag": tag}), (policy, tag, tag_filters(policy))


@pytest.mark.parametrize("specification", POLICIES, ids=json.dumps)
@given(tag=_tags.filter(is_tag))
def test_the_rule_never_drops_a_push_that_the_policy_would_select(
    specification: dict[str, Any], tag: str
) -> None:
    check(proved(specification), tag)


@given(
    st.one_of(
        st.text("ab*?-", min_size=1, max_size=6).map(lambda text: {"glob": text}),
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "b",
                    "-",
                    ".",
                    "(?:a|b)",
                    "(?:ab|a-)",
                    "a*",
                    "(?:ab)+",
                    "b?",
                    "[ab]",
                    "a{2}",
                    "(?:a.){0}",
                    "(?:.b){2}",
                ]
            ),
            min_size=1,
            max_size=5,
        ).map(lambda parts: {"regex": f"^{''.join(parts)}$"}),
    ),
    st.text("ab-", min_size=1, max_size=8).filter(is_tag),
)
def test_nor_does_that_of_any_other_pattern(specification: dict[str, Any], tag: str) -> None:
    try:
        policy = proved(specification)
    except PolicyError:
        return
    check(policy, tag)


@pytest.mark.parametrize("specification", POLICIES, ids=json.dumps)
@pytest.mark.parametrize("detail", [{"image-tag": ""}, {}], ids=["empty", "missing"])
def test_a_push_without_a_tag_starts_nothing(specification: dict[str, Any], detail: dict[str, str]) -> None:
    assert not is_let_through(proved(specification), detail)


@pytest.mark.parametrize(
    ("specification", "filters"),
    [
        ({"tag": "latest"}, ["latest"]),
        ({"glob": "release-*"}, [{"prefix": "release-"}]),
        ({"glob": "*-prod"}, [{"suffix": "-prod"}]),
        ({"glob": "v*-prod"}, [{"wildcard": "v*-prod"}]),
        ({"glob": "a**b*"}, [{"wildcard": "a*b*"}]),
        ({"glob": "v1"}, ["v1"]),
        ({"glob": "*"}, [{"anything-but": [""]}]),
        ({"regex": "^main-([0-9]+)$"}, [{"prefix": "main-"}]),
        ({"regex": "^.*-prod$"}, [{"suffix": "-prod"}]),
        ({"regex": "^v[0-9]+-prod$"}, [{"wildcard": "v*-prod"}]),
        ({"regex": "^latest$"}, ["latest"]),
        ({"regex": "^(?:release|rc)-.*$"}, [{"prefix": "r"}]),
        ({"regex": "^a{2}b?$"}, [{"prefix": "aa"}]),
        # What a match begins with and what it ends with may be the same characters.
        ({"regex": "^aba?$"}, [{"prefix": "ab"}]),
        ({"regex": "^aa?$"}, [{"prefix": "a"}]),
        ({"regex": "^ab(?:b|ab)$"}, [{"wildcard": "ab*b"}]),
        ({"semver": ">=1.4 <2"}, [{"prefix": "1."}, {"prefix": "v1."}]),
        (
            {"semver": "1.x || 3.x"},
            [{"prefix": "1."}, {"prefix": "3."}, {"prefix": "v1."}, {"prefix": "v3."}],
        ),
    ],
    ids=json.dumps,
)
def test_the_rule_says_as_much_as_a_pattern_can(specification: dict[str, Any], filters: list[Any]) -> None:
    assert tag_filters(proved(specification)) == filters


def test_up_to_ten_majors_are_listed_and_more_are_any_digit() -> None:
    few, many = (tag_filters(proved({"semver": text})) for text in ("<10", "<11"))
    assert [each["prefix"] for each in few] == [f"{v}{major}." for v in ("", "v") for major in range(10)]
    assert [each["prefix"] for each in many] == [f"{v}{digit}" for v in ("", "v") for digit in range(10)]


def test_an_open_range_lets_through_what_begins_like_a_version() -> None:
    policy = proved({"semver": ">=1.4"})
    through = [
        tag
        for tag in ("2.0.0", "v10.1.0", "latest", "main-1", "vx")
        if is_let_through(policy, {"image-tag": tag})
    ]
    assert through == ["2.0.0", "v10.1.0"]
