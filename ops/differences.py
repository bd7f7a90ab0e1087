"""What differs between two JSON documents, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from handler.document.raw import dumps

Label = Callable[[tuple[str, ...]], str | None]
Changes = dict[str, tuple[str | None, str | None]]


def _by_place(_: tuple[str, ...]) -> None:
    return None


def flat(document: Any, *, label: Label = _by_place) -> dict[str, str]:
    """Path -> value, for every leaf of a JSON document; a value that is no string is written as JSON.

    ``label`` gives, for the keys that lead to a list, the field that its items are told apart by, which then
    stands in the path alone, or None if it is their place.

    >>> flat({"a": [{"b": True}], "c": {}})
    {'a[0].b': 'true', 'c': '{}'}
    >>> flat({"environment": [{"name": "LANGUAGE", "value": "en"}]}, label=lambda keys: "name")
    {'environment[LANGUAGE].value': 'en'}
    """
    return dict(_leaves(document, "", (), label))


def _leaves(value: Any, path: str, keys: tuple[str, ...], label: Label) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key, (*keys, key), label)
    elif isinstance(value, list) and value:
        for place, item in _placed(value, label(keys)):
            yield from _leaves(item, f"{path}[{place}]", keys, label)
    else:
        yield path, value if isinstance(value, str) else dumps(value)


def _placed(items: list[Any], field: str | None) -> Iterable[tuple[str | int, Any]]:
    named = {item.get(field): item for item in items if isinstance(item, Mapping)} if field else {}
    if len(named) < len(items) or not all(isinstance(name, str) for name in named):
        return enumerate(items)
    return [
        (str(name), {key: it for key, it in item.items() if key != field}) for name, item in named.items()
    ]


def differences(before: Any, after: Any, *, label: Label = _by_place) -> Changes:
    """Path -> value before and after, for every leaf that differs; None for one that is not there."""
    old, new = flat(before, label=label), flat(after, label=label)
    paths = [*old, *(path for path in new if path not in old)]
    return {path: (old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)}
