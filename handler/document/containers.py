"""Where a job definition keeps its containers, whatever its shape.

The shapes are those of batch/latest/APIReference/API_RegisterJobDefinition.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from handler.document.raw import Document

Replace = Callable[["Container"], str]
# Path, the part of the document that is the container, and the platform that it runs on.
_Body = tuple[str, Document, Document | None]


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container: where it stands, its name ("" for shapes that give none) and its image.

    ``path`` reads like ``containerProperties`` or ``ecsProperties.taskProperties[0].containers[1]``.
    ``runtime`` is the ``runtimePlatform`` that it runs on, None where the job definition names none.
    """

    path: str
    name: str
    image: str
    runtime: Document | None = None


def containers_of(document: Document) -> tuple[Container, ...]:
    """All containers and init containers of a job definition, in the order in which they stand."""
    return tuple(_container(path, body, runtime) for path, body, runtime in _bodies(document))


def with_images(document: Document, replace: Replace) -> Document:
    """A copy in which each container's image is what ``replace`` says; nothing else differs."""
    copy: Document = _deep_copy(document)
    for path, body, runtime in _bodies(copy):
        body["image"] = replace(_container(path, body, runtime))
    return copy


def _container(path: str, body: Document, runtime: Document | None) -> Container:
    name = body.get("name")
    return Container(
        path=path, name=name if isinstance(name, str) else "", image=body["image"], runtime=runtime
    )


def _bodies(document: Document) -> Iterator[_Body]:
    yield from _one(document, "containerProperties", "")
    yield from _grouped(document, "")
    nodes = _items(_mapping(document, "nodeProperties"), "nodeRangeProperties", "nodeProperties.")
    for path, node in nodes:
        yield from _one(node, "container", f"{path}.")
        yield from _grouped(node, f"{path}.")


def _grouped(parent: Document, prefix: str) -> Iterator[_Body]:
    for path, task in _items(_mapping(parent, "ecsProperties"), "taskProperties", f"{prefix}ecsProperties."):
        yield from _with_image(_items(task, "containers", f"{path}."), _runtime(task))
    pod = _mapping(_mapping(parent, "eksProperties"), "podProperties")
    for key in ("initContainers", "containers"):
        yield from _with_image(_items(pod, key, f"{prefix}eksProperties.podProperties."), None)


def _one(parent: Document, key: str, prefix: str) -> Iterator[_Body]:
    body = _mapping(parent, key)
    yield from _with_image(iter([(f"{prefix}{key}", body)]), _runtime(body))


def _with_image(bodies: Iterator[tuple[str, Document]], runtime: Document | None) -> Iterator[_Body]:
    return ((path, body, runtime) for path, body in bodies if isinstance(body.get("image"), str))


def _runtime(parent: Document) -> Document | None:
    """An empty map says as little as none."""
    return _mapping(parent, "runtimePlatform") or None


def _items(parent: Document, key: str, prefix: str) -> Iterator[tuple[str, Document]]:
    values = parent.get(key)
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, dict):
            yield f"{prefix}{key}[{index}]", value


def _mapping(parent: Document, key: str) -> Document:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _deep_copy(value: Any) -> Any:
    # copy.deepcopy would rebuild numbers without the text that they remember.
    if isinstance(value, dict):
        return {key: _deep_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_deep_copy(item) for item in value]
    return value
