"""Which permissions does a call need? From service-authorization/latest/reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from local.http import Request
from local.iam.policy import Access

# Reports differ on which of the two Batch asks for, so a policy has to allow both.
PASSED_TO = ("ecs-tasks.amazonaws.com", "batch.amazonaws.com")
_ROLE_FIELDS = ("jobRoleArn", "executionRoleArn", "taskRoleArn")


def needed(
    request: Request,
    account: str,
    *,
    next_revision: Callable[[str, str], int],
    enhanced_scanning: Callable[[str], bool],
) -> list[Access]:
    """Everything that the role must allow for ``request`` to be answered.

    ``next_revision`` gives the number that a registration would get, by region and name of the definition,
    ``enhanced_scanning`` whether Amazon Inspector scans the images of the registry in a region.
    """
    base = f"arn:aws:{request.service}:{request.region}:{account}"
    if request.service == "batch":
        return list(_batch(request, base, partial(next_revision, request.region)))
    if request.service == "ecr":
        return list(_ecr(request, base, partial(enhanced_scanning, request.region)))
    if request.action == "events:PutEvents":
        return list(_put_events(request, base))
    if request.service == "monitoring":
        return list(_cloudwatch(request, f"arn:aws:cloudwatch:{request.region}:{account}"))
    return [Access(action=request.action, resource=_resource(request, account, base))]


def _batch(request: Request, base: str, next_revision: Callable[[str], int]) -> Iterator[Access]:
    action = request.action
    if request.operation == "RegisterJobDefinition":
        yield from _registration(request.json(), base, next_revision)
    elif request.operation == "DeregisterJobDefinition":
        yield Access(action=action, resource=_definition_arn(base, request.json().get("jobDefinition", "")))
    elif request.operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        yield Access(action=action, resource=unquote(request.path.removeprefix("/v1/tags/")))
    elif request.operation == "SubmitJob":
        body = request.json()
        yield Access(action=action, resource=_definition_arn(base, body.get("jobDefinition", "")))
        yield Access(action=action, resource=f"{base}:job-queue/{body.get('jobQueue', '')}")
    else:
        yield Access(action=action, resource="*")


def _registration(
    body: Mapping[str, Any], base: str, next_revision: Callable[[str], int]
) -> Iterator[Access]:
    name = str(body.get("jobDefinitionName", ""))
    arn = f"{base}:job-definition/{name}"
    yield Access(action="batch:RegisterJobDefinition", resource=arn)
    for role in sorted(set(_roles(body))):
        for service in PASSED_TO:
            yield Access(action="iam:PassRole", resource=role, context={"iam:passedtoservice": [service]})
    if body.get("tags"):
        # Denials have been seen with the revision in the ARN and without it.
        for resource in (arn, f"{arn}:{next_revision(name)}"):
            yield Access(action="batch:TagResource", resource=resource)


def _ecr(request: Request, base: str, enhanced_scanning: Callable[[], bool]) -> Iterator[Access]:
    body = request.json()
    names = body.get("repositoryNames") or [body.get("repositoryName")]
    for name in names:
        yield Access(action=request.action, resource=f"{base}:repository/{name}" if name else "*")
    if request.operation == "DescribeImageScanFindings" and enhanced_scanning():
        # AmazonECR/latest/userguide/image-scanning-enhanced-iam.html: ECR asks Inspector for its caller.
        for action in ("inspector2:ListFindings", "inspector2:ListCoverage"):
            yield Access(action=action, resource="*")


def _put_events(request: Request, base: str) -> Iterator[Access]:
    """Each entry is judged by itself."""
    for entry in request.json().get("Entries", []):
        bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
        yield Access(
            action=request.action,
            resource=f"{base}:event-bus/{bus}",
            context={
                "events:source": [str(entry.get("Source", ""))],
                "events:detail-type": [str(entry.get("DetailType", ""))],
            },
        )


def _cloudwatch(request: Request, base: str) -> Iterator[Access]:
    """Composite alarms are for ``*`` alone (AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html)."""
    body = request.json() if request.operation == "DescribeAlarms" else {}
    names = body.get("AlarmNames")
    if not names or "CompositeAlarm" in body.get("AlarmTypes", ()):
        yield Access(action=request.action, resource="*")
        return
    for name in names:
        yield Access(action=request.action, resource=f"{base}:alarm:{name}")


def _roles(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _ROLE_FIELDS and isinstance(value, str) and value:
                yield value
            else:
                yield from _roles(value)
    elif isinstance(node, list):
        for item in node:
            yield from _roles(item)


def _definition_arn(base: str, name: str) -> str:
    return name if name.startswith("arn:") else f"{base}:job-definition/{name}"


def _resource(request: Request, account: str, base: str) -> str:
    match request.service:
        case "iam":
            # The program's roles have no path, which would stand before the name.
            name = request.parameters().get("RoleName")
            return f"arn:aws:iam::{account}:role/{name}" if name else "*"
        case "logs" if request.operation == "DescribeLogGroups":
            # Whatever prefix is asked for, as denials tell: hashicorp/terraform-provider-aws, issue 8804.
            return f"{base}:log-group::log-stream:"
        case "logs":
            body = request.json()
            group = body.get("logGroupName")
            return f"{base}:log-group:{group}:log-stream:{body.get('logStreamName', '')}" if group else "*"
        case "sqs":
            body = request.json()
            name = body.get("QueueName") or urlsplit(body.get("QueueUrl", "")).path.rpartition("/")[2]
            return f"{base}:{name}" if name else "*"
        case "sns":
            return request.parameters().get("TopicArn", "*")
        case "lambda":
            parts = request.path.split("/")
            return f"{base}:function:{unquote(parts[3])}" if len(parts) > 3 else "*"
        case "events":
            return _of_events(request, base)
    return "*"


def _of_events(request: Request, base: str) -> str:
    """A rule of another bus than the default one has the bus in its ARN (list_amazoneventbridge.html)."""
    body = request.json()
    name = body.get("Name") or body.get("Rule")
    bus = str(body.get("EventBusName") or "default").rpartition("/")[2]
    if not name:
        return "*"
    return f"{base}:rule/{name}" if bus == "default" else f"{base}:rule/{bus}/{name}"
