"""What the provider calls in the life of each type of resource that the program creates.

From the sources of terraform-provider-aws, which pulumi-aws wraps: internal/service/<service>/<resource>.go.
Calls for settings that the program never makes, such as a function's layers, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.recorder import ACCOUNT

HERE = f"ap-southeast-2:{ACCOUNT}"
_TAGS = ("TagResource", "UntagResource", "ListTagsForResource")


@dataclass(frozen=True)
class Calls:
    """What the provider calls for one type of resource; ``arn`` has the physical name for ``{}``.

    ``free`` are actions for which AWS knows no such resource, so that they are allowed on ``*``.
    """

    service: str
    arn: str
    actions: tuple[str, ...]
    free: tuple[str, ...] = ()


_FUNCTION = f"arn:aws:lambda:{HERE}:function:{{}}"
_RULE = f"arn:aws:events:{HERE}:rule/{{}}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{{}}"
_QUEUE = f"arn:aws:sqs:{HERE}:{{}}"
_TOPIC = f"arn:aws:sns:{HERE}:{{}}"

# create, read, update, delete; tags where AWS tags the resource
CALLS: Mapping[str, Calls] = {
    "Dashboard": Calls(
        "cloudwatch",
        f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{{}}",
        ("PutDashboard", "GetDashboard", "DeleteDashboards"),
    ),
    "EventRule": Calls("events", _RULE, ("PutRule", "DescribeRule", "DeleteRule", *_TAGS)),
    "EventTarget": Calls("events", _RULE, ("PutTargets", "ListTargetsByRule", "RemoveTargets")),
    "LogGroup": Calls(
        "logs",
        f"arn:aws:logs:{HERE}:log-group:{{}}",
        ("CreateLogGroup", "PutRetentionPolicy", "DeleteLogGroup", *_TAGS),
        free=("DescribeLogGroups",),
    ),
    "MetricAlarm": Calls(
        "cloudwatch",
        f"arn:aws:cloudwatch:{HERE}:alarm:{{}}",
        ("PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", *_TAGS),
    ),
    "Role": Calls(
        "iam",
        ROLE,
        (
            *(
                "CreateRole",
                "GetRole",
                "ListRolePolicies",
                "ListAttachedRolePolicies",
                "UpdateRoleDescription",
            ),
            *("UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "ListInstanceProfilesForRole"),
            *("DeleteRole", "TagRole", "UntagRole"),
        ),
    ),
    "RolePolicy": Calls("iam", ROLE, ("PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy")),
    "Function": Calls(
        "lambda",
        _FUNCTION,
        (
            *("CreateFunction", "GetFunction", "GetFunctionConfiguration", "GetFunctionCodeSigningConfig"),
            *(
                "ListVersionsByFunction",
                "UpdateFunctionCode",
                "UpdateFunctionConfiguration",
                "DeleteFunction",
            ),
            *("TagResource", "UntagResource"),
        ),
    ),
    "FunctionEventInvokeConfig": Calls(
        "lambda",
        _FUNCTION,
        ("PutFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"),
    ),
    "Permission": Calls("lambda", _FUNCTION, ("AddPermission", "GetPolicy", "RemovePermission")),
    "Queue": Calls(
        "sqs",
        _QUEUE,
        (
            *("CreateQueue", "GetQueueAttributes", "SetQueueAttributes", "DeleteQueue"),
            *("TagQueue", "UntagQueue", "ListQueueTags"),
        ),
    ),
    "QueuePolicy": Calls("sqs", _QUEUE, ("SetQueueAttributes", "GetQueueAttributes")),
    "Topic": Calls(
        "sns", _TOPIC, ("CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic", *_TAGS)
    ),
    "TopicSubscription": Calls(
        "sns",
        _TOPIC,
        ("Subscribe",),
        free=("GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"),
    ),
}
