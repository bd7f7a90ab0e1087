"""The rows: one for each resource type of the local cloud.

Long because it is one table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.kinds import (
    ACCOUNT,
    LAMBDA_TRUST,
    OTHER_ROLE,
    ROLE,
    TAGS,
    TRUST,
    Row,
    code,
    container,
    dead_letters,
    environment,
    function,
    inline,
    lifecycle,
    network,
    order,
    policy,
    queue,
    repository,
    role,
    role_and_rule,
    topic,
    topic_and_queue,
)

RETAGGED: tuple[Any, ...] = ({"team": "news"}, None)
PATTERNS = ('{"source":["a"]}', '{"source":["b"]}')


def arn(service: str, resource: str) -> Any:
    return lambda place: place.arn(service, resource)


ROWS: Mapping[str, Row] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": Row(
        given=lambda place: {
            "name": "fargate",
            "type": "MANAGED",
            "computeResources": network(place),
            "tags": TAGS,
        },
        before=role,
        changes={
            "computeResources": (lambda place: {**network(place), "maxVcpus": 8},),
            "serviceRole": (ROLE,),
            "state": ("DISABLED", None),
            "tags": RETAGGED,
        },
        default={"state": "ENABLED"},
        drift=(
            "state",
            lambda place, state: place.client("batch").update_compute_environment(
                computeEnvironment=state.id, state="DISABLED"
            ),
        ),
        taken="InvalidParameterValue",
    ),
    "aws:batch/jobDefinition:JobDefinition": Row(
        given=lambda _: {
            "name": "job",
            "type": "container",
            "containerProperties": container("a:1"),
            "tags": TAGS,
        },
        changes={
            "containerProperties": (container("a:2"),),
            "deregisterOnNewRevision": (False, None),
            # test_local_kinds_batch.py
            **dict.fromkeys(("ecsProperties", "eksProperties", "nodeProperties", "type"), ()),
            "parameters": ({"language": "en"}, None),
            "platformCapabilities": (["EC2"], None),
            "propagateTags": (True, None),
            "retryStrategy": (
                {"attempts": 3, "evaluateOnExits": [{"action": "EXIT", "onReason": "*"}]},
                None,
            ),
            "schedulingPriority": (7, None),
            "tags": RETAGGED,
            "timeout": ({"attemptDurationSeconds": 60}, None),
        },
        default={"deregisterOnNewRevision": True, "propagateTags": False},
        drift=(
            "tags",
            lambda place, state: place.client("batch").tag_resource(
                resourceArn=state.id, tags={"by": "hand"}
            ),
        ),
    ),
    "aws:batch/jobQueue:JobQueue": Row(
        given=lambda place: {
            "name": "queue",
            "priority": 1,
            "state": "ENABLED",
            "computeEnvironmentOrders": order(place),
            "tags": TAGS,
        },
        before=environment,
        changes={
            "computeEnvironmentOrders": (lambda place: [{**order(place)[0], "order": 5}],),
            "priority": (3,),
            "schedulingPolicyArn": (),
            "state": ("DISABLED",),
            "tags": RETAGGED,
        },
        drift=(
            "priority",
            lambda place, state: place.client("batch").update_job_queue(jobQueue=state.id, priority=9),
        ),
        taken="ClientException",
    ),
    "aws:cloudwatch/dashboard:Dashboard": Row(
        given=lambda _: {"dashboardName": "board", "dashboardBody": '{"widgets":[]}'},
        changes={"dashboardBody": ('{"widgets":[],"start":"-PT1H"}',)},
        drift=(
            "dashboardBody",
            lambda place, state: place.client("cloudwatch").put_dashboard(
                DashboardName=state.id, DashboardBody='{"widgets":[],"start":"-PT3H"}'
            ),
        ),
        everywhere=True,
    ),
    "aws:cloudwatch/eventRule:EventRule": Row(
        given=lambda _: {"name": "rule", "eventPattern": PATTERNS[0], "tags": TAGS},
        before=role,
        changes={
            "description": ("Why", None),
            "eventPattern": (PATTERNS[1],),
            "roleArn": (ROLE, None),
            "scheduleExpression": ("rate(1 hour)", None),
            "state": ("DISABLED", None),
            "tags": RETAGGED,
        },
        default={"state": "ENABLED"},
        drift=("state", lambda place, state: place.client("events").disable_rule(Name=state.id)),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Row(
        given=lambda place: {"rule": "rule", "targetId": "the-queue", "arn": place.arn("sqs", "queue")},
        before=role_and_rule,
        changes={
            "arn": (arn("sqs", "other"),),
            "deadLetterConfig": (lambda place: {"arn": place.arn("sqs", "dead")}, None),
            "input": ('{"action":"reconcile"}', None),
            "retryPolicy": ({"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 60}, None),
            "roleArn": (ROLE, None),
        },
        drift=(
            "input",
            lambda place, _: place.client("events").put_targets(
                Rule="rule", Targets=[{"Id": "the-queue", "Arn": place.arn("sqs", "queue"), "Input": "{}"}]
            ),
        ),
        imported=lambda _: "rule/the-queue",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Row(
        given=lambda _: {"name": "/jobs/ocr", "retentionInDays": 30, "tags": TAGS},
        changes={"retentionInDays": (14, None), "skipDestroy": (True, None), "tags": RETAGGED},
        default={"retentionInDays": 0, "skipDestroy": False},
        drift=(
            "retentionInDays",
            lambda place, state: place.client("logs").put_retention_policy(
                logGroupName=state.id, retentionInDays=1
            ),
        ),
        taken="ResourceAlreadyExistsException",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        given=lambda _: {
            "name": "alarm",
            "namespace": "AWS/Lambda",
            "metricName": "Errors",
            "statistic": "Sum",
            "period": 300,
            "evaluationPeriods": 2,
            "threshold": 1.0,
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "dimensions": {"FunctionName": "fn"},
            "tags": TAGS,
        },
        changes={
            "actionsEnabled": (False, None),
            "alarmActions": ([f"arn:aws:sns:eu-west-1:{ACCOUNT}:a"], None),
            "alarmDescription": ("Why", None),
            "comparisonOperator": ("LessThanThreshold",),
            "datapointsToAlarm": (1, None),
            "dimensions": ({"FunctionName": "other"}, None),
            "evaluateLowSampleCountPercentiles": ("ignore", None),
            "evaluationPeriods": (3,),
            "extendedStatistic": ("p90", None),
            "insufficientDataActions": ([f"arn:aws:sns:eu-west-1:{ACCOUNT}:a"], None),
            "metricName": ("Throttles",),
            "namespace": ("Own",),
            "okActions": ([f"arn:aws:sns:eu-west-1:{ACCOUNT}:a"], None),
            "period": (60,),
            "statistic": ("Maximum",),
            "tags": RETAGGED,
            "threshold": (2.5,),
            "treatMissingData": ("notBreaching", None),
            "unit": ("Count", None),
        },
        default={"actionsEnabled": True, "treatMissingData": "missing"},
        drift=(
            "actionsEnabled",
            lambda place, state: place.client("cloudwatch").disable_alarm_actions(AlarmNames=[state.id]),
        ),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Row(
        given=lambda _: {"repository": "images", "policy": lifecycle(10)},
        before=repository,
        changes={"policy": (lifecycle(20),)},
        drift=(
            "policy",
            lambda place, state: place.client("ecr").put_lifecycle_policy(
                repositoryName=state.id, lifecyclePolicyText=lifecycle(30)
            ),
        ),
    ),
    "aws:ecr/repository:Repository": Row(
        given=lambda _: {"name": "images", "imageTagMutability": "IMMUTABLE", "tags": TAGS},
        changes={
            "forceDelete": (True, None),
            "imageScanningConfiguration": ({"scanOnPush": True}, None),
            "imageTagMutability": ("MUTABLE", None),
            "imageTagMutabilityExclusionFilters": (),
            "tags": RETAGGED,
        },
        default={"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": False}},
        drift=(
            "imageTagMutability",
            lambda place, state: place.client("ecr").put_image_tag_mutability(
                repositoryName=state.id, imageTagMutability="MUTABLE"
            ),
        ),
        taken="RepositoryAlreadyExistsException",
        hidden=frozenset({"forceDelete"}),
    ),
    "aws:iam/role:Role": Row(
        given=lambda _: {"name": "runs", "assumeRolePolicy": TRUST, "description": "Runs", "tags": TAGS},
        changes={
            "assumeRolePolicy": (LAMBDA_TRUST,),
            "description": ("Why", None),
            "forceDetachPolicies": (True, None),
            "maxSessionDuration": (7200, None),
            "permissionsBoundary": (f"arn:aws:iam::{ACCOUNT}:policy/edge", None),
            "tags": RETAGGED,
        },
        default={"forceDetachPolicies": False, "maxSessionDuration": 3600},
        drift=(
            "description",
            lambda place, state: place.client("iam").update_role(RoleName=state.id, Description="By hand"),
        ),
        taken="EntityAlreadyExists",
        everywhere=True,
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        given=lambda _: {"role": "runs", "name": "own", "policy": inline("logs:PutLogEvents")},
        before=role,
        changes={"policy": (inline("logs:CreateLogStream"),)},
        drift=(
            "policy",
            lambda place, _: place.client("iam").put_role_policy(
                RoleName="runs", PolicyName="own", PolicyDocument=inline("s3:GetObject")
            ),
        ),
        everywhere=True,
    ),
    "aws:lambda/function:Function": Row(
        given=lambda _: {
            "name": "fn",
            "role": ROLE,
            "handler": "handler.handle",
            "runtime": "python3.13",
            "code": code("a = 1"),
            "environment": {"variables": {"MODE": "one"}},
            "tags": TAGS,
        },
        before=role,
        changes={
            "architectures": (["arm64"], None),
            "description": ("Why", None),
            "environment": ({"variables": {"LEVEL": "two"}}, None),
            "handler": ("handler.other",),
            "loggingConfig": (
                {
                    "logFormat": "JSON",
                    "logGroup": "/own",
                    "applicationLogLevel": "DEBUG",
                    "systemLogLevel": "INFO",
                },
                None,
            ),
            "memorySize": (256, None),
            "reservedConcurrentExecutions": (0, None),
            "role": (OTHER_ROLE,),
            "runtime": ("python3.12",),
            "tags": RETAGGED,
            "timeout": (30, None),
        },
        default={
            "architectures": ["x86_64"],
            "loggingConfig": {"logFormat": "Text", "logGroup": "/aws/lambda/fn"},
            "memorySize": 128,
            "reservedConcurrentExecutions": -1,
            "timeout": 3,
        },
        drift=(
            "environment",
            lambda place, state: place.client("lambda").update_function_configuration(
                FunctionName=state.id, Environment={"Variables": {"MODE": "by hand"}}
            ),
        ),
        taken="ResourceConflictException",
        hidden=frozenset({"code"}),
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Row(
        given=lambda _: {"functionName": "fn", "maximumRetryAttempts": 1},
        before=function,
        changes={
            "destinationConfig": (
                lambda place: {"onFailure": {"destination": place.arn("sqs", "queue")}},
                None,
            ),
            "maximumEventAgeInSeconds": (120, None),
            "maximumRetryAttempts": (0, None),
        },
        default={"maximumRetryAttempts": 2},
        drift=(
            "maximumRetryAttempts",
            lambda place, state: place.client("lambda").put_function_event_invoke_config(
                FunctionName=state.id, MaximumRetryAttempts=0
            ),
        ),
    ),
    "aws:lambda/permission:Permission": Row(
        given=lambda place: {
            "function": "fn",
            "statementId": "rule",
            "action": "lambda:InvokeFunction",
            "principal": "events.amazonaws.com",
            "sourceArn": place.arn("events", "rule/rule"),
            "sourceAccount": ACCOUNT,
        },
        before=function,
        taken="ResourceConflictException",
        imported=lambda _: "fn/rule",
    ),
    "aws:sns/topic:Topic": Row(
        given=lambda _: {"name": "topic", "displayName": "Topic", "tags": TAGS},
        changes={
            "deliveryPolicy": ('{"http":{"disableSubscriptionOverrides":true}}', None),
            "displayName": ("Other", None),
            "kmsMasterKeyId": ("alias/own", None),
            "policy": (policy("SNS:Publish"),),
            "tags": RETAGGED,
        },
        drift=(
            "displayName",
            lambda place, state: place.client("sns").set_topic_attributes(
                TopicArn=state.id, AttributeName="DisplayName", AttributeValue="By hand"
            ),
        ),
        taken="InvalidParameter",
    ),
    "aws:sns/topicPolicy:TopicPolicy": Row(
        given=lambda place: {"arn": place.arn("sns", "topic"), "policy": policy("SNS:Publish")},
        before=topic,
        changes={"policy": (policy("SNS:Subscribe"),)},
        drift=(
            "policy",
            lambda place, state: place.client("sns").set_topic_attributes(
                TopicArn=state.id, AttributeName="Policy", AttributeValue=policy("SNS:GetTopicAttributes")
            ),
        ),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Row(
        given=lambda place: {
            "topic": place.arn("sns", "topic"),
            "protocol": "sqs",
            "endpoint": place.arn("sqs", "queue"),
        },
        before=topic_and_queue,
        changes={
            "confirmationTimeoutInMinutes": (5, None),
            "deliveryPolicy": ('{"healthyRetryPolicy":{"numRetries":5}}', None),
            "endpointAutoConfirms": (True, None),
            "filterPolicy": ('{"pair":["ocr"]}', None),
            "rawMessageDelivery": (True, None),
            "redrivePolicy": (
                lambda place: json.dumps({"deadLetterTargetArn": place.arn("sqs", "queue")}),
                None,
            ),
        },
        default={
            "rawMessageDelivery": False,
            "confirmationTimeoutInMinutes": 1,
            "endpointAutoConfirms": False,
        },
        drift=(
            "rawMessageDelivery",
            lambda place, state: place.client("sns").set_subscription_attributes(
                SubscriptionArn=state.id, AttributeName="RawMessageDelivery", AttributeValue="true"
            ),
        ),
    ),
    "aws:sqs/queue:Queue": Row(
        given=lambda _: {"name": "queue", "visibilityTimeoutSeconds": 45, "tags": TAGS},
        changes={
            "delaySeconds": (5, None),
            "kmsMasterKeyId": ("alias/own",),
            "maxMessageSize": (2048, None),
            "messageRetentionSeconds": (120, None),
            "policy": (policy("sqs:SendMessage"),),
            "receiveWaitTimeSeconds": (5, None),
            "redrivePolicy": (dead_letters,),
            "sqsManagedSseEnabled": (False,),
            "tags": RETAGGED,
            "visibilityTimeoutSeconds": (60, None),
        },
        default={
            "delaySeconds": 0,
            "maxMessageSize": 262144,
            "messageRetentionSeconds": 345600,
            "receiveWaitTimeSeconds": 0,
            "visibilityTimeoutSeconds": 30,
        },
        drift=(
            "tags",
            lambda place, state: place.client("sqs").tag_queue(QueueUrl=state.id, Tags={"by": "hand"}),
        ),
        taken="QueueAlreadyExists",
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Row(
        given=lambda place: {"queueUrl": queue(place), "policy": policy("sqs:SendMessage")},
        changes={"policy": (policy("sqs:ReceiveMessage"),)},
        drift=(
            "policy",
            lambda place, state: place.client("sqs").set_queue_attributes(
                QueueUrl=state.id, Attributes={"Policy": policy("sqs:DeleteMessage")}
            ),
        ),
    ),
}
