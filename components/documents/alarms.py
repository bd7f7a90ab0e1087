"""Which alarms a pair has, as data: the program creates them, the tool looks for them.

Metrics: lambda/latest/dg/monitoring-metrics-types.html, eventbridge/latest/userguide/eb-monitoring.html,
AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from components.naming import Names, RuleKind

# Seconds of data that make one point, in the alarms and in the graphs that show their thresholds.
PERIOD = 300


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm that fires as soon as one point of ``metric`` reaches the threshold.

    ``label`` names the metric in a graph. The thresholds are 1 rather than "above 0", since a line at 0 would
    lie on the graph's axis; the metrics are whole numbers.
    """

    suffix: str
    namespace: str
    metric: str
    dimensions: dict[str, str]
    statistic: str = "Sum"
    description: str
    label: str
    threshold: int = 1


# What EventBridge can lose of each rule's: the end of the alarm's name, and how people call it.
_UNDELIVERED = {
    RuleKind.PUSHES: ("events", "events"),
    RuleKind.SCHEDULE: ("reconciles", "ticks of the schedule"),
    RuleKind.SCANS: ("scans", "events of image scans"),
    RuleKind.CHANGES: ("changes", "changes of job definitions"),
}


def pair_alarms(names: Names, rules: Iterable[RuleKind]) -> tuple[Alarm, ...]:
    """The alarms of a pair with these rules."""
    return (
        _of_function(
            names,
            "errors",
            "Errors",
            "runs that failed",
            "The function failed. Lambda tries again twice; the log group says what went wrong.",
        ),
        Alarm(
            suffix="failures-queued",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": names.queue},
            statistic="Maximum",
            label="events that wait",
            description="Events wait in the failure queue: no attempt to deliver or process them succeeded.",
        ),
        _of_function(
            names,
            "events-dropped",
            "AsyncEventsDropped",
            "given up by Lambda",
            "Lambda gave up on events. They should be in the failure queue.",
        ),
        _of_function(
            names,
            "undelivered-failures",
            "DestinationDeliveryFailures",
            "lost: failed events",
            "Lambda could not put failed events into the failure queue: they are lost.",
        ),
        *(_of_rule(names, rule) for rule in rules),
    )


def _of_function(names: Names, suffix: str, metric: str, label: str, description: str) -> Alarm:
    return Alarm(
        suffix=suffix,
        namespace="AWS/Lambda",
        metric=metric,
        dimensions={"FunctionName": names.base},
        label=label,
        description=description,
    )


def _of_rule(names: Names, rule: RuleKind) -> Alarm:
    """EventBridge counts per rule."""
    ending, what = _UNDELIVERED[rule]
    return Alarm(
        suffix=f"undelivered-{ending}",
        namespace="AWS/Events",
        metric="InvocationsFailedToBeSentToDlq",
        dimensions={"RuleName": names.rule(rule)},
        label=f"lost: {what}",
        description=f"EventBridge could not put undelivered {what} into the failure queue: they are lost.",
    )
