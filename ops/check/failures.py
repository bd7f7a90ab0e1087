"""Where events go that could not be delivered or processed: the function's destination, and the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.grants import allows_rule
from ops.check.rules import Rule
from ops.check.verdict import Finding, Good, Link, Verdict

_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The failure queue: how many messages it holds, in flight or not, and the statements of its policy."""

    messages: int
    statements: tuple[Mapping[str, Any], ...]


def look_at_queue(ask: Ask, name: str) -> Queue | None:
    """The queue, or None if there is none."""
    found = ask("sqs", "get_queue_url", absent=_NO_QUEUE, QueueName=name)
    answer = found and ask(
        "sqs",
        "get_queue_attributes",
        absent=_NO_QUEUE,
        QueueUrl=found["QueueUrl"],
        AttributeNames=[*_COUNTS, "Policy"],
    )
    if not answer:
        return None
    attributes = answer.get("Attributes", {})
    return Queue(
        messages=sum(int(attributes.get(key, 0)) for key in _COUNTS),
        statements=statements_of(attributes.get("Policy")),
    )


def look_at_destination(ask: Ask, function: str) -> str | None:
    """The ARN to which Lambda sends events that the function failed on; None if there is none."""
    found = ask(
        "lambda",
        "get_function_event_invoke_config",
        absent=["ResourceNotFoundException"],
        FunctionName=function,
    )
    destinations = (found or {}).get("DestinationConfig") or {}
    destination: str | None = (destinations.get("OnFailure") or {}).get("Destination")
    return destination


def judge_destination(destination: str | None, expected: Expected) -> Verdict:
    """Whether failed events are kept."""
    if destination == expected.queue_arn:
        return Good(link=Link.FAILED_EVENTS, subject=expected.names.base)
    return Finding(
        link=Link.FAILED_EVENTS,
        subject=expected.names.base,
        found=f"events that the function fails on go to {destination}, not to {expected.names.queue}"
        if destination
        else "events that the function fails on are lost: it has no on-failure destination",
        remedy=expected.redeploy,
    )


def judge_queue(queue: Queue | None, rules: tuple[Rule, ...], expected: Expected) -> Iterator[Verdict]:
    """Whether the queue is there, open to the rules, and empty."""
    name = expected.names.queue
    if queue is None:
        yield Finding(
            link=Link.QUEUE, subject=name, found="there is no such SQS queue", remedy=expected.redeploy
        )
        return
    shut_out = [rule.name for rule in rules if not _is_open_to(queue, rule, expected)]
    if shut_out:
        yield Finding(
            link=Link.QUEUE,
            subject=name,
            found=f"its policy does not let EventBridge send for {', '.join(shut_out)}",
            remedy=expected.redeploy,
        )
    if queue.messages:
        events = "1 event waits" if queue.messages == 1 else f"{queue.messages} events wait"
        yield Finding(
            link=Link.QUEUE,
            subject=name,
            found=f"{events} in it: no attempt to deliver or process succeeded",
            remedy=f"repair what the log group {expected.names.log_group} says "
            f"({expected.tool('monitor --since 24h')}), then run {expected.tool('redrive')}",
        )
    if not shut_out and not queue.messages:
        yield Good(link=Link.QUEUE, subject=name, note="empty")


def _is_open_to(queue: Queue, rule: Rule, expected: Expected) -> bool:
    return allows_rule(
        queue.statements,
        action="sqs:SendMessage",
        resource=expected.queue_arn,
        rule=expected.rule_arn(rule.name),
        account=expected.place.account,
    )


def statements_of(policy: str | None) -> tuple[Mapping[str, Any], ...]:
    """The statements of a policy document given as text."""
    statements = json.loads(policy)["Statement"] if policy else []
    return tuple(statements) if isinstance(statements, list) else (statements,)
