"""What AWS Batch runs jobs with: compute environments and job queues."""

from __future__ import annotations

from typing import Any

from local.inputs import Inputs
from local.provider.calls import described, retag, some, standing, tagged
from local.provider.kind import NOTHING, Kind, Place, Properties, State
from local.seed import create_role

_SERVICE_ROLE = "AWSServiceRoleForBatch"
_STATE = "ENABLED"
_RESOURCES = {
    "maxvCpus": "maxVcpus",
    "securityGroupIds": "securityGroupIds",
    "subnets": "subnets",
    "type": "type",
}


def _create_environment(place: Place, inputs: Inputs) -> State:
    name, tags = inputs.get("name"), inputs.get("tags")
    wanted = {
        "type": inputs.get("type"),
        "state": inputs.get("state", _STATE),
        "serviceRole": inputs.get("serviceRole") or _service_role(place),
        "computeResources": _resources(inputs),
    }
    inputs.done()
    place.client("batch").create_compute_environment(computeEnvironmentName=name, **wanted, **some(tags=tags))
    return standing(_read_environment, place, name, inputs)


def _service_role(place: Place) -> str:
    """AWS makes this role by itself, and uses it where no other is named; moto demands that it be there."""
    create_role(place.cloud, _SERVICE_ROLE)
    return f"arn:aws:iam::{place.account}:role/{_SERVICE_ROLE}"


def _resources(inputs: Inputs) -> dict[str, Any]:
    """Of an environment on Fargate; what one on EC2 has beside that is unknown here."""
    given = Inputs(inputs.get("computeResources") or {})
    resources = given.call(**_RESOURCES)
    given.done()
    if "maxvCpus" in resources:
        resources["maxvCpus"] = int(resources["maxvCpus"])
    return resources


def _read_environment(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    batch = place.client("batch")
    found = batch.describe_compute_environments(computeEnvironments=[identity])["computeEnvironments"]
    if not found:
        return None
    environment = found[0]
    resources = environment.get("computeResources", {})
    told = {
        "name": environment["computeEnvironmentName"],
        "arn": environment["computeEnvironmentArn"],
        "ecsClusterArn": environment.get("ecsClusterArn"),
        "type": environment["type"],
        "state": environment["state"],
        "status": environment["status"],
        "statusReason": environment.get("statusReason"),
        "serviceRole": environment.get("serviceRole"),
        "computeResources": {key: resources[name] for name, key in _RESOURCES.items() if name in resources},
        **_tags(batch, environment["computeEnvironmentArn"]),
    }
    return described(identity, told, place=place, known=known)


def _update_environment(place: Place, state: State, inputs: Inputs) -> State:
    batch, name, old = place.client("batch"), state.id, Inputs(state.properties)
    inputs.call(name="name", type="type")
    tags, resources, role = inputs.get("tags"), _resources(inputs), inputs.get("serviceRole")
    wanted = {"state": inputs.get("state", _STATE)}
    inputs.done()
    before = Inputs({"computeResources": old.get("computeResources")})
    if resources != _resources(before):
        changeable = {key: value for key, value in resources.items() if key != "type"}
        wanted["computeResources"] = changeable
    if role and role != old.get("serviceRole"):
        wanted["serviceRole"] = role
    batch.update_compute_environment(computeEnvironment=name, **wanted)
    _retag(batch, place.arn("batch", f"compute-environment/{name}"), state, tags)
    return standing(_read_environment, place, name, inputs)


def _delete_environment(place: Place, state: State) -> None:
    """AWS takes away what is disabled alone, so the provider disables it first."""
    if _read_environment(place, state.id) is not None:
        batch = place.client("batch")
        batch.update_compute_environment(computeEnvironment=state.id, state="DISABLED")
        batch.delete_compute_environment(computeEnvironment=state.id)


def _create_queue(place: Place, inputs: Inputs) -> State:
    name, tags, wanted = inputs.get("name"), inputs.get("tags"), _queue(inputs)
    inputs.done()
    answer = place.client("batch").create_job_queue(jobQueueName=name, **wanted, **some(tags=tags))
    return standing(_read_queue, place, answer["jobQueueArn"], inputs)


def _queue(inputs: Inputs) -> dict[str, Any]:
    order = [
        {"order": int(each["order"]), "computeEnvironment": each["computeEnvironment"]}
        for each in inputs.get("computeEnvironmentOrders") or []
    ]
    return {
        "priority": inputs.number("priority"),
        "state": inputs.get("state"),
        "computeEnvironmentOrder": order,
        **inputs.call(schedulingPolicyArn="schedulingPolicyArn"),
    }


def _read_queue(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    batch = place.client("batch")
    found = batch.describe_job_queues(jobQueues=[identity])["jobQueues"]
    if not found:
        return None
    queue = found[0]
    told = {
        "name": queue["jobQueueName"],
        "arn": queue["jobQueueArn"],
        "priority": queue["priority"],
        "state": queue["state"],
        "computeEnvironmentOrders": queue["computeEnvironmentOrder"],
        "schedulingPolicyArn": queue.get("schedulingPolicyArn"),
        **_tags(batch, queue["jobQueueArn"]),
    }
    return described(queue["jobQueueArn"], told, place=place, known=known)


def _update_queue(place: Place, state: State, inputs: Inputs) -> State:
    batch, tags, wanted = place.client("batch"), inputs.get("tags"), _queue(inputs)
    inputs.get("name")
    inputs.done()
    batch.update_job_queue(jobQueue=state.id, **wanted)
    _retag(batch, state.id, state, tags)
    return standing(_read_queue, place, state.id, inputs)


def _delete_queue(place: Place, state: State) -> None:
    """As with a compute environment."""
    if _read_queue(place, state.id) is not None:
        batch = place.client("batch")
        batch.update_job_queue(jobQueue=state.id, state="DISABLED")
        batch.delete_job_queue(jobQueue=state.id)


def _tags(batch: Any, arn: str) -> dict[str, Any]:
    return tagged(batch.list_tags_for_resource(resourceArn=arn)["tags"])


def _retag(batch: Any, arn: str, state: State, tags: dict[str, str] | None) -> None:
    retag(
        state.properties,
        tags,
        put=lambda pairs: batch.tag_resource(resourceArn=arn, tags=pairs),
        remove=lambda keys: batch.untag_resource(resourceArn=arn, tagKeys=keys),
    )


KINDS = (
    Kind(
        token="aws:batch/computeEnvironment:ComputeEnvironment",
        create=_create_environment,
        read=_read_environment,
        update=_update_environment,
        delete=_delete_environment,
        fixed=frozenset({"name", "type"}),
    ),
    Kind(
        token="aws:batch/jobQueue:JobQueue",
        create=_create_queue,
        read=_read_queue,
        update=_update_queue,
        delete=_delete_queue,
    ),
)
