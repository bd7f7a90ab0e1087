"""The schema of the package ``aws`` as far as the local cloud knows it: GetSchema's answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from local.provider.schema import Schema, Type, function_of, provider_arguments, schema_of

_REFERENCES = {"archive": "pulumi.json#/Archive", "asset": "pulumi.json#/Asset", "any": "pulumi.json#/Any"}


def package(version: str, tokens: Iterable[str], functions: Iterable[str]) -> str:
    """Pulumi's package schema, as JSON, of these resource types and functions and of the configuration."""
    types: dict[str, Any] = {}
    arguments = provider_arguments()
    configuration = _properties(arguments.fields, "index", types)
    document = {
        "name": "aws",
        "version": version,
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
        "config": {"variables": configuration},
        "provider": {"inputProperties": configuration, "type": "object"},
        "resources": {token: _resource(schema_of(token), types) for token in sorted(tokens)},
        "functions": {token: _function(token, types) for token in sorted(functions)},
        "types": types,
        "language": {"python": {"readme": "The local cloud's part of pulumi-aws."}},
    }
    return json.dumps(document)


def _resource(schema: Schema, types: dict[str, Any]) -> dict[str, Any]:
    module = _module(schema.token)
    return {
        "type": "object",
        "inputProperties": _properties(schema.inputs.fields, module, types),
        "requiredInputs": sorted(schema.inputs.required),
        "properties": _properties(schema.outputs, module, types),
    }


def _function(token: str, types: dict[str, Any]) -> dict[str, Any]:
    taken, answered = function_of(token)
    return {
        "inputs": {"type": "object", "properties": _properties(taken.fields, _module(token), types)},
        "outputs": {"type": "object", "properties": _properties(answered.fields, _module(token), types)},
    }


def _module(token: str) -> str:
    return token.split(":")[1].split("/", maxsplit=1)[0]


def _properties(fields: Mapping[str, Type], module: str, types: dict[str, Any]) -> dict[str, Any]:
    return {key: _property(type_, module, types) for key, type_ in fields.items()}


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
            "properties": _properties(type_.fields, module, types),
            "required": sorted(type_.required),
        }
    return {"$ref": f"#/types/{token}"}
