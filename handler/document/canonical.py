"""When two revisions have equal settings. For comparison only: nothing that is sent passes through here.

Batch normalises what it stores (it reorders environment variables, adds empty lists and defaults, drops
variables with empty values: see terraform-provider-aws, internal/service/batch, which has to undo it),
so two registrations of the same settings may read back differently. The user's own tags are left out,
since they change in place without a new revision.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from handler.document.containers import Container, containers_of, with_images
from handler.document.raw import Document
from handler.revision import Revision

_SETS = {"environment": "name", "secrets": "name", "resourceRequirements": "type"}
_DEFAULTS = {"platformVersion": "LATEST", "essential": True}


def same_settings(one: Revision, other: Revision, is_ours: Callable[[str], bool]) -> bool:
    """Whether both revisions have the same settings, holds aside.

    ``is_ours`` tells whether an image reference is one of the pair's repository: those do not count. Where
    ``other`` has none of them, ``one`` took containers over (adoption): their former images do not count
    either.
    """
    ours = _places(one, is_ours)
    return bool(_canonical(one, ours) == _canonical(other, _places(other, is_ours) or ours))


def _places(revision: Revision, is_ours: Callable[[str], bool]) -> frozenset[str]:
    containers = containers_of(revision.document)
    return frozenset(container.path for container in containers if is_ours(container.image))


def _canonical(revision: Revision, ours: frozenset[str]) -> Any:
    def masked(container: Container) -> str:
        return "the repository's" if container.path in ours else container.image

    document = with_images(revision.settings, masked)
    document.pop("tags", None)
    return simplified(document)


def simplified(document: Document) -> Any:
    """The document in the form in which it is compared: sets in order, what means the same written alike."""
    return _simplified(document, ())


def _simplified(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        fields = {key: _simplified(item, (*path, key)) for key, item in value.items()}
        return {key: item for key, item in fields.items() if not _is_default(key, item)}
    if isinstance(value, list):
        items = [_simplified(item, path) for item in value]
        label = label_of_set(path)
        return _sorted_by(label, items) if label else items
    return value


def label_of_set(path: tuple[str, ...]) -> str | None:
    """The field that tells the items of the list at ``path`` apart, or None where their order counts."""
    # The containers of an ECS task start by dependency, whatever their place in the list. Those of a
    # pod are compared in order: init containers run in it.
    if path[-2:] == ("taskProperties", "containers"):
        return "name"
    return _SETS.get(path[-1]) if path else None


def _sorted_by(label: str, items: list[Any]) -> list[Any]:
    return sorted(
        (item for item in items if not _has_only_a_name(item)),
        key=lambda item: (str(isinstance(item, dict) and item.get(label)), json.dumps(item, sort_keys=True)),
    )


def _has_only_a_name(item: Any) -> bool:
    """True for an environment variable whose value is empty: Batch drops those."""
    return isinstance(item, dict) and item.keys() == {"name"}


def _is_default(key: str, value: Any) -> bool:
    return value is None or value in ("", [], {}) or (key in _DEFAULTS and value == _DEFAULTS[key])
