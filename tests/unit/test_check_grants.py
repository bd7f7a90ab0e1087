from __future__ import annotations

from typing import Any

import pytest

from components.documents.iam import queue_policy
from ops.check.grants import allows_rule

RULE = "arn:aws:events:eu-west-1:123456789012:rule/ocr"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:ocr-dlq"
GRANT = queue_policy(QUEUE, [RULE])["Statement"][0]


def allowed(*statements: dict[str, Any], rule: str = RULE) -> bool:
    return allows_rule(
        statements, action="sqs:SendMessage", resource=QUEUE, rule=rule, account="123456789012"
    )


def test_the_programs_own_statement_allows_its_rule_and_no_other() -> None:
    assert allowed(GRANT)
    assert not allowed(GRANT, rule=f"{RULE}-other")
    assert not allowed()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Action": "SQS:*"}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Resource": "*"}, True),
        ({"Resource": f"{QUEUE}-other"}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {}}, True),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": f"{RULE[:-3]}*"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": RULE}}}, False),
    ],
)
def test_a_statement_that_was_changed_by_hand_is_read_as_iam_reads_it(
    changes: dict[str, Any], expected: bool
) -> None:
    assert allowed({**GRANT, **changes}) is expected


def test_a_denial_wins_unless_it_is_about_something_else() -> None:
    denial = {**GRANT, "Effect": "Deny"}
    assert not allowed(GRANT, denial)
    assert not allowed(GRANT, {**denial, "Condition": {}})
    assert allowed(GRANT, {**denial, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    assert allowed(GRANT, {**denial, "Resource": f"{QUEUE}-other"})
