"""One Pulumi resource -> the AWS calls that create or update it.

Strict on purpose: a type or a property that is not listed here is an error, never left out quietly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.archive import zip_of
from local.batch_resources import CREATORS as BATCH
from local.batch_resources import JOB_DEFINITION, read_job_definition
from local.creating import Creator, State
from local.creating import generated as _generated
from local.creating import unless as _unless
from local.inputs import Inputs, UnknownResource

if TYPE_CHECKING:
    from local.cloud import Cloud


def create(cloud: Cloud, kind: str, name: str, values: Mapping[str, Any]) -> State:
    """Creates or updates the resource; its id and its properties. Raises UnknownResource, ClientError."""
    creator = _CREATORS.get(kind)
    if creator is None:
        raise UnknownResource(f"{name} is of type {kind}, which the local cloud does not know")
    inputs = Inputs(values)
    inputs.get("region")  # checked for the stack as a whole
    identity, state = creator(cloud, name, inputs)
    if inputs.unread():
        raise UnknownResource(
            f"{kind} {name} sets {', '.join(inputs.unread())}, which the local cloud does not know"
        )
    return identity, {**inputs.all(), **state}


def read(cloud: Cloud, kind: str, identity: str) -> State:
    """What ``JobDefinition.get`` and its kind find under an id. Raises UnknownResource."""
    if kind != JOB_DEFINITION:
        raise UnknownResource(f"the program reads a {kind}, which the local cloud can't do")
    return read_job_definition(cloud, identity)


def _event_rule(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or _generated(name)
    arn = cloud.client("events").put_rule(
        Name=physical,
        **inputs.call(
            EventPattern="eventPattern",
            ScheduleExpression="scheduleExpression",
            State="state",
            Description="description",
            EventBusName="eventBusName",
        ),
        Tags=_pairs(inputs.get("tags")),
    )["RuleArn"]
    return physical, {"name": physical, "arn": arn}


def _event_target(cloud: Cloud, name: str, inputs: Inputs) -> State:
    rule, target_id = inputs.get("rule"), inputs.get("targetId") or _generated(name)
    target = {"Id": target_id, **inputs.call(Arn="arn", Input="input", RoleArn="roleArn")}
    if retry := inputs.get("retryPolicy"):
        target["RetryPolicy"] = {
            "MaximumRetryAttempts": int(retry["maximumRetryAttempts"]),
            "MaximumEventAgeInSeconds": int(retry["maximumEventAgeInSeconds"]),
        }
    if dead_letters := inputs.get("deadLetterConfig"):
        target["DeadLetterConfig"] = {"Arn": dead_letters["arn"]}
    result = cloud.client("events").put_targets(
        Rule=rule, Targets=[target], **inputs.call(EventBusName="eventBusName")
    )
    if result["FailedEntryCount"]:
        raise UnknownResource(f"the target {name} was refused: {result['FailedEntries']}")
    return f"{rule}-{target_id}", {"targetId": target_id}


def _permission(cloud: Cloud, name: str, inputs: Inputs) -> State:
    functions = cloud.client("lambda")
    function, statement = inputs.get("function"), inputs.get("statementId") or _generated(name)
    try:
        functions.remove_permission(FunctionName=function, StatementId=statement)
    except ClientError as error:
        _unless(error, "ResourceNotFoundException")
    functions.add_permission(
        FunctionName=function,
        StatementId=statement,
        **inputs.call(
            Action="action", Principal="principal", SourceArn="sourceArn", SourceAccount="sourceAccount"
        ),
    )
    return statement, {"statementId": statement}


def _role(cloud: Cloud, name: str, inputs: Inputs) -> State:
    iam = cloud.client("iam")
    physical = inputs.get("name") or _generated(name)
    trust = inputs.get("assumeRolePolicy")
    tags, described = _pairs(inputs.get("tags")), inputs.call(Description="description", Path="path")
    try:
        iam.create_role(RoleName=physical, AssumeRolePolicyDocument=trust, Tags=tags, **described)
    except ClientError as error:
        _unless(error, "EntityAlreadyExists")
        iam.update_assume_role_policy(RoleName=physical, PolicyDocument=trust)
    # Kept, not applied: the policy that it names is made by hand, in AWS alone.
    if boundary := inputs.get("permissionsBoundary"):
        iam.put_role_permissions_boundary(RoleName=physical, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=physical)
    arn = iam.get_role(RoleName=physical)["Role"]["Arn"]
    return physical, {"name": physical, "arn": arn}


def _role_policy(cloud: Cloud, name: str, inputs: Inputs) -> State:
    role, physical = inputs.get("role"), inputs.get("name") or _generated(name)
    cloud.client("iam").put_role_policy(
        RoleName=role, PolicyName=physical, PolicyDocument=inputs.get("policy")
    )
    return f"{role}:{physical}", {"name": physical}


def _log_group(cloud: Cloud, name: str, inputs: Inputs) -> State:
    logs = cloud.client("logs")
    physical = inputs.get("name") or _generated(name)
    try:
        logs.create_log_group(logGroupName=physical, tags=inputs.get("tags") or {})
    except ClientError as error:
        _unless(error, "ResourceAlreadyExistsException")
    if days := inputs.get("retentionInDays"):
        logs.put_retention_policy(logGroupName=physical, retentionInDays=int(days))
    arn = f"arn:aws:logs:{cloud.region}:{cloud.account}:log-group:{physical}"
    return physical, {"name": physical, "arn": arn}


def _function(cloud: Cloud, name: str, inputs: Inputs) -> State:
    functions = cloud.client("lambda")
    physical = inputs.get("name") or _generated(name)
    logging = inputs.get("loggingConfig") or {"logFormat": "Text"}
    configuration = {
        "FunctionName": physical,
        **inputs.call(Role="role", Handler="handler", Runtime="runtime", Description="description"),
        "Timeout": int(inputs.get("timeout", 3)),
        "MemorySize": int(inputs.get("memorySize", 128)),
        "Environment": {"Variables": (inputs.get("environment") or {}).get("variables") or {}},
        "LoggingConfig": {key[0].upper() + key[1:]: value for key, value in logging.items()},
    }
    code = zip_of(inputs.get("code"))
    architectures, tags = inputs.get("architectures", ["x86_64"]), inputs.get("tags") or {}
    try:
        arn = functions.create_function(
            **configuration, Code={"ZipFile": code}, Architectures=architectures, Tags=tags
        )["FunctionArn"]
    except ClientError as error:
        _unless(error, "ResourceConflictException")
        arn = functions.update_function_configuration(**configuration)["FunctionArn"]
        functions.update_function_code(FunctionName=physical, ZipFile=code)
    return physical, {"name": physical, "arn": arn}


def _invoke_config(cloud: Cloud, name: str, inputs: Inputs) -> State:
    function = inputs.get("functionName")
    destinations = inputs.get("destinationConfig") or {}
    config: dict[str, Any] = {
        parameter: int(value)
        for parameter, value in inputs.call(
            MaximumRetryAttempts="maximumRetryAttempts", MaximumEventAgeInSeconds="maximumEventAgeInSeconds"
        ).items()
    }
    config["DestinationConfig"] = {
        key[0].upper() + key[1:]: {"Destination": value["destination"]} for key, value in destinations.items()
    }
    cloud.client("lambda").put_function_event_invoke_config(FunctionName=function, **config)
    return str(function or name), {}


def _queue(cloud: Cloud, name: str, inputs: Inputs) -> State:
    sqs = cloud.client("sqs")
    physical = inputs.get("name") or _generated(name)
    settings = inputs.call(
        MessageRetentionPeriod="messageRetentionSeconds",
        VisibilityTimeout="visibilityTimeoutSeconds",
        SqsManagedSseEnabled="sqsManagedSseEnabled",
    )
    attributes = {key: _plain(value) for key, value in settings.items()}
    tags = inputs.get("tags") or {}
    try:
        url = sqs.get_queue_url(QueueName=physical)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    except ClientError as error:
        _unless(error, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
        url = sqs.create_queue(QueueName=physical, Attributes=attributes, tags=tags)["QueueUrl"]
    arn = f"arn:aws:sqs:{cloud.region}:{cloud.account}:{physical}"
    return url, {"name": physical, "url": url, "arn": arn}


def _queue_policy(cloud: Cloud, _name: str, inputs: Inputs) -> State:
    url = inputs.get("queueUrl")
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": inputs.get("policy")})
    return str(url), {}


def _alarm(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or _generated(name)
    dimensions = [{"Name": key, "Value": value} for key, value in (inputs.get("dimensions") or {}).items()]
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=physical,
        Dimensions=dimensions,
        Period=int(inputs.get("period", 60)),
        EvaluationPeriods=int(inputs.get("evaluationPeriods", 1)),
        Threshold=float(inputs.get("threshold", 0)),
        **inputs.call(
            AlarmDescription="alarmDescription",
            Namespace="namespace",
            MetricName="metricName",
            Statistic="statistic",
            ComparisonOperator="comparisonOperator",
            TreatMissingData="treatMissingData",
            AlarmActions="alarmActions",
            OKActions="okActions",
        ),
        Tags=_pairs(inputs.get("tags")),
    )
    return physical, {
        "name": physical,
        "arn": f"arn:aws:cloudwatch:{cloud.region}:{cloud.account}:alarm:{physical}",
    }


def _dashboard(cloud: Cloud, _name: str, inputs: Inputs) -> State:
    physical = inputs.get("dashboardName")
    cloud.client("cloudwatch").put_dashboard(
        DashboardName=physical, DashboardBody=inputs.get("dashboardBody")
    )
    return str(physical), {"dashboardArn": f"arn:aws:cloudwatch::{cloud.account}:dashboard/{physical}"}


def _topic(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or _generated(name)
    arn = cloud.client("sns").create_topic(Name=physical, Tags=_pairs(inputs.get("tags")))["TopicArn"]
    return arn, {"name": physical, "arn": arn}


def _subscription(cloud: Cloud, _name: str, inputs: Inputs) -> State:
    arn = cloud.client("sns").subscribe(
        **inputs.call(TopicArn="topic", Protocol="protocol", Endpoint="endpoint"), ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    return arn, {"arn": arn}


_CREATORS: Mapping[str, Creator] = {
    **BATCH,
    "aws:cloudwatch/dashboard:Dashboard": _dashboard,
    "aws:cloudwatch/eventRule:EventRule": _event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": _event_target,
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:lambda/function:Function": _function,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": _invoke_config,
    "aws:lambda/permission:Permission": _permission,
    "aws:sns/topic:Topic": _topic,
    "aws:sns/topicSubscription:TopicSubscription": _subscription,
    "aws:sqs/queue:Queue": _queue,
    "aws:sqs/queuePolicy:QueuePolicy": _queue_policy,
}


def _pairs(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    return str(int(value)) if isinstance(value, float) else str(value)
