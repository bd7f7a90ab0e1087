"""CloudWatch, its logs, and EventBridge."""

from __future__ import annotations

import json

from tools.replacements.cases import Samples, Setting
from tools.replacements.samples.common import arn, arns, lists

_SOURCES = json.dumps({"source": ["aws.ecr"]}), json.dumps({"source": ["aws.batch"]})
_METRIC = {
    "id": "alpha",
    "return_data": True,
    "metric": [{"metric_name": "Failed", "namespace": "alpha", "period": 60, "stat": "Sum"}],
}
_ALONE = {"metric_name": None, "namespace": None, "period": None, "statistic": None}
_TOPICS = lists(arns("sns", ""))

SAMPLES = {
    "aws_cloudwatch_dashboard": Samples(
        settings={"": Setting({"dashboard_name": "alpha", "dashboard_body": '{"widgets":[]}'})},
        values={"dashboard_body": ('{"widgets":[]}', '{"start":"-P1D","widgets":[]}')},
    ),
    "aws_cloudwatch_event_rule": Samples(
        settings={"": Setting({"name": "alpha", "event_pattern": _SOURCES[0]})},
        values={
            "event_pattern": _SOURCES,
            "schedule_expression": ("rate(1 hour)", "rate(2 hours)"),
            "state": ("ENABLED", "DISABLED"),
        },
        around={
            "name_prefix": {"name": None},
            "event_pattern": {"schedule_expression": "rate(1 hour)"},
        },
    ),
    "aws_cloudwatch_event_target": Samples(
        settings={
            "": Setting({"rule": "alpha", "target_id": "alpha", "arn": arn("lambda", "function:alpha")})
        },
        values={
            "arn": arns("lambda", "function:"),
            "input": ('{"alpha":1}', '{"beta":1}'),
            "input_path": ("$.alpha", "$.beta"),
            "dead_letter_config.arn": arns("sqs", ""),
            "batch_target.array_size": (2, 3),
            "ecs_target.launch_type": ("EC2", "FARGATE"),
            "ecs_target.propagate_tags": ("TASK_DEFINITION", "TASK_DEFINITION"),
            "ecs_target.task_definition_arn": arns("ecs", "task-definition/"),
            "ecs_target.placement_constraint.type": ("distinctInstance", "memberOf"),
            "ecs_target.ordered_placement_strategy.type": ("random", "spread"),
            "redshift_target.secrets_manager_arn": arns("secretsmanager", "secret:"),
            "retry_policy.maximum_event_age_in_seconds": (60, 120),
            "run_command_targets.key": ("tag:alpha", "tag:beta"),
        },
    ),
    "aws_cloudwatch_log_group": Samples(
        settings={"": Setting({"name": "alpha"})},
        values={
            "kms_key_id": arns("kms", "key/"),
            "log_group_class": ("STANDARD", "INFREQUENT_ACCESS"),
            "retention_in_days": (7, 14),
        },
        around={"name_prefix": {"name": None}},
    ),
    "aws_cloudwatch_metric_alarm": Samples(
        settings={
            "": Setting(
                {
                    "alarm_name": "alpha",
                    "comparison_operator": "GreaterThanThreshold",
                    "evaluation_periods": 1,
                    "metric_name": "Failed",
                    "namespace": "alpha",
                    "period": 60,
                    "statistic": "Sum",
                    "threshold": 1,
                }
            )
        },
        values={
            "comparison_operator": ("GreaterThanThreshold", "LessThanThreshold"),
            "alarm_actions": _TOPICS,
            "ok_actions": _TOPICS,
            "insufficient_data_actions": _TOPICS,
            "evaluate_low_sample_count_percentiles": ("evaluate", "ignore"),
            "extended_statistic": ("p90", "p99"),
            "period": (60, 120),
            "statistic": ("Sum", "Maximum"),
            "treat_missing_data": ("missing", "ignore"),
            "unit": ("Count", "Percent"),
            "metric_query.account_id": ("123456789012", "210987654321"),
            "metric_query.period": (60, 120),
            "metric_query.metric.period": (60, 120),
            "metric_query.metric.stat": ("Sum", "Maximum"),
            "metric_query.metric.unit": ("Count", "Percent"),
        },
        around={
            "extended_statistic": {"statistic": None},
            "statistic": {},
            "metric_query": _ALONE,
            "metric_query.account_id": {"metric_query": [_METRIC]},
            "metric_query.id": {"metric_query": [_METRIC]},
            "metric_query.label": {"metric_query": [_METRIC]},
            "metric_query.metric": {"metric_query": [_METRIC]},
            "metric_query.return_data": {"metric_query": [_METRIC]},
            "metric_query.expression": {"metric_query": [{"id": "alpha", "return_data": True}]},
            "metric_query.period": {
                "metric_query": [
                    {"id": "alpha", "return_data": True, "expression": "SELECT SUM(Failed) FROM alpha"}
                ]
            },
            "threshold_metric_id": {
                **_ALONE,
                "threshold": None,
                "comparison_operator": "GreaterThanUpperThreshold",
                "metric_query": [_METRIC],
            },
        },
    ),
}
