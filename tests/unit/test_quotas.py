"""More than AWS takes, although each value by itself is sound."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

import stack_config
from components.naming import Names
from components.pair import Pair
from components.problems import ConfigErrors, Problem
from components.quotas import LONGEST, environment_size, policy_size

PROJECT = "ecr-batch-updater"
NAMES = Names(PROJECT, "dev", "ocr")
ROLES = [f"arn:aws:iam::123456789012:role/job-{number}" for number in range(200)]
EVERYTHING: dict[str, Any] = {
    "keepRevisions": 20,
    "reconcile": "rate(1 hour)",
    "requires": {"maxSeverity": "HIGH", "minAge": "10m", "platform": "linux/arm64"},
    "imagePolicy": {"semver": ">=1.4 <2", "ignore": ["*-rc*"]},
    "passRoles": ROLES[:2],
    "pin": "digest",
}


def keys(definitions: int, length: int = 33, **others: Any) -> dict[str, Any]:
    names = [f"{number:03}".ljust(length, "x") for number in range(definitions)]
    return {"repository": "backend", "jobDefinitions": names, **others}


def load(pairs: dict[str, Any], **others: Any) -> dict[str, Pair]:
    config = stack_config.load({"pairs": pairs, **others}, project=PROJECT, stack="dev")
    return dict(config.pairs)


def problems(pairs: dict[str, Any], **others: Any) -> tuple[Problem, ...]:
    with pytest.raises(ConfigErrors) as caught:
        load(pairs, **others)
    return caught.value.problems


def one(**others: Any) -> Pair:
    return load({"ocr": keys(3, **others)})["ocr"]


def test_the_environment_is_measured_as_the_json_of_all_variables() -> None:
    pair = one()
    variables = pair.settings("ocr").environment()
    plain = sum(len(name) + len(value) for name, value in variables.items())
    # Four quotes, a colon and a comma or brace for each, the opening brace, and four quotes in IMAGE_POLICY.
    assert environment_size(NAMES, pair) == plain + 6 * len(variables) + 1 + 4
    assert environment_size(NAMES, one(omitFields=["x"])) == environment_size(NAMES, pair) + 24


def test_no_region_has_longer_arns_than_the_one_that_sizes_are_counted_for() -> None:
    session = botocore.session.get_session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("batch", partition) or ["us-isof-south-1"]:
            assert len(partition + region) <= len(LONGEST.partition + LONGEST.region), (partition, region)


@pytest.mark.parametrize("length", [1 + 2, 33, 128])
@pytest.mark.parametrize("others", [{}, EVERYTHING], ids=["plain", "everything"])
def test_as_many_definitions_fit_as_the_error_says_and_not_one_more(
    length: int, others: dict[str, Any]
) -> None:
    found = problems({"ocr": keys(400, length, **others)})
    fits = [int(problem.expected.partition("the first ")[2].split()[0]) for problem in found]
    (pair,) = load({"ocr": keys(min(fits), length, **others)}).values()
    assert environment_size(NAMES, pair) <= 4096
    assert policy_size(NAMES, pair) <= 10_240
    for problem in problems({"ocr": keys(min(fits) + 1, length, **others)}):
        assert (problem.pair, problem.key) == ("ocr", "jobDefinitions")
        assert f"so the first {min(fits)} of these definitions" in problem.expected
        assert problem.remedy == "split the pair into two over the same repository"


def test_the_error_says_how_much_there_is_and_how_much_fits() -> None:
    (problem,) = problems({"ocr": keys(60)})
    assert str(problem) == (
        'pair "ocr", key "jobDefinitions": found 60 job definitions, with which the policy of the '
        "function's role has 13,165 characters, expected at most 10,240 characters, so the first 45 of these "
        "definitions. Remedy: split the pair into two over the same repository."
    )


def test_as_many_definitions_fit_as_the_readme_says() -> None:
    assert load({"ocr": keys(40, **EVERYTHING)})
    assert load({"ocr": keys(20, 128, **EVERYTHING)})


def test_the_remedy_for_what_is_too_long_without_any_definition_is_another() -> None:
    (problem,) = problems({"ocr": keys(1, passRoles=ROLES * 2)})
    assert problem.remedy == "shorten passRoles"
    (problem,) = problems({"ocr": keys(1, omitFields=["field" * 1000])})
    assert problem.remedy == "shorten adopt and imagePolicy and omitFields"


def stack(pairs: int, **others: Any) -> dict[str, Any]:
    return {
        f"p{number}": {"repository": "backend", "jobDefinitions": [f"job{number}"], **others}
        for number in range(pairs)
    }


def test_a_pair_has_one_rule_one_more_with_a_schedule_and_one_more_with_a_gate_for_scans() -> None:
    assert [
        len(one().rules),
        len(one(reconcile="rate(1 hour)").rules),
        len(one(reconcile="rate(1 hour)", requires={"maxSeverity": "HIGH"}).rules),
    ] == [1, 2, 3]


@pytest.mark.parametrize(("most", "others"), [(300, {}), (150, {"reconcile": "rate(1 hour)"})])
def test_a_stack_has_at_most_the_rules_that_a_bus_takes(most: int, others: dict[str, Any]) -> None:
    assert len(load(stack(most, **others))) == most
    (problem,) = problems(stack(most + 1, **others))
    assert problem.pair is None
    assert problem.found.startswith(f"{(most + 1) * (2 if others else 1)} rules of {most + 1} pairs")
    assert problem.expected == "at most 300, which is what an event bus takes"
    assert "set rulesPerBus to it" in problem.remedy


def test_a_raised_quota_lets_more_rules_through_and_a_lower_one_fewer() -> None:
    assert load(stack(301), rulesPerBus=301)
    (problem,) = problems(stack(101), rulesPerBus=100)
    assert problem.expected == "at most 100, which is what an event bus takes"


@pytest.mark.parametrize("quota", [True, "300", 0, 1.5, None])
def test_a_quota_that_is_no_number_is_refused(quota: Any) -> None:
    (problem,) = problems(stack(1), rulesPerBus=quota)
    assert (problem.key, problem.expected) == ("rulesPerBus", "a whole number, 1 or more")


def test_a_stack_has_at_most_thirty_rules_with_wildcards() -> None:
    assert load(stack(30, imagePolicy={"glob": "a*b"}) | {"other": keys(1, imagePolicy={"glob": "a*"})})
    (problem,) = problems(stack(31, imagePolicy={"glob": "a*b"}))
    assert problem.found.startswith("31 pairs whose rule has a wildcard (p0, p1, p10,")
    assert problem.expected.startswith("at most 30")
