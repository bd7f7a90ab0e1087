"""What a resource has afterwards: as a preview knows it, as AWS gave it, and as it is now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pulumi

from local.provider.check import DEFAULTS
from local.provider.defaults import defaults_of, meant
from local.provider.diff import blank
from local.provider.schema import Schema, Type
from local.provider.wire import UNKNOWN, Blob, Properties, Unknown, holds, keep_secret, revealed

_ALL_TAGS = "tagsAll"


def expected_of_create(schema: Schema, news: Properties, region: str) -> dict[str, Any]:
    """What a preview knows of a new resource: its inputs, the provider's defaults, and its region."""
    unknown = dict.fromkeys(schema.outputs, UNKNOWN)
    known = {_ALL_TAGS: None, **defaults_of(schema.token), **_inputs(news)}
    return _completed(schema, {**unknown, **known}, news, region)


def expected_of_update(
    schema: Schema, *, state: Properties, old_inputs: Properties, news: Properties, renewed: Collection[str]
) -> dict[str, Any]:
    """What a preview knows of an updated resource: all but unknown inputs, and what is renewed."""
    dropped = old_inputs.keys() - news.keys()
    unsaid = {key: value for key, value in meant(schema.token, state).items() if key not in news}
    kept = {key: value for key, value in state.items() if key not in {*dropped, *unsaid}}
    kept |= {key: value for key, value in unsaid.items() if value is not None}
    inputs = {
        key: _merged(schema.inputs.fields.get(key), revealed(kept.get(key)), value)
        for key, value in _inputs(news).items()
    }
    unknown = dict.fromkeys(renewed, UNKNOWN)
    tags = {_ALL_TAGS: None} if _ALL_TAGS in kept else {}
    return _completed(schema, {**kept, **tags, **inputs, **unknown}, news, str(kept.get("region", "")))


def settled(
    schema: Schema,
    properties: Properties,
    given: Properties,
    *,
    region: str,
    same: Callable[[str, Any, Any], bool],
) -> dict[str, Any]:
    """What AWS gave: archives as they were given, documents in that spelling, and secret what was secret.

    ``same`` is that of the kind.
    """
    found = {
        key: value
        for key, value in properties.items()
        if not isinstance(value, pulumi.Archive | pulumi.Asset)
    }
    kept = {
        key: revealed(value)
        for key, value in given.items()
        if holds(value, Blob) or same(key, revealed(value), found.get(key))
    }
    return _completed(schema, {**found, **kept}, given, region)


def refreshed_inputs(schema: Schema, old: Properties, state: Properties) -> dict[str, Any]:
    """The inputs as they are in AWS now: those that there were, with today's values."""
    found = {}
    for key, value in old.items():
        if key == DEFAULTS or holds(value, Blob):
            found[key] = value
        elif key in state:
            found[key] = _narrowed(schema.inputs.fields.get(key), revealed(value), revealed(state[key]))
    return keep_secret(found, old)


def imported_inputs(schema: Schema, state: Properties) -> dict[str, Any]:
    """What a program would have to say: what can be set and is, but for what it is without saying it."""
    usual = {"region": state.get("region"), **defaults_of(schema.token)}
    said = {key: value for key, value in state.items() if key not in usual or value != usual[key]}
    return {**_settable(schema.inputs, said), DEFAULTS: []}


def _settable(type_: Type, values: Properties) -> dict[str, Any]:
    found = {}
    for key, value in values.items():
        inner = type_.fields.get(key)
        if inner is not None and (key in type_.required or not blank(value)):
            nested = inner.name == "object" and isinstance(value, Mapping)
            found[key] = _settable(inner, value) if nested else value
    return found


def _inputs(news: Properties) -> dict[str, Any]:
    return {key: value for key, value in news.items() if key != DEFAULTS}


def _completed(schema: Schema, outputs: Properties, given: Properties, region: str) -> dict[str, Any]:
    """With what the provider adds to every resource: its region, and all its tags."""
    found = dict(outputs)
    if "region" in schema.outputs:
        found["region"] = region or found.get("region")
    if _ALL_TAGS in schema.outputs and found.get(_ALL_TAGS) is None:
        found[_ALL_TAGS] = given.get("tags") or {}
    return keep_secret(found, {**given, _ALL_TAGS: given.get("tags")})


def _merged(type_: Type | None, old: Any, new: Any) -> Any:
    """An object keeps what AWS has filled in beside what the program says."""
    if type_ is None or type_.name != "object" or not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    merged = {key: _merged(type_.fields.get(key), old.get(key), value) for key, value in new.items()}
    return {**old, **merged}


def _narrowed(type_: Type | None, old: Any, now: Any) -> Any:
    """An object has only the keys that the program has set."""
    if isinstance(old, Unknown) or type_ is None:
        return now
    if type_.name == "object" and isinstance(old, Mapping) and isinstance(now, Mapping):
        return {
            key: _narrowed(type_.fields.get(key), value, now[key]) for key, value in old.items() if key in now
        }
    if type_.name == "array" and isinstance(old, list) and isinstance(now, list):
        pairs = [*old[: len(now)], *[None] * (len(now) - len(old))]
        return [_narrowed(type_.item, *pair) for pair in zip(pairs, now, strict=True)]
    return now
