"""The schema of the package ``aws`` as far as the local cloud knows it: GetSchema's answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from local.provider.schema import Schema, Type, provider_arguments, schema_of

_REFERENCES = {"archive": "pulumi.json#/Archive", "asset": "pulumi.json#/Asset", "any": "pulumi.json#/Any"}


def package(version: str, tokens: Iterable[str]) -> str:
    """Pulumi's package schema, as JSON, of these resource types and the provider's configuration."""
    types: dict[str, Any] = {}
    arguments = provider_arguments()
    configuration = {key: _property(type_, "index", types) for key, type_ in arguments.fields.items()}
    document = {
        "name": "aws",
        "version": version,
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
        "config": {"variables": configuration},
        "provider": {"inputProperties": configuration, "type": "object"},
        "resources": {token: _resource(schema_of(token), types) for token in sorted(tokens)},
        "types": types,
        "language": {"python": {"readme": "The local cloud's part of pulumi-aws."}},
    }
    return json.dumps(document)


def _resource(schema: Schema, types: dict[str, Any]) -> dict[str, Any]:
    module = schema.token.split(":")[1].split("/")[0]
    return {
        "type": "object",
        "inputProperties": {
            key: _property(type_, module, types) for key, type_ in schema.inputs.fields.items()
        },
        "requiredInputs": sorted(schema.inputs.required),
        "properties": {key: _property(type_, module, types) for key, type_ in schema.outputs.items()},
    }


def _property(type_: Type, module: str, types: dict[str, Any]) -> dict[str, Any]:
    if type_.name in _REFERENCES:
        return {"$ref": _REFERENCES[type_.name]}
    if type_.name == "array" and type_.item:
        return {"type": "array", "items": _property(type_.item, module, types)}
    if type_.name == "map" and type_.item:
        return {"type": "object", "additionalProperties": _property(type_.item, module, types)}
    if type_.name != "object":
        return {"type": type_.name}
    token = f"aws:{module}/{type_.title}:{type_.title}"
    if token not in types:
        types[token] = {"type": "object"}
        types[token] |= {
            "properties": {key: _property(each, module, types) for key, each in type_.fields.items()},
            "required": sorted(type_.required),
        }
    return {"$ref": f"#/types/{token}"}
