"""Values as the engine sends them, and back: unknown values, secrets, and archives among plain ones.

The signatures are the SDK's (pulumi.runtime.rpc). The provider's handshake takes secrets and declines
resource references and output values, so the engine sends neither of these two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

_SIGNATURE = rpc._special_sig_key  # noqa: SLF001 - the SDK has no public name for these four
_SECRET = rpc._special_secret_sig  # noqa: SLF001
_BLOBS = (rpc._special_archive_sig, rpc._special_asset_sig)  # noqa: SLF001

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Unknown:
    """What a preview can't know yet."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state."""

    value: Any


@dataclass(frozen=True, eq=False)
class Blob:
    """An asset or archive as it was sent. The engine leaves the contents out of what it only compares."""

    sent: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blob) and self.sent.get("hash") == other.sent.get("hash")

    def __hash__(self) -> int:
        return hash(self.sent.get("hash"))

    def contents(self) -> pulumi.Asset | pulumi.Archive | None:
        """What was sent, None if the engine has left it out."""
        if not self.sent.keys() & {"path", "text", "uri", "assets"}:
            return None
        found: pulumi.Asset | pulumi.Archive = rpc.deserialize_properties(_struct(self.sent))
        return found


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Properties by their names. Nothing is None: what is null counts as left out."""
    return {key: found for key, value in struct.fields.items() if (found := _decoded(value)) is not None}


def _decoded(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            found = decode(value.struct_value)
            signature = found.get(_SIGNATURE)
            if signature == _SECRET:
                return Secret(found.get("value"))
            return Blob(found) if signature in _BLOBS else found
        case "list_value":
            return [_decoded(each) for each in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "bool_value":
            return value.bool_value
    return None


def encode(values: Properties) -> struct_pb2.Struct:
    """The opposite of ``decode``; a property that is None is left out."""
    return _struct({key: _encoded(value) for key, value in values.items() if value is not None})


def _encoded(value: Any) -> Any:
    match value:
        case Unknown():
            return rpc.UNKNOWN
        case Secret(inner):
            return {_SIGNATURE: _SECRET, "value": _encoded(inner)}
        case Blob(sent):
            return _encoded(sent)
        case Mapping():
            return {key: _encoded(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [_encoded(each) for each in value]
    return value


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(_encoded(values))
    return struct


def revealed(value: Any) -> Any:
    """The value without the marks of secrets."""
    match value:
        case Secret(inner):
            return revealed(inner)
        case Mapping():
            return {key: revealed(each) for key, each in value.items()}
        case list():
            return [revealed(each) for each in value]
    return value


def holds(value: Any, kind: type) -> bool:
    """Whether the value is one of that class, or has one in it."""
    match value:
        case _ if isinstance(value, kind):
            return True
        case Secret(inner):
            return holds(inner, kind)
        case Mapping():
            return any(holds(each, kind) for each in value.values())
        case list():
            return any(holds(each, kind) for each in value)
    return False


def plain(values: Properties) -> dict[str, Any]:
    """What a kind takes: no marks of secrets, archives as Pulumi's classes, empty ones left out."""
    found = {
        key: value.contents() if isinstance(value, Blob) else value for key, value in revealed(values).items()
    }
    return {key: value for key, value in found.items() if value is not None}


def comparable(old: Properties, new: Properties) -> tuple[dict[str, Any], dict[str, Any]]:
    """A state and new inputs as a kind compares them in a preview: unknown ones are left out.

    The engine sends the contents of new archives alone, so one that stays is put into both.
    """
    known = {key: value for key, value in revealed(new).items() if not holds(value, Unknown)}
    same = {
        key: value for key, value in known.items() if holds(value, Blob) and revealed(old.get(key)) == value
    }
    return plain({**old, **same}), plain(known)


def keep_secret(outputs: Properties, given: Properties) -> dict[str, Any]:
    """Marks what the given properties have as a secret: the same value, or the list that holds one."""
    kept = dict(outputs)
    for key, value in given.items():
        if key not in kept:
            continue
        if isinstance(value, Mapping) and isinstance(kept[key], Mapping):
            kept[key] = keep_secret(kept[key], value)
        elif holds(value, Secret):
            kept[key] = Secret(revealed(kept[key]))
    return kept
