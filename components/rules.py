"""The rules that start the function, and their delivery."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from components.documents.event_pattern import definition_changed, image_arrived, image_scanned
from components.documents.iam import queue_policy
from components.function import Function
from components.inputs import CheckedInputs
from components.naming import RuleKind
from components.policy_proof.proof import tag_filters
from components.scope import Scope, to_json
from handler.clock import DELIVERY_AGE, DELIVERY_ATTEMPTS


class _Words(NamedTuple):
    """``logical`` is the rule's part of the pair, ``statement`` its permission in the function's policy."""

    logical: str
    statement: str
    description: str


_WORDS = {
    RuleKind.PUSHES: _Words("rule", "RuleInvokesFunction", "Images that arrive for {}"),
    RuleKind.SCHEDULE: _Words("reconcile", "ScheduleInvokesFunction", "Looks for what {} missed"),
    RuleKind.SCANS: _Words("scans", "ScansInvokeFunction", "Scans of images of {} that are over"),
    RuleKind.CHANGES: _Words(
        "changes", "ChangesInvokeFunction", "Revisions that others registered of job definitions of {}"
    ),
}


def create_rules(
    scope: Scope, inputs: CheckedInputs, parts: Function, queue: aws.sqs.Queue
) -> aws.cloudwatch.EventRule:
    """The rules, each with target, permission and dead-letter queue; returns that of the pushes.

    Events are passed on as they are: what the function reads is what EventBridge sent.
    """
    created = {kind: _rule(scope, inputs, kind, parts.role) for kind in inputs.plain.rules}
    allowed = aws.sqs.QueuePolicy(
        scope.names.logical("dlq-policy"),
        queue_url=queue.url,
        policy=pulumi.Output.all(queue.arn, *(each.arn for each in created.values())).apply(
            lambda arns: to_json(queue_policy(arns[0], arns[1:]))
        ),
        opts=scope.options(),
    )
    for kind, rule in created.items():
        # The kind stands last: no pair's name can make these the names of another pair's parts.
        permission = aws.lambda_.Permission(
            scope.names.logical(f"permission{kind.value}"),
            statement_id=_WORDS[kind].statement,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            function=parts.function.name,
            source_arn=rule.arn,
            opts=scope.options(),
        )
        aws.cloudwatch.EventTarget(
            scope.names.logical(f"target{kind.value}"),
            rule=rule.name,
            target_id="function",
            arn=parts.function.arn,
            retry_policy={
                "maximum_event_age_in_seconds": DELIVERY_AGE,
                "maximum_retry_attempts": DELIVERY_ATTEMPTS,
            },
            dead_letter_config={"arn": queue.arn},
            # Events flow from here on, so delivery and its failure path stand first.
            opts=scope.options(depends_on=[permission, allowed]),
        )
    return created[RuleKind.PUSHES]


def _rule(
    scope: Scope, inputs: CheckedInputs, kind: RuleKind, role: aws.iam.Role
) -> aws.cloudwatch.EventRule:
    words, plain = _WORDS[kind], inputs.plain
    return aws.cloudwatch.EventRule(
        scope.names.logical(words.logical),
        name=scope.names.rule(kind),
        description=words.description.format(scope.names.pair),
        event_pattern=_pattern(scope, inputs, kind, role),
        schedule_expression=plain.reconcile if kind is RuleKind.SCHEDULE else None,
        state="DISABLED" if plain.paused else "ENABLED",
        tags=scope.tags,
        opts=scope.options(),
    )


def _pattern(
    scope: Scope, inputs: CheckedInputs, kind: RuleKind, role: aws.iam.Role
) -> pulumi.Output[str] | None:
    """The rule's event pattern, which waits for no more than it needs; None for the schedule."""
    if kind is RuleKind.SCHEDULE:
        return None
    arrived = partial(image_arrived, tag_filters=tag_filters(inputs.plain.policy))
    patterns: dict[RuleKind, tuple[list[pulumi.Output[Any]], Callable[..., dict[str, Any]]]] = {
        RuleKind.PUSHES: ([inputs.repository], arrived),
        RuleKind.SCANS: ([inputs.repository], image_scanned),
        RuleKind.CHANGES: ([inputs.job_definitions, role.name], definition_changed),
    }
    needed, pattern = patterns[kind]
    return pulumi.Output.all(scope.place, *needed).apply(lambda known: to_json(pattern(*known)))
