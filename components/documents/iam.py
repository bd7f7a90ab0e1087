"""The policy documents: who may do what on which resource.

Statements are data, each with a Sid, so that a test can name the one that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.naming import Names, Place
from components.pair import Pair
from handler.report.notices import SOURCE


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One permission. ``condition`` is IAM's own map: operator -> key -> values."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    condition: dict[str, Any] | None = None
    service: str = ""

    def document(self) -> dict[str, Any]:
        """The statement as IAM reads it."""
        document: dict[str, Any] = {"Sid": self.sid, "Effect": "Allow"}
        if self.service:
            document["Principal"] = {"Service": self.service}
        document["Action"] = list(self.actions)
        if self.resources:
            document["Resource"] = list(self.resources)
        if self.condition:
            document["Condition"] = self.condition
        return document


def policy_document(*statements: Statement) -> dict[str, Any]:
    """The document that carries ``statements``."""
    return {"Version": "2012-10-17", "Statement": [statement.document() for statement in statements]}


def trust_policy() -> dict[str, Any]:
    """Lambda, and nobody else, may take on the function's role."""
    return policy_document(
        Statement(sid="LambdaAssumesRole", actions=["sts:AssumeRole"], service="lambda.amazonaws.com")
    )


def function_policy(place: Place, names: Names, pair: Pair) -> dict[str, Any]:
    """What the function of ``pair`` may do, and no more than the pair needs.

    Actions and resource types: service-authorization/latest/reference/list_awsbatch.html and its
    siblings. ``*`` stands where AWS offers no resource-level permission.
    """
    definitions = [place.arn("batch", f"job-definition/{name}") for name in pair.job_definitions]
    images = place.arn("ecr", f"repository/{pair.repository}")
    deregisters, inspects = pair.keep_revisions is not None, pair.requires is not None
    statements = [
        Statement(
            sid="WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[place.arn("logs", f"log-group:{names.log_group}:*")],
        ),
        Statement(sid="ReadJobDefinitions", actions=["batch:DescribeJobDefinitions"], resources=["*"]),
        # Registering is asked for the name, deregistering for the revision, and of tagging, denials are on
        # record for both. One statement names each definition twice instead of four times, so that many fit
        # into a policy, and grants no more: each action's other half is never asked for. No condition on tag
        # keys: the tags that users gave their revisions are registered again, and those can be any.
        Statement(
            sid="WriteRevisions",
            actions=[
                "batch:RegisterJobDefinition",
                "batch:TagResource",
                *(["batch:DeregisterJobDefinition"] * deregisters),
            ],
            resources=[*definitions, *(f"{definition}:*" for definition in definitions)],
        ),
        Statement(sid="ReadImages", actions=["ecr:DescribeImages"], resources=[images]),
        # Lambda hands failed events to the queue with the function's own role.
        Statement(sid="SendFailures", actions=["sqs:SendMessage"], resources=[place.arn("sqs", names.queue)]),
        *([_inspect(images)] * inspects),
        *(_read_scans(images) if pair.scans else []),
        *([_publish(place.arn("events", "event-bus/default"))] * pair.notify),
        *([_pass(pair.pass_roles)] if pair.pass_roles else []),
    ]
    return policy_document(*statements)


def queue_policy(queue_arn: str, rule_arns: Sequence[str]) -> dict[str, Any]:
    """EventBridge may send what these rules could not deliver, and nobody else's.

    eventbridge/latest/userguide/eb-rule-dlq.html
    """
    return policy_document(
        Statement(
            sid="RuleSendsFailures",
            actions=["sqs:SendMessage"],
            resources=[queue_arn],
            condition={"ArnEquals": {"aws:SourceArn": list(rule_arns)}},
            service="events.amazonaws.com",
        )
    )


def _inspect(images: str) -> Statement:
    return Statement(
        sid="InspectImages",
        actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources=[images],
    )


def _read_scans(images: str) -> list[Statement]:
    """Enhanced scanning answers from Inspector, in the caller's name.

    AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
    """
    return [
        Statement(
            sid="ReadScans",
            actions=["ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"],
            resources=[images],
        ),
        Statement(
            sid="ReadInspector",
            actions=["inspector2:ListCoverage", "inspector2:ListFindings"],
            resources=["*"],
        ),
    ]


def _publish(bus: str) -> Statement:
    """Events of this one source, so that none can pass for a push or a scan.

    eventbridge/latest/userguide/eb-use-conditions.html. ``events:source`` has many values where a call has
    many entries, and each must be this one; ``Null``, since "each" is true of none as well.
    """
    return Statement(
        sid="PublishNotices",
        actions=["events:PutEvents"],
        resources=[bus],
        condition={
            "ForAllValues:StringEquals": {"events:source": [SOURCE]},
            "Null": {"events:source": "false"},
        },
    )


def _pass(roles: Sequence[str]) -> Statement:
    # Reports differ on which of the two services Batch passes the roles to.
    services = ["batch.amazonaws.com", "ecs-tasks.amazonaws.com"]
    return Statement(
        sid="PassJobRoles",
        actions=["iam:PassRole"],
        resources=roles,
        condition={"StringEquals": {"iam:PassedToService": services}},
    )
