"""The resource types in use, and values that the provider takes for their arguments."""

from __future__ import annotations

from tools.replacements.cases import Samples
from tools.replacements.samples import batch, cloudwatch, functions, messages, others

# Terraform's type -> Pulumi's token, without its `aws:`.
_TOKENS = {
    "aws_batch_compute_environment": "batch/computeEnvironment:ComputeEnvironment",
    "aws_batch_job_definition": "batch/jobDefinition:JobDefinition",
    "aws_batch_job_queue": "batch/jobQueue:JobQueue",
    "aws_chatbot_slack_channel_configuration": "chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    "aws_cloudwatch_dashboard": "cloudwatch/dashboard:Dashboard",
    "aws_cloudwatch_event_rule": "cloudwatch/eventRule:EventRule",
    "aws_cloudwatch_event_target": "cloudwatch/eventTarget:EventTarget",
    "aws_cloudwatch_log_group": "cloudwatch/logGroup:LogGroup",
    "aws_cloudwatch_metric_alarm": "cloudwatch/metricAlarm:MetricAlarm",
    "aws_ecr_lifecycle_policy": "ecr/lifecyclePolicy:LifecyclePolicy",
    "aws_ecr_repository": "ecr/repository:Repository",
    "aws_iam_role": "iam/role:Role",
    "aws_iam_role_policy": "iam/rolePolicy:RolePolicy",
    "aws_lambda_function": "lambda/function:Function",
    "aws_lambda_function_event_invoke_config": "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws_lambda_permission": "lambda/permission:Permission",
    "aws_sns_topic": "sns/topic:Topic",
    "aws_sns_topic_policy": "sns/topicPolicy:TopicPolicy",
    "aws_sns_topic_subscription": "sns/topicSubscription:TopicSubscription",
    "aws_sqs_queue": "sqs/queue:Queue",
    "aws_sqs_queue_policy": "sqs/queuePolicy:QueuePolicy",
}

# Terraform's type -> Pulumi's token.
TOKENS = {name: f"aws:{token}" for name, token in _TOKENS.items()}

SAMPLES: dict[str, Samples] = {
    **batch.SAMPLES,
    **cloudwatch.SAMPLES,
    **functions.SAMPLES,
    **messages.SAMPLES,
    **others.SAMPLES,
}

# What Pulumi calls otherwise: Terraform's type -> its name for a property -> Pulumi's.
RENAMED = {
    "aws_batch_compute_environment": {
        "compute_environment_name": "name",
        "compute_environment_name_prefix": "namePrefix",
    },
    "aws_cloudwatch_metric_alarm": {"alarm_name": "name"},
    "aws_lambda_function": {"function_name": "name", "filename": "code"},
    "aws_lambda_permission": {"function_name": "function"},
    "aws_sns_topic_subscription": {"topic_arn": "topic"},
}
