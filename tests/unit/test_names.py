"""No two pairs of a project share a name, whatever their stacks are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.documents.alarms import pair_alarms
from components.naming import Names, RuleKind, name_problems, stack_prefix, stack_topic_name

PROJECT = "ecr-batch-updater"
# AWS's own rules, in the order of Names' kinds below; the tightest of the names that each service takes.
TAKEN = {
    "rule": re.compile(r"[\.\-_A-Za-z0-9]{1,64}"),  # eventbridge/latest/APIReference/API_PutRule.html
    "function": re.compile(r"[a-zA-Z0-9-_]{1,64}"),  # lambda/latest/api/API_CreateFunction.html
    "queue": re.compile(
        r"[a-zA-Z0-9-_]{1,80}"
    ),  # AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    "dashboard": re.compile(
        r"[a-zA-Z0-9-_]{1,255}"
    ),  # AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    "alarm": re.compile(r".{1,255}"),  # AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    "log group": re.compile(r"[\.\-_/#A-Za-z0-9]{1,512}"),  # CreateLogGroup
    "role policy": re.compile(r"[\w+=,.@-]{1,128}"),  # IAM/latest/APIReference/API_PutRolePolicy.html
    "topic": re.compile(r"[a-zA-Z0-9-_]{1,256}"),  # sns/latest/api/API_CreateTopic.html
}

# Short texts of few characters, so that examples often differ in the place of their dashes alone.
stacks = st.text("ax-_", min_size=1, max_size=6)
pairs = st.from_regex(r"[ax](?:[ax-]{0,5}[ax])?(?:-reconcile|-scans|-dlq|-errors|-alarms)?", fullmatch=True)
deployments = st.tuples(stacks, pairs).filter(
    lambda each: name_problems(PROJECT, *each, scheduled=True) == []
)


def names_of(stack: str, pair: str) -> set[tuple[str, str]]:
    """Every physical name that a pair can have, each with what bears it, as AWS keeps those apart."""
    names = Names(PROJECT, stack, pair)
    return {
        *(("rule", rule) for rule in map(names.rule, RuleKind)),
        *((kind, names.base) for kind in ("function", "dashboard", "role policy")),
        ("queue", names.queue),
        ("log group", names.log_group),
        *(("alarm", names.alarm(alarm.suffix)) for alarm in pair_alarms(names, RuleKind)),
    }


@given(deployments, deployments)
@example(("dev", "x-y"), ("dev-x", "y"))
@example(("dev", "x"), ("dev-x", "x"))
@example(("dev-", "x"), ("dev", "x"))
@example(("a--", "x"), ("a-", "x"))
def test_two_pairs_have_no_name_in_common(one: tuple[str, str], other: tuple[str, str]) -> None:
    if one != other:
        assert names_of(*one).isdisjoint(names_of(*other))


@given(stacks, stacks)
def test_two_stacks_have_no_topic_in_common(one: str, other: str) -> None:
    assert (stack_topic_name(PROJECT, one) == stack_topic_name(PROJECT, other)) == (one == other)


@given(stacks, deployments)
def test_the_prefix_of_a_stack_alone_is_no_name_of_a_pair(stack: str, deployment: tuple[str, str]) -> None:
    assert stack_prefix(PROJECT, stack) not in {name for _, name in names_of(*deployment)}


@given(deployments)
def test_aws_takes_every_name(deployment: tuple[str, str]) -> None:
    stack, pair = deployment
    for kind, name in {*names_of(stack, pair), ("topic", stack_topic_name(PROJECT, stack))}:
        assert TAKEN[kind].fullmatch(name), (kind, name)


@pytest.mark.parametrize(
    ("stack", "base"),
    [
        ("dev", "ecr-batch-updater-dev-ocr"),
        ("dev_eu", "ecr-batch-updater-dev_eu-ocr"),
        ("dev-eu", "ecr-batch-updater-dev--eu-ocr"),
    ],
)
def test_only_the_dashes_of_the_stack_are_written_otherwise(stack: str, base: str) -> None:
    assert Names(PROJECT, stack, "ocr").base == base
