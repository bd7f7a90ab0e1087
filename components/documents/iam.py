"""The policy documents: who may do what on which resource.

Statements are data, each with a Sid, so that a test can name the one that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.naming import Names, Place
from components.pair import Pair
from handler.report.notices import SOURCE


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] = (),
    condition: Mapping[str, Any] | None = None,
    *,
    service: str = "",
) -> dict[str, Any]:
    """One statement. ``condition`` is IAM's own map: operator -> key -> values; ``service`` the principal."""
    given = {
        "Principal": {"Service": service} if service else None,
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": condition,
    }
    return {"Sid": sid, "Effect": "Allow"} | {key: value for key, value in given.items() if value}


def policy_document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """The document that carries ``statements``."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust_policy() -> dict[str, Any]:
    """Lambda, and nobody else, may take on the function's role."""
    return policy_document(allow("LambdaAssumesRole", ["sts:AssumeRole"], service="lambda.amazonaws.com"))


def function_policy(place: Place, names: Names, pair: Pair) -> dict[str, Any]:
    """What the function of ``pair`` may do, and no more than the pair needs.

    Actions and resource types: service-authorization/latest/reference/list_awsbatch.html and its
    siblings. ``*`` stands where AWS offers no resource-level permission.
    """
    definitions = [place.arn("batch", f"job-definition/{name}") for name in pair.job_definitions]
    images = [place.arn("ecr", f"repository/{pair.repository}")]
    streams = [place.arn("logs", f"log-group:{names.log_group}:*")]
    statements = [
        allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams),
        allow("ReadJobDefinitions", ["batch:DescribeJobDefinitions"], ["*"]),
        # Registering is asked for the name, deregistering for the revision, and of tagging, denials are on
        # record for both. One statement names each definition twice instead of four times, so that many fit
        # into a policy, and grants no more: each action's other half is never asked for. No condition on tag
        # keys: the tags that users gave their revisions are registered again, and those can be any.
        allow(
            "WriteRevisions",
            [
                "batch:RegisterJobDefinition",
                "batch:TagResource",
                *(["batch:DeregisterJobDefinition"] * (pair.keep_revisions is not None)),
            ],
            [*definitions, *(f"{definition}:*" for definition in definitions)],
        ),
        allow("ReadImages", ["ecr:DescribeImages"], images),
        # Lambda hands failed events to the queue with the function's own role.
        allow("SendFailures", ["sqs:SendMessage"], [place.arn("sqs", names.queue)]),
    ]
    if pair.requires is not None:
        actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        statements.append(allow("InspectImages", actions, images))
    if pair.scans:
        # Enhanced scanning answers from Inspector, in the caller's name:
        # AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
        actions = ["ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"]
        statements.append(allow("ReadScans", actions, images))
        actions = ["inspector2:ListCoverage", "inspector2:ListFindings"]
        statements.append(allow("ReadInspector", actions, ["*"]))
    if pair.notify:
        # Events of this one source, so that none can pass for a push or a scan. events:source has many values
        # where a call has many entries, and each must be this one; Null, since "each" is true of none, too:
        # eventbridge/latest/userguide/eb-use-conditions.html
        condition = {
            "ForAllValues:StringEquals": {"events:source": [SOURCE]},
            "Null": {"events:source": "false"},
        }
        bus = [place.arn("events", "event-bus/default")]
        statements.append(allow("PublishNotices", ["events:PutEvents"], bus, condition))
    if pair.pass_roles:
        # Reports differ on which of the two services Batch passes the roles to.
        services = ["batch.amazonaws.com", "ecs-tasks.amazonaws.com"]
        to_batch = {"StringEquals": {"iam:PassedToService": services}}
        statements.append(allow("PassJobRoles", ["iam:PassRole"], pair.pass_roles, to_batch))
    return policy_document(*statements)


def queue_policy(queue_arn: str, rule_arns: Sequence[str]) -> dict[str, Any]:
    """EventBridge may send what these rules could not deliver, and nobody else's.

    eventbridge/latest/userguide/eb-rule-dlq.html
    """
    own = {"ArnEquals": {"aws:SourceArn": list(rule_arns)}}
    return policy_document(
        allow("RuleSendsFailures", ["sqs:SendMessage"], [queue_arn], own, service="events.amazonaws.com")
    )
