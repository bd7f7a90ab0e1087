"""Which alarms a pair has, as data: the program creates them, the tool looks for them."""

from __future__ import annotations

from dataclasses import dataclass

from components.naming import Names
from components.pair import Pair

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
    statistic: str
    description: str
    label: str
    threshold: int = 1


def pair_alarms(names: Names, pair: Pair) -> tuple[Alarm, ...]:
    """The alarms of ``pair``."""
    return alarms(names, scheduled=pair.reconcile is not None, scans=pair.scans, changes=pair.follow_changes)


def alarms(
    names: Names, *, scheduled: bool = False, scans: bool = False, changes: bool = False
) -> tuple[Alarm, ...]:
    """The alarms of one pair; ``scheduled``, ``scans`` and ``changes``: it has those rules as well.

    Metrics: lambda/latest/dg/monitoring-metrics-types.html, eventbridge/latest/userguide/eb-monitoring.html,
    AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    function = {"FunctionName": names.base}
    return (
        Alarm(
            suffix="errors",
            namespace="AWS/Lambda",
            metric="Errors",
            dimensions=function,
            statistic="Sum",
            label="runs that failed",
            description="The function failed. Lambda tries again twice; the log group says what went wrong.",
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
        Alarm(
            suffix="events-dropped",
            namespace="AWS/Lambda",
            metric="AsyncEventsDropped",
            dimensions=function,
            statistic="Sum",
            label="given up by Lambda",
            description="Lambda gave up on events. They should be in the failure queue.",
        ),
        Alarm(
            suffix="undelivered-failures",
            namespace="AWS/Lambda",
            metric="DestinationDeliveryFailures",
            dimensions=function,
            statistic="Sum",
            label="lost: failed events",
            description="Lambda could not put failed events into the failure queue: they are lost.",
        ),
        _undelivered("undelivered-events", names.base, "events"),
        *([_undelivered("undelivered-reconciles", names.schedule, "ticks of the schedule")] * scheduled),
        *([_undelivered("undelivered-scans", names.scans, "events of image scans")] * scans),
        *([_undelivered("undelivered-changes", names.changes, "changes of job definitions")] * changes),
    )


def _undelivered(suffix: str, rule: str, what: str) -> Alarm:
    """EventBridge counts per rule."""
    return Alarm(
        suffix=suffix,
        namespace="AWS/Events",
        metric="InvocationsFailedToBeSentToDlq",
        dimensions={"RuleName": rule},
        statistic="Sum",
        label=f"lost: {what}",
        description=f"EventBridge could not put undelivered {what} into the failure queue: they are lost.",
    )
