"""What the provider fills in where a program says nothing.

As HashiCorp's AWS provider 5.100.0 plans a resource of which only the required arguments are given; what it
leaves to AWS (a function's architecture, a queue's encryption) is no default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": {"state": "ENABLED"},
    "aws:batch/jobDefinition:JobDefinition": {"deregisterOnNewRevision": True},
    "aws:cloudwatch/eventRule:EventRule": {"eventBusName": "default"},
    "aws:cloudwatch/eventTarget:EventTarget": {"eventBusName": "default"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"actionsEnabled": True, "treatMissingData": "missing"},
    "aws:ecr/repository:Repository": {"imageTagMutability": "MUTABLE"},
    "aws:iam/role:Role": {"maxSessionDuration": 3600, "path": "/"},
    "aws:lambda/function:Function": {
        "memorySize": 128,
        "packageType": "Zip",
        "reservedConcurrentExecutions": -1,
        "timeout": 3,
    },
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {"maximumRetryAttempts": 2},
    "aws:sns/topicSubscription:TopicSubscription": {"confirmationTimeoutInMinutes": 1},
    "aws:sqs/queue:Queue": {
        "delaySeconds": 0,
        "maxMessageSize": 262144,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    },
}

# What a program that says nothing means: none. (What else it can leave out, the provider leaves to AWS.)
_NONE: Mapping[str, tuple[str, ...]] = {
    "aws:cloudwatch/eventRule:EventRule": ("description", "roleArn"),
    "aws:cloudwatch/eventTarget:EventTarget": ("deadLetterConfig", "input", "retryPolicy", "roleArn"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        *("alarmActions", "alarmDescription", "datapointsToAlarm"),
        *("insufficientDataActions", "okActions"),
    ),
    "aws:iam/role:Role": ("description", "permissionsBoundary"),
    "aws:lambda/function:Function": ("description", "environment"),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
        *("destinationConfig", "maximumEventAgeInSeconds"),
    ),
    "aws:sns/topic:Topic": ("deliveryPolicy", "displayName", "kmsMasterKeyId"),
}


def defaults_of(token: str) -> Mapping[str, Any]:
    """The provider's own values of a type, by property."""
    return _DEFAULTS.get(token, {})


def meant(token: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """What a program means by leaving out a property that a resource of the type has; None for nothing."""
    usual = {**dict.fromkeys(_NONE.get(token, ())), **defaults_of(token)}
    return {key: value for key, value in usual.items() if key in state}
