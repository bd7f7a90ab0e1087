"""The alarms: whatever was not done reaches a person."""

from __future__ import annotations

import pulumi_aws as aws

from components.alarm_list import alarms
from components.inputs import CheckedInputs
from components.scope import Scope

_FIVE_MINUTES = 300


def create_alarms(scope: Scope, inputs: CheckedInputs) -> None:
    """Creates them, all notifying the pair's topics. No data is good news: pushes are rare."""
    pair = inputs.plain
    for alarm in alarms(
        scope.names,
        scheduled=pair.reconcile is not None,
        scans=pair.scans,
        changes=pair.follow_changes,
    ):
        aws.cloudwatch.MetricAlarm(
            scope.names.logical(alarm.suffix),
            name=scope.names.alarm(alarm.suffix),
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=alarm.dimensions,
            statistic=alarm.statistic,
            period=_FIVE_MINUTES,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",
            alarm_actions=inputs.alarm_topics.apply(list),
            tags=scope.tags,
            opts=scope.options(),
        )
