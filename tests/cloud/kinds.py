"""What a row of the table of resource types says, and what the types need around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from local.inputs import Inputs
from local.provider.kind import Kind, Place, Properties, State
from local.provider.kinds import KINDS

ACCOUNT = "123456789012"
ROLE, OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/runs", f"arn:aws:iam::{ACCOUNT}:role/other"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
LAMBDA_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
TAGS = {"team": "ocr", "stage": "dev"}


def policy(action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def inline(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def lifecycle(count: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    rule = {"rulePriority": 1, "description": "x" * 40, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


def code(text: str) -> pulumi.AssetArchive:
    return pulumi.AssetArchive({"handler.py": pulumi.StringAsset(text)})


def container(image: str) -> str:
    """With what AWS Batch would add by itself."""
    size = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    added = ("command", "volumes", "mountPoints", "ulimits", "environment", "secrets")
    return json.dumps({"image": image, "resourceRequirements": size, **{key: [] for key in added}})


def make(place: Place, token: str, **inputs: Any) -> State:
    return KINDS[token].create(place, Inputs(inputs))


def nothing(_place: Place) -> None:
    """Most types stand by themselves."""


def role(place: Place) -> None:
    """Two roles, once for all regions."""
    for name in ("runs", "other"):
        if KINDS["aws:iam/role:Role"].read(place, name) is None:
            make(place, "aws:iam/role:Role", name=name, assumeRolePolicy=TRUST)


def function(place: Place) -> None:
    role(place)
    make(
        place,
        "aws:lambda/function:Function",
        name="fn",
        role=ROLE,
        handler="handler.handle",
        runtime="python3.13",
        code=code("a = 1"),
    )


def rule(place: Place) -> None:
    make(place, "aws:cloudwatch/eventRule:EventRule", name="rule", eventPattern='{"source":["a"]}')


def queue(place: Place) -> str:
    url: str = make(place, "aws:sqs/queue:Queue", name="queue").id
    return url


def role_and_rule(place: Place) -> None:
    role(place)
    rule(place)


def dead_letters(place: Place) -> str:
    target = make(place, "aws:sqs/queue:Queue", name="dead").properties["arn"]
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 3})


def topic(place: Place) -> None:
    make(place, "aws:sns/topic:Topic", name="topic")


def topic_and_queue(place: Place) -> None:
    topic(place)
    queue(place)


def repository(place: Place) -> None:
    make(place, "aws:ecr/repository:Repository", name="images")


def network(place: Place) -> dict[str, Any]:
    ec2 = place.client("ec2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
    groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]]
    return {"type": "FARGATE", "maxVcpus": 4, "subnets": subnets, "securityGroupIds": groups}


def environment(place: Place) -> None:
    make(
        place,
        "aws:batch/computeEnvironment:ComputeEnvironment",
        name="fargate",
        type="MANAGED",
        computeResources=network(place),
    )


def order(place: Place) -> list[dict[str, Any]]:
    arn = place.arn("batch", "compute-environment/fargate")
    return [{"order": 1, "computeEnvironment": arn}]


@dataclass(frozen=True, kw_only=True)
class Row:
    """How a type is tried.

    ``given`` are its inputs at a place, ``changes`` maps a property to other values, which can depend on the
    place, too. None among them takes the property away, and ``default`` says what AWS has then, if anything.
    ``drift`` is a property with what changes it by hand. ``taken`` is AWS's code for a second one of the same
    name, "" where AWS overwrites. ``hidden`` are properties that no API gives back, ``imported`` is the id
    that ``pulumi import`` takes, and what is ``everywhere`` is seen from every region.
    """

    given: Callable[[Place], dict[str, Any]]
    before: Callable[[Place], object] = nothing
    changes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    default: Properties = field(default_factory=dict)
    drift: tuple[str, Callable[[Place, State], object]] | None = None
    taken: str = ""
    hidden: frozenset[str] = frozenset()
    imported: Callable[[State], str] = lambda state: state.id
    everywhere: bool = False

    def inputs(self, place: Place, changed: Mapping[str, Any] | None = None) -> Inputs:
        return Inputs({**self.given(place), **(changed or {})})

    def made(self, kind: Kind, place: Place) -> State:
        self.before(place)
        return kind.create(place, self.inputs(place))
