"""Where a job definition keeps its containers, whatever its shape.

The shapes are those of batch/latest/APIReference/API_RegisterJobDefinition.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from handler.raw import Document

Replace = Callable[["Container"], str]


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container: where it stands, its name ("" for shapes that give none) and its image.

    ``path`` reads like ``containerProperties`` or ``ecsProperties.taskProperties[0].containers[1]``.
    """

    path: str
    name: str
    image: str


def containers_of(document: Document) -> tuple[Container, ...]:
    """All containers and init containers of a job definition, in the order in which they stand."""
    return tuple(
        Container(path=path, name=_text(body, "name"), image=body["image"])
        for path, body in _bodies(document)
    )


def with_images(document: Document, replace: Replace) -> Document:
    """A copy in which each container's image is what ``replace`` says; nothing else differs."""
    copy: Document = _deep_copy(document)
    for path, body in _bodies(copy):
        body["image"] = replace(Container(path=path, name=_text(body, "name"), image=body["image"]))
    return copy


def _bodies(document: Document) -> Iterator[tuple[str, Document]]:
    yield from _one(document, "containerProperties", "")
    yield from _grouped(document, "")
    nodes = _items(_mapping(document, "nodeProperties"), "nodeRangeProperties", "nodeProperties.")
    for path, node in nodes:
        yield from _one(node, "container", f"{path}.")
        yield from _grouped(node, f"{path}.")


def _grouped(parent: Document, prefix: str) -> Iterator[tuple[str, Document]]:
    for path, task in _items(_mapping(parent, "ecsProperties"), "taskProperties", f"{prefix}ecsProperties."):
        yield from _with_image(_items(task, "containers", f"{path}."))
    pod = _mapping(_mapping(parent, "eksProperties"), "podProperties")
    for key in ("initContainers", "containers"):
        yield from _with_image(_items(pod, key, f"{prefix}eksProperties.podProperties."))


def _one(parent: Document, key: str, prefix: str) -> Iterator[tuple[str, Document]]:
    yield from _with_image(iter([(f"{prefix}{key}", _mapping(parent, key))]))


def _with_image(bodies: Iterator[tuple[str, Document]]) -> Iterator[tuple[str, Document]]:
    return ((path, body) for path, body in bodies if isinstance(body.get("image"), str))


def _items(parent: Document, key: str, prefix: str) -> Iterator[tuple[str, Document]]:
    values = parent.get(key)
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, dict):
            yield f"{prefix}{key}[{index}]", value


def _mapping(parent: Document, key: str) -> Document:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _text(body: Document, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _deep_copy(value: Any) -> Any:
    # copy.deepcopy would rebuild numbers without the text that they remember.
    if isinstance(value, dict):
        return {key: _deep_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_deep_copy(item) for item in value]
    return value
