"""The alarms: whatever was not done reaches a person."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi_aws as aws

from components.documents.alarms import PERIOD, Alarm
from components.inputs import CheckedInputs
from components.scope import Scope


def create_alarms(scope: Scope, inputs: CheckedInputs, alarms: Iterable[Alarm]) -> None:
    """Creates them, all notifying the pair's topics. No data is good news: pushes are rare."""
    for alarm in alarms:
        aws.cloudwatch.MetricAlarm(
            scope.names.logical(alarm.suffix),
            name=scope.names.alarm(alarm.suffix),
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=alarm.dimensions,
            statistic=alarm.statistic,
            period=PERIOD,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=alarm.threshold,
            treat_missing_data="notBreaching",
            alarm_actions=inputs.alarm_topics,
            tags=scope.tags,
            opts=scope.options(),
        )
