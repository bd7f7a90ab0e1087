"""What AWS Batch refuses to register, and how it normalises what it stores. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from local.http import ApiError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
# What DescribeJobDefinitions returns and RegisterJobDefinition refuses.
READ_ONLY = ("jobDefinitionArn", "revision", "status", "containerOrchestrationType")
_TAG_VALUE = re.compile(r"[\w +\-=.:/@]{0,256}")
_TAG_KEY = re.compile(r"[\w +\-=.:/@]{1,128}")
_MAX_BYTES, _MAX_IMAGE, _MAX_TAGS = 24 * 1024, 255, 50
_TYPES = {
    "container": ("containerProperties", "ecsProperties", "eksProperties"),
    "multinode": ("nodeProperties",),
}
_SETS = ("environment", "secrets")


def check_registration(body: Mapping[str, Any]) -> None:
    """Raises ApiError ("ClientException") for a registration that Batch would refuse.

    Fields that the installed SDK does not know are let through, except those that Batch alone may set.
    """
    problems = list(_problems(body))
    if problems:
        raise ApiError("ClientException", "; ".join(problems))


def _problems(body: Mapping[str, Any]) -> Iterator[str]:
    for field in READ_ONLY:
        if field in body:
            yield f"Unknown field {field} in the request"
    yield from _model_problems(body)
    name = body.get("jobDefinitionName")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"Job definition name {name!r} should match valid pattern"
    kind = body.get("type")
    fields = _TYPES.get(str(kind))
    if fields is None:
        yield f"Unrecognized job definition type {kind!r}"
    elif not any(map(body.get, fields)):
        yield f"A job definition of type {kind} needs one of {', '.join(fields)}"
    yield from _tag_problems(body.get("tags") or {})
    for image in images(body):
        if not image or len(image) > _MAX_IMAGE:
            yield f"Image {image!r} must have 1 to {_MAX_IMAGE} characters"
    if len(json.dumps(body).encode()) > _MAX_BYTES:
        yield "Job definition size exceeds 24 KiB"


def _tag_problems(tags: Mapping[str, Any]) -> Iterator[str]:
    if len(tags) > _MAX_TAGS:
        yield f"A job definition can have at most {_MAX_TAGS} tags"
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            yield f"Tag key {key} uses the reserved prefix aws:"
        if not _TAG_KEY.fullmatch(key) or not _TAG_VALUE.fullmatch(str(value)):
            yield f"Tag {key} has characters or a length that AWS does not allow"


def _model_problems(body: Mapping[str, Any]) -> Iterator[str]:
    report = _validator().validate(dict(body), _input_shape())
    for reason, path, details in report._errors:  # noqa: SLF001 - the report has no public list
        if reason != "unknown field":
            yield f"{path or 'request'}: {reason} {details.get('required_name', details.get('value', ''))}"


@cache
def _input_shape() -> Any:
    import botocore.session  # noqa: PLC0415 - imported late, so that importing this module stays cheap

    model = botocore.session.Session().get_service_model("batch")
    return model.operation_model("RegisterJobDefinition").input_shape


@cache
def _validator() -> Any:
    from botocore.validate import ParamValidator  # noqa: PLC0415 - as above

    return ParamValidator()


def images(node: Any) -> Iterator[str]:
    """Every container image in a job definition, whatever its shape."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "image" and isinstance(value, str):
                yield value
            else:
                yield from images(value)
    elif isinstance(node, list):
        for item in node:
            yield from images(item)


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as Batch gives it back: environment sorted and without empty values, empty lists added,
    ``platformVersion: LATEST`` and ``essential: true`` filled in.

    Observed by terraform-provider-aws, internal/service/batch.
    """
    result: dict[str, Any] = json.loads(json.dumps(document))
    result.setdefault("parameters", {})
    if result.get("type") == "container" and "FARGATE" in (result.get("platformCapabilities") or []):
        container = result.get("containerProperties")
        if isinstance(container, dict):
            platform = container.setdefault("fargatePlatformConfiguration", {})
            platform.setdefault("platformVersion", "LATEST")
    for container in _containers(result):
        _normalise_container(container)
    for task in (result.get("ecsProperties") or {}).get("taskProperties") or []:
        for container in task.get("containers") or []:
            container.setdefault("essential", True)
    return result


def _containers(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(result.get("containerProperties"), dict):
        yield result["containerProperties"]
    for group in (result.get("nodeProperties") or {}).get("nodeRangeProperties") or []:
        if isinstance(group.get("container"), dict):
            yield group["container"]


def _normalise_container(container: dict[str, Any]) -> None:
    for name in ("command", "volumes", "mountPoints", "ulimits", "resourceRequirements", *_SETS):
        container.setdefault(name, [])
    kept = [entry for entry in container["environment"] if entry.get("value")]
    container["environment"] = sorted(kept, key=lambda entry: str(entry.get("name")))
