"""What the resource types share: states, tags, and errors of AWS that mean that something is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from local.inputs import Inputs, UnknownResource
from local.provider.documents import same_document
from local.provider.kind import NOTHING, HalfMade, Place, Properties, Read, State

_GONE = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "LifecyclePolicyNotFoundException",
        "NoSuchEntity",
        "NotFound",
        "QueueDoesNotExist",
        "RepositoryNotFoundException",
        "ResourceNotFound",
        "ResourceNotFoundException",
    }
)


def unless_gone(operation: Callable[..., Any], **parameters: Any) -> Any | None:
    """AWS's answer, or None when what the call is about does not exist."""
    try:
        return operation(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise


def described(
    identity: str, properties: Properties, *, place: Place | None = None, known: Properties = NOTHING
) -> State:
    """A state of what AWS says. ``place`` has the region.

    As with the provider, what is empty is left out, and a document that says what the state's says already
    keeps that one's spelling.
    """
    told = {**properties, **({"region": place.region} if place is not None else {})}
    return State(
        identity,
        {
            key: known[key] if key in known and same_document(known[key], value) else value
            for key, value in told.items()
            if value not in (None, "", [], {})
        },
    )


@contextmanager
def half_made(identity: str, inputs: Inputs) -> Iterator[None]:
    """Whatever AWS refuses within, the resource has been made."""
    try:
        yield
    except ClientError as error:
        raise HalfMade(error, State(identity, inputs.all())) from error


def standing(read: Read, place: Place, identity: str, inputs: Inputs) -> State:
    """The state after a create or an update: as AWS has it, and what the program gave in its own spelling."""
    with half_made(identity, inputs):
        found = read(place, identity, inputs.all())
    if found is None:
        raise UnknownResource(f"{identity} was gone as soon as it had been made")
    return State(found.id, {**found.properties, **inputs.all()})


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Tags as most of AWS's calls take them."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def tagged(tags: Mapping[str, str] | Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The properties that hold the tags that AWS told, in either of its forms; its own are left out."""
    pairs = tags if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}
    own = {key: value for key, value in pairs.items() if not key.startswith("aws:")}
    return {"tags": own, "tagsAll": own}


def retag(
    old: Properties,
    tags: Mapping[str, str] | None,
    *,
    put: Callable[[dict[str, str]], object],
    remove: Callable[[list[str]], object],
) -> None:
    """Changes the tags of the state into ``tags``; tags of other hands stay, as with the provider."""
    before, after = old.get("tags") or {}, tags or {}
    if gone := [key for key in before if key not in after]:
        remove(gone)
    if changed := {key: value for key, value in after.items() if before.get(key) != value}:
        put(changed)


def written(document: Any) -> str:
    """A document that the SDK has parsed, as JSON again; "" for none."""
    if isinstance(document, str):
        return document
    return json.dumps(document, separators=(",", ":")) if document else ""


def some(**parameters: Any) -> dict[str, Any]:
    """The parameters that are not empty: several calls refuse an empty map of tags."""
    return {name: value for name, value in parameters.items() if value}
