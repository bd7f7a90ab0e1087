"""AWS Batch's job definitions, treated as the AWS provider treats them.

The provider knows the one revision that it registered last, and compares what the program says with that one
alone (terraform-provider-aws, internal/service/batch/job_definition.go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.batch.rules import canonical
from local.inputs import Inputs, UnknownResource
from local.provider.calls import described, retag, some, standing, tagged, written
from local.provider.kind import NOTHING, Kind, Place, Properties, State

_DOCUMENTS = ("containerProperties", "ecsProperties", "nodeProperties")
# Pulumi's word -> that of AWS, where they differ within a pod.
_IN_PODS = {"envs": "env", "readOnlyRootFileSystem": "readOnlyRootFilesystem"}


def newest_active(place: Place, name: str) -> dict[str, Any] | None:
    """What the provider's data source finds: the newest ACTIVE revision, None if there is none."""
    return max(_active(place, name), key=lambda revision: int(revision["revision"]), default=None)


def _active(place: Place, name: str) -> list[dict[str, Any]]:
    pages = place.client("batch").get_paginator("describe_job_definitions")
    return [
        revision
        for page in pages.paginate(jobDefinitionName=name, status="ACTIVE")
        for revision in page["jobDefinitions"]
    ]


def _create(place: Place, inputs: Inputs) -> State:
    """Registers a revision, of a name that is in use as well: AWS knows no other way."""
    registration, tags = _registration(inputs), inputs.get("tags")
    inputs.get("deregisterOnNewRevision")
    inputs.done()
    return _register(place, registration, tags, inputs)


def _register(
    place: Place, registration: Mapping[str, Any], tags: Mapping[str, str] | None, inputs: Inputs
) -> State:
    answer = place.client("batch").register_job_definition(**registration, **some(tags=tags))
    return standing(_read, place, answer["jobDefinitionArn"], inputs)


def _registration(inputs: Inputs) -> dict[str, Any]:
    registration: dict[str, Any] = {
        "jobDefinitionName": inputs.get("name"),
        "propagateTags": inputs.get("propagateTags", False),
        **inputs.call(type="type", parameters="parameters", platformCapabilities="platformCapabilities"),
        **{key: json.loads(text) for key, text in inputs.call(**{key: key for key in _DOCUMENTS}).items()},
    }
    if pods := inputs.get("eksProperties"):
        registration["eksProperties"] = _renamed(pods, _IN_PODS)
    if timeout := inputs.get("timeout"):
        registration["timeout"] = {"attemptDurationSeconds": int(timeout["attemptDurationSeconds"])}
    if retry := inputs.get("retryStrategy"):
        registration["retryStrategy"] = {
            **({"attempts": int(retry["attempts"])} if "attempts" in retry else {}),
            **({"evaluateOnExit": retry["evaluateOnExits"]} if retry.get("evaluateOnExits") else {}),
        }
    if (priority := inputs.number("schedulingPriority")) is not None:
        registration["schedulingPriority"] = priority
    return registration


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        return {names.get(key, key): _renamed(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(each, names) for each in node]
    return int(node) if isinstance(node, float) else node


def _read(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    """An INACTIVE revision is gone. The state's ARN counts: Pulumi keeps the id of the first revision."""
    arn = str(known.get("arn") or identity)
    found = place.client("batch").describe_job_definitions(jobDefinitions=[arn])["jobDefinitions"]
    if len(found) > 1:
        raise UnknownResource(
            f"reading Batch Job Definition ({arn}): too many results: wanted 1, got {len(found)}; "
            "name the revision"
        )
    if not found or found[0]["status"] != "ACTIVE":
        return None
    revision = found[0]
    prefix, _, number = revision["jobDefinitionArn"].rpartition(":")
    retry, timeout = dict(revision.get("retryStrategy") or {}), revision.get("timeout")
    if "evaluateOnExit" in retry:
        retry["evaluateOnExits"] = retry.pop("evaluateOnExit")
    told = {
        "name": revision["jobDefinitionName"],
        "type": revision["type"],
        "arn": revision["jobDefinitionArn"],
        "arnPrefix": prefix,
        "revision": int(number),
        "deregisterOnNewRevision": known.get("deregisterOnNewRevision", True),
        "parameters": revision.get("parameters"),
        "platformCapabilities": revision.get("platformCapabilities"),
        "propagateTags": revision.get("propagateTags", False),
        "retryStrategy": retry,
        "schedulingPriority": revision.get("schedulingPriority"),
        "timeout": timeout,
        "eksProperties": _renamed(revision.get("eksProperties"), {of: ours for ours, of in _IN_PODS.items()}),
        **{key: _spelled(key, revision, known) for key in _DOCUMENTS},
        **tagged(revision.get("tags") or {}),
    }
    return described(revision["jobDefinitionArn"], told, place=place, known=known)


def _spelled(key: str, revision: Mapping[str, Any], known: Properties) -> str:
    """A document in the state's spelling when it differs in nothing but what Batch fills in by itself."""
    text = str(known.get(key, ""))
    if text and canonical({**revision, key: json.loads(text)}) == canonical(revision):
        return text
    return written(revision.get(key))


def _update(place: Place, state: State, inputs: Inputs) -> State:
    """A new revision for whatever differs but tags, even the setting about revisions; the old one goes."""
    batch, old = place.client("batch"), Inputs(state.properties)
    arn = str(state.properties.get("arn", state.id))
    registration, tags = _registration(inputs), inputs.get("tags")
    deregisters = inputs.get("deregisterOnNewRevision", True)
    inputs.done()
    if _compared(registration, deregisters) != _compared(
        _registration(old), old.get("deregisterOnNewRevision", True)
    ):
        registered = _register(place, registration, tags, inputs)
        if deregisters:
            batch.deregister_job_definition(jobDefinition=arn)
        return registered
    retag(
        state.properties,
        tags,
        put=lambda pairs: batch.tag_resource(resourceArn=arn, tags=pairs),
        remove=lambda keys: batch.untag_resource(resourceArn=arn, tagKeys=keys),
    )
    return standing(_read, place, arn, inputs)


def _compared(registration: Mapping[str, Any], deregisters: bool) -> tuple[dict[str, Any], bool]:
    return canonical(registration), deregisters


def _alike(document: str, one: Any, other: Any) -> bool:
    """Whether Batch makes the same of both texts."""
    fargate = {"type": "container", "platformCapabilities": ["FARGATE"]}
    try:
        before, after = (canonical({**fargate, document: json.loads(text)}) for text in (one, other))
    except (TypeError, ValueError):
        return False
    return before == after


def _renewed(old: Properties, new: Properties) -> frozenset[str]:
    before, after = (
        _compared(_registration(Inputs(each)), each.get("deregisterOnNewRevision", True))
        for each in (old, new)
    )
    return frozenset({"arn", "revision"}) if before != after else frozenset()


def _delete(place: Place, state: State) -> None:
    """Every ACTIVE revision of the name goes, whoever registered it and whatever updates leave."""
    for revision in _active(place, state.properties["name"]):
        place.client("batch").deregister_job_definition(jobDefinition=revision["jobDefinitionArn"])


KINDS = (
    Kind(
        token="aws:batch/jobDefinition:JobDefinition",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        documents=frozenset(_DOCUMENTS),
        alike=_alike,
        renewed=_renewed,
    ),
)
