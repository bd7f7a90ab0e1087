"""From a rule to the function: the target, where undelivered events go, and the function's permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ops.check.expected import Expected
from ops.check.grants import allows_rule
from ops.check.rules import Rule
from ops.check.verdict import Finding, Good, Link, Verdict

_CHANGES = ("Input", "InputPath", "InputTransformer")
Statements = tuple[Mapping[str, Any], ...]


def judge_target(rule: Rule, expected: Expected) -> Iterator[Verdict]:
    """The rule's target, and its dead-letter queue if the target is right."""
    target = next((item for item in rule.targets if item["Arn"] == expected.function_arn), None)
    others = ", ".join(str(item["Arn"]) for item in rule.targets)
    changed = [key for key in _CHANGES if target and target.get(key)]
    if target is None:
        yield _finding(
            Link.TARGET,
            rule,
            f"its target is {others}, not the function" if others else "it has no target",
            expected,
        )
    elif changed:
        yield _finding(
            Link.TARGET,
            rule,
            f"its target sets {', '.join(changed)}, so the function does not get the event as it is",
            expected,
        )
    else:
        yield Good(link=Link.TARGET, subject=rule.name)
    if target is not None:
        yield _judge_dead_letters(rule, target, expected)


def _judge_dead_letters(rule: Rule, target: Mapping[str, Any], expected: Expected) -> Verdict:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue == expected.queue_arn:
        return Good(link=Link.DEAD_LETTERS, subject=rule.name)
    return _finding(
        Link.DEAD_LETTERS,
        rule,
        f"what can't be delivered goes to {queue}, not to {expected.names.queue}"
        if queue
        else "what can't be delivered is lost: its target has no dead-letter queue",
        expected,
    )


def judge_permissions(
    statements: Statements, rules: tuple[Rule, ...], expected: Expected
) -> Iterator[Verdict]:
    """Whether the function's policy lets each rule start it."""
    for rule in rules:
        yield _judge_permission(statements, rule, expected)


def _judge_permission(statements: Statements, rule: Rule, expected: Expected) -> Verdict:
    if allows_rule(
        statements,
        action="lambda:InvokeFunction",
        resource=expected.function_arn,
        rule=expected.rule_arn(rule.name),
        account=expected.place.account,
    ):
        return Good(link=Link.PERMISSION, subject=rule.name)
    return _finding(
        Link.PERMISSION,
        rule,
        f"the function {expected.names.base} does not let it start the function",
        expected,
    )


def _finding(link: Link, rule: Rule, found: str, expected: Expected) -> Finding:
    return Finding(link=link, subject=rule.name, found=found, remedy=expected.redeploy)
