"""The rules that start the function, and their delivery."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.documents.event_pattern import definition_changed, image_arrived, image_scanned
from components.failure_queue import allow_rules
from components.function import Function
from components.inputs import CheckedInputs
from components.scope import Scope, to_json

# The most that EventBridge does: eventbridge/latest/userguide/eb-rule-retry-policy.html
_ATTEMPTS = 185
_ONE_DAY = 24 * 3600


@dataclass(frozen=True)
class _Rule:
    """A rule, what its permission is called in the function's policy, and what follows its parts' names."""

    rule: aws.cloudwatch.EventRule
    statement_id: str
    suffix: str = ""


def trigger(
    scope: Scope, inputs: CheckedInputs, parts: Function, queue: aws.sqs.Queue
) -> aws.cloudwatch.EventRule:
    """The rules, each with target, permission and dead-letter queue; returns that of the pushes.

    Events are passed on as they are: what the function reads is what EventBridge sent.
    """
    pushes = _pushes(scope, inputs)
    rules = [_Rule(pushes, "RuleInvokesFunction")]
    if inputs.plain.reconcile is not None:
        ticks = _ticks(scope, inputs, inputs.plain.reconcile)
        rules.append(_Rule(ticks, "ScheduleInvokesFunction", "-reconcile"))
    if inputs.plain.scans:
        rules.append(_Rule(_scans(scope, inputs), "ScansInvokeFunction", "-scans"))
    if inputs.plain.follow_changes:
        rules.append(_Rule(_changes(scope, inputs, parts.role), "ChangesInvokeFunction", "-changes"))
    queue_policy = allow_rules(scope, queue, [each.rule for each in rules])
    for each in rules:
        _deliver(scope, each, parts.function, queue, queue_policy)
    return pushes


def _pushes(scope: Scope, inputs: CheckedInputs) -> aws.cloudwatch.EventRule:
    filters = inputs.plain.policy.tag_filters()
    return aws.cloudwatch.EventRule(
        scope.names.logical("rule"),
        name=scope.names.base,
        description=f"Images that arrive for {scope.names.pair}",
        event_pattern=pulumi.Output.all(scope.place, inputs.repository).apply(
            lambda known: to_json(image_arrived(known[0], known[1], filters))
        ),
        state=_state(inputs),
        tags=scope.tags,
        opts=scope.options(),
    )


def _scans(scope: Scope, inputs: CheckedInputs) -> aws.cloudwatch.EventRule:
    return aws.cloudwatch.EventRule(
        scope.names.logical("scans"),
        name=scope.names.scans,
        description=f"Scans of images of {scope.names.pair} that are over",
        event_pattern=pulumi.Output.all(scope.place, inputs.repository).apply(
            lambda known: to_json(image_scanned(known[0], known[1]))
        ),
        state=_state(inputs),
        tags=scope.tags,
        opts=scope.options(),
    )


def _changes(scope: Scope, inputs: CheckedInputs, role: aws.iam.Role) -> aws.cloudwatch.EventRule:
    return aws.cloudwatch.EventRule(
        scope.names.logical("changes"),
        name=scope.names.changes,
        description=f"Revisions that others registered of job definitions of {scope.names.pair}",
        event_pattern=pulumi.Output.all(scope.place, inputs.job_definitions, role.name).apply(
            lambda known: to_json(definition_changed(known[0], known[1], known[2]))
        ),
        state=_state(inputs),
        tags=scope.tags,
        opts=scope.options(),
    )


def _ticks(scope: Scope, inputs: CheckedInputs, schedule: str) -> aws.cloudwatch.EventRule:
    return aws.cloudwatch.EventRule(
        scope.names.logical("reconcile"),
        name=scope.names.schedule,
        description=f"Looks for what {scope.names.pair} missed",
        schedule_expression=schedule,
        state=_state(inputs),
        tags=scope.tags,
        opts=scope.options(),
    )


def _state(inputs: CheckedInputs) -> str:
    return "DISABLED" if inputs.plain.paused else "ENABLED"


def _deliver(
    scope: Scope,
    each: _Rule,
    function: aws.lambda_.Function,
    queue: aws.sqs.Queue,
    queue_policy: aws.sqs.QueuePolicy,
) -> None:
    # The suffix stands last: no pair's name can make these the names of another pair's parts.
    permission = aws.lambda_.Permission(
        scope.names.logical(f"permission{each.suffix}"),
        statement_id=each.statement_id,
        action="lambda:InvokeFunction",
        principal="events.amazonaws.com",
        function=function.name,
        source_arn=each.rule.arn,
        opts=scope.options(),
    )
    aws.cloudwatch.EventTarget(
        scope.names.logical(f"target{each.suffix}"),
        rule=each.rule.name,
        target_id="function",
        arn=function.arn,
        retry_policy={"maximum_event_age_in_seconds": _ONE_DAY, "maximum_retry_attempts": _ATTEMPTS},
        dead_letter_config={"arn": queue.arn},
        # Events flow from here on, so delivery and its failure path stand first.
        opts=scope.options(depends_on=[permission, queue_policy]),
    )
