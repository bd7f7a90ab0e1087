"""The reading of policy documents that the local cloud judges calls by."""

from __future__ import annotations

from typing import Any

import pytest

from local.iam.policy import Access, UnknownCondition, decide

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"


def allow(action: str = "sqs:SendMessage", resource: str = QUEUE, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": statement}


def send(resource: str = QUEUE, **context: list[str]) -> Access:
    known = {"iam:passedtoservice": context["service"]} if context else {}
    return Access(action="sqs:SendMessage", resource=resource, context=known)


def test_what_no_statement_allows_is_denied() -> None:
    assert decide([], send()) == "implicitly denied"
    assert decide([allow(action="sqs:ReceiveMessage")], send()) == "implicitly denied"


def test_a_deny_wins_over_an_allow_in_another_document() -> None:
    deny = {"Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}
    assert decide([allow(), deny], send()) == "explicitly denied"


@pytest.mark.parametrize(
    ("pattern", "resource", "decision"),
    [
        (QUEUE, QUEUE, "allowed"),
        (QUEUE, QUEUE + "-dlq", "implicitly denied"),
        (QUEUE[:-1] + "?", QUEUE, "allowed"),
        (QUEUE[:-1] + "?", QUEUE + "s", "implicitly denied"),
        ("arn:aws:sqs:*:123456789012:ord*", QUEUE, "allowed"),
        ("arn:aws:sqs:*:210987654321:ord*", QUEUE, "implicitly denied"),
        (QUEUE.upper(), QUEUE, "implicitly denied"),
    ],
)
def test_resources_match_by_wildcard_and_by_case(pattern: str, resource: str, decision: str) -> None:
    assert decide([allow(resource=pattern)], send(resource)) == decision


def test_actions_match_whatever_their_case() -> None:
    assert decide([allow(action="SQS:send*")], send()) == "allowed"


@pytest.mark.parametrize(
    ("condition", "service", "decision"),
    [
        ({"StringEquals": {"iam:PassedToService": ["a", "b"]}}, "b", "allowed"),
        ({"StringEquals": {"iam:PassedToService": ["a", "b"]}}, "c", "implicitly denied"),
        ({"StringEquals": {"aws:Missing": "a"}}, "a", "implicitly denied"),
        ({"StringEqualsIfExists": {"aws:Missing": "a"}}, "a", "allowed"),
        ({"StringNotEquals": {"iam:PassedToService": ["a", "b"]}}, "b", "implicitly denied"),
        ({"StringNotEquals": {"aws:Missing": "a"}}, "a", "allowed"),
        ({"StringLike": {"iam:PassedToService": "ecs-*"}}, "ecs-tasks", "allowed"),
        ({"ForAllValues:StringLike": {"aws:TagKeys": "own/*"}}, "a", "allowed"),
        ({"ForAnyValue:StringLike": {"aws:TagKeys": "own/*"}}, "a", "implicitly denied"),
        ({"Null": {"aws:Missing": "true"}}, "a", "allowed"),
    ],
)
def test_conditions_are_compared(condition: dict[str, Any], service: str, decision: str) -> None:
    assert decide([allow(Condition=condition)], send(service=[service])) == decision


def test_for_all_values_needs_every_value() -> None:
    document = allow(Condition={"ForAllValues:StringEquals": {"iam:PassedToService": ["a", "b"]}})
    assert decide([document], send(service=["a", "b"])) == "allowed"
    assert decide([document], send(service=["a", "c"])) == "implicitly denied"


def test_an_operator_that_is_not_known_is_never_passed_over() -> None:
    with pytest.raises(UnknownCondition, match="NumericLessThan"):
        decide([allow(Condition={"NumericLessThan": {"iam:PassedToService": "1"}})], send(service=["1"]))


def test_the_policy_of_a_resource_names_the_service_that_may_act() -> None:
    document = allow(Principal={"Service": "events.amazonaws.com"})
    access = Access(action="sqs:SendMessage", resource=QUEUE, principal="events.amazonaws.com")
    assert decide([document], access) == "allowed"
    other = Access(action="sqs:SendMessage", resource=QUEUE, principal="sns.amazonaws.com")
    assert decide([document], other) == "implicitly denied"
