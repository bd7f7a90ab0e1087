"""What stands around the updater in a stack: the repository, and what AWS Batch runs jobs with.

Job definitions are treated as the AWS provider treats them (terraform-provider-aws,
internal/service/batch/job_definition.go): it knows the one revision that it registered last, and compares
what the program says with that one alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.creating import Creator, State, generated, unless
from local.inputs import Inputs, UnknownResource
from local.seed import create_role

if TYPE_CHECKING:
    from local.cloud import Cloud

JOB_DEFINITION = "aws:batch/jobDefinition:JobDefinition"
_SERVICE_ROLE = "AWSServiceRoleForBatch"
_DOCUMENTS = ("containerProperties", "ecsProperties", "nodeProperties")


def newest_active(cloud: Cloud, name: str) -> dict[str, Any] | None:
    """What the provider's data source finds: the newest ACTIVE revision, None if there is none."""
    pages = cloud.client("batch").get_paginator("describe_job_definitions")
    found = [
        revision
        for page in pages.paginate(jobDefinitionName=name, status="ACTIVE")
        for revision in page["jobDefinitions"]
    ]
    return max(found, key=lambda revision: int(revision["revision"]), default=None)


def read_job_definition(cloud: Cloud, arn: str) -> State:
    """What the provider reads of a revision; raises UnknownResource if it is not ACTIVE."""
    found = cloud.client("batch").describe_job_definitions(jobDefinitions=[arn])["jobDefinitions"]
    if not found or found[0]["status"] != "ACTIVE":
        raise UnknownResource(f"{arn} is no ACTIVE revision of a job definition")
    revision = found[0]
    documents = {key: json.dumps(revision[key]) for key in _DOCUMENTS if key in revision}
    return arn, {"name": revision["jobDefinitionName"], **_identity(arn), **documents}


def _job_definition(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or generated(name)
    deregisters = inputs.get("deregisterOnNewRevision", True)
    registration = _registration(inputs, physical)
    tags = inputs.get("tags") or {}
    known = cloud.stacks.get(physical)
    if known is None:
        arn = _register(cloud, registration, tags)
    elif known["registration"] == registration:
        arn = known["arn"]
        if known["tags"] != tags:
            cloud.client("batch").tag_resource(resourceArn=arn, tags=tags)
    else:
        arn = _register(cloud, registration, tags)
        if deregisters:
            cloud.client("batch").deregister_job_definition(jobDefinition=known["arn"])
    cloud.stacks[physical] = {"arn": arn, "registration": registration, "tags": tags}
    return arn, {"name": physical, **_identity(arn)}


def _registration(inputs: Inputs, physical: str) -> dict[str, Any]:
    registration: dict[str, Any] = {
        "jobDefinitionName": physical,
        **inputs.call(
            type="type",
            parameters="parameters",
            platformCapabilities="platformCapabilities",
            propagateTags="propagateTags",
        ),
        **{key: json.loads(text) for key, text in inputs.call(**{key: key for key in _DOCUMENTS}).items()},
    }
    if timeout := inputs.get("timeout"):
        registration["timeout"] = {"attemptDurationSeconds": int(timeout["attemptDurationSeconds"])}
    if retry := inputs.get("retryStrategy"):
        registration["retryStrategy"] = {"attempts": int(retry["attempts"])}
    return registration


def _register(cloud: Cloud, registration: Mapping[str, Any], tags: Mapping[str, str]) -> str:
    arn: str = cloud.client("batch").register_job_definition(**registration, tags=tags)["jobDefinitionArn"]
    return arn


def _identity(arn: str) -> dict[str, Any]:
    prefix, _, revision = arn.rpartition(":")
    return {"arn": arn, "arnPrefix": prefix, "revision": int(revision)}


def _compute_environment(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or generated(name)
    resources = dict(inputs.get("computeResources") or {})
    # AWS makes this service-linked role by itself, and uses it where no other is named; moto demands it.
    create_role(cloud, _SERVICE_ROLE)
    wanted = {
        "type": inputs.get("type"),
        "serviceRole": f"arn:aws:iam::{cloud.account}:role/{_SERVICE_ROLE}",
        "state": inputs.get("state", "ENABLED"),
        "computeResources": {
            "type": resources.pop("type"),
            "maxvCpus": int(resources.pop("maxVcpus")),
            "subnets": resources.pop("subnets"),
            "securityGroupIds": resources.pop("securityGroupIds"),
        },
    }
    if resources:
        raise UnknownResource(f"{name} sets {', '.join(resources)}, which the local cloud does not know")
    batch, tags = cloud.client("batch"), inputs.get("tags") or {}
    found = batch.describe_compute_environments(computeEnvironments=[physical])["computeEnvironments"]
    arn = (
        found[0]["computeEnvironmentArn"]
        if found
        else batch.create_compute_environment(computeEnvironmentName=physical, **wanted, tags=tags)[
            "computeEnvironmentArn"
        ]
    )
    return physical, {"name": physical, "arn": arn}


def _job_queue(cloud: Cloud, name: str, inputs: Inputs) -> State:
    physical = inputs.get("name") or generated(name)
    order = [
        {"order": int(each["order"]), "computeEnvironment": each["computeEnvironment"]}
        for each in inputs.get("computeEnvironmentOrders")
    ]
    priority, state = int(inputs.get("priority")), inputs.get("state")
    batch, tags = cloud.client("batch"), inputs.get("tags") or {}
    found = batch.describe_job_queues(jobQueues=[physical])["jobQueues"]
    arn = (
        found[0]["jobQueueArn"]
        if found
        else batch.create_job_queue(
            jobQueueName=physical, priority=priority, state=state, computeEnvironmentOrder=order, tags=tags
        )["jobQueueArn"]
    )
    return arn, {"name": physical, "arn": arn}


def _repository(cloud: Cloud, name: str, inputs: Inputs) -> State:
    ecr = cloud.client("ecr")
    physical = inputs.get("name") or generated(name)
    tags = [{"Key": key, "Value": value} for key, value in (inputs.get("tags") or {}).items()]
    try:
        ecr.create_repository(
            repositoryName=physical, tags=tags, **inputs.call(imageTagMutability="imageTagMutability")
        )
    except ClientError as error:
        unless(error, "RepositoryAlreadyExistsException")
    found = ecr.describe_repositories(repositoryNames=[physical])["repositories"][0]
    return physical, {
        "name": physical,
        "arn": found["repositoryArn"],
        "repositoryUrl": found["repositoryUri"],
    }


def _lifecycle_policy(cloud: Cloud, _name: str, inputs: Inputs) -> State:
    repository, policy = inputs.get("repository"), inputs.get("policy")
    cloud.client("ecr").put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=policy)
    return str(repository), {}


CREATORS: Mapping[str, Creator] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": _compute_environment,
    JOB_DEFINITION: _job_definition,
    "aws:batch/jobQueue:JobQueue": _job_queue,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _lifecycle_policy,
    "aws:ecr/repository:Repository": _repository,
}
