"""The rule that starts the function, and its delivery."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.event_pattern import image_arrived
from components.failure_queue import allow_rule
from components.inputs import CheckedInputs
from components.scope import Scope, to_json

# The most that EventBridge does: eventbridge/latest/userguide/eb-rule-retry-policy.html
_ATTEMPTS = 185
_ONE_DAY = 24 * 3600


def trigger(
    scope: Scope, inputs: CheckedInputs, function: aws.lambda_.Function, queue: aws.sqs.Queue
) -> aws.cloudwatch.EventRule:
    """The rule, enabled unless paused, with its target, permission and dead-letter queue.

    The event is passed on as it is: what the function reads is what EventBridge sent.
    """
    filters = inputs.plain.settings(scope.names.pair).policy.tag_filters()
    rule = aws.cloudwatch.EventRule(
        scope.names.logical("rule"),
        name=scope.names.base,
        description=f"Images that arrive for {scope.names.pair}",
        event_pattern=pulumi.Output.all(scope.place, inputs.repository).apply(
            lambda known: to_json(image_arrived(known[0], known[1], filters))
        ),
        state="DISABLED" if inputs.plain.paused else "ENABLED",
        tags=scope.tags,
        opts=scope.options(),
    )
    permission = aws.lambda_.Permission(
        scope.names.logical("permission"),
        statement_id="RuleInvokesFunction",
        action="lambda:InvokeFunction",
        principal="events.amazonaws.com",
        function=function.name,
        source_arn=rule.arn,
        opts=scope.options(),
    )
    queue_policy = allow_rule(scope, queue, rule)
    aws.cloudwatch.EventTarget(
        scope.names.logical("target"),
        rule=rule.name,
        target_id="function",
        arn=function.arn,
        retry_policy={"maximum_event_age_in_seconds": _ONE_DAY, "maximum_retry_attempts": _ATTEMPTS},
        dead_letter_config={"arn": queue.arn},
        # Events flow from here on, so delivery and its failure path stand first.
        opts=scope.options(depends_on=[permission, queue_policy]),
    )
    return rule
