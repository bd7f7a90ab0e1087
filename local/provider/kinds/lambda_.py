"""AWS Lambda: functions, who may invoke them, and what becomes of events that they fail on."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from local.functions.archive import zip_of
from local.inputs import Inputs
from local.provider.calls import described, half_made, retag, standing, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State

_ARCHITECTURES = ["x86_64"]
_UNRESERVED = -1


def _create_function(place: Place, inputs: Inputs) -> State:
    functions, name = place.client("lambda"), inputs.get("name")
    configuration, code = _configuration(inputs), zip_of(inputs.get("code"))
    architectures, tags = inputs.get("architectures", _ARCHITECTURES), inputs.get("tags") or {}
    reserved = inputs.number("reservedConcurrentExecutions", _UNRESERVED)
    inputs.done()
    functions.create_function(
        FunctionName=name, **configuration, Code={"ZipFile": code}, Architectures=architectures, Tags=tags
    )
    with half_made(name, inputs):
        _reserve(functions, name, _UNRESERVED, reserved)
    return standing(_read_function, place, name, inputs)


def _configuration(inputs: Inputs) -> dict[str, Any]:
    group = f"/aws/lambda/{inputs.get('name')}"
    logging = {"logFormat": "Text", "logGroup": group, **(inputs.get("loggingConfig") or {})}
    return {
        **inputs.call(Role="role", Handler="handler", Runtime="runtime"),
        "Description": inputs.get("description", ""),
        "Timeout": inputs.number("timeout", 3),
        "MemorySize": inputs.number("memorySize", 128),
        "Environment": {"Variables": (inputs.get("environment") or {}).get("variables") or {}},
        "LoggingConfig": {key[0].upper() + key[1:]: value for key, value in logging.items()},
    }


def _reserve(functions: Any, name: str, before: int | None, after: int | None) -> None:
    if before == after:
        return
    if after == _UNRESERVED:
        functions.delete_function_concurrency(FunctionName=name)
    else:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=after)


def _read_function(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    found = unless_gone(place.client("lambda").get_function, FunctionName=identity)
    if found is None:
        return None
    function = found["Configuration"]
    variables = function.get("Environment", {}).get("Variables")
    logging = {key[0].lower() + key[1:]: value for key, value in function["LoggingConfig"].items()}
    concurrency = found.get("Concurrency", {}).get("ReservedConcurrentExecutions", _UNRESERVED)
    told = {
        "name": function["FunctionName"],
        "role": function["Role"],
        "handler": function["Handler"],
        "runtime": function["Runtime"],
        "description": function["Description"],
        "timeout": function["Timeout"],
        "memorySize": function["MemorySize"],
        "environment": variables and {"variables": variables},
        "loggingConfig": logging,
        "architectures": function["Architectures"],
        "reservedConcurrentExecutions": concurrency,
        "code": known.get("code"),
        **tagged(found.get("Tags", {})),
    }
    return described(identity, {**told, **_computed(place, function)}, place=place, known=known)


def _computed(place: Place, function: dict[str, Any]) -> dict[str, Any]:
    arn = function["FunctionArn"]
    invoke = f"arn:aws:apigateway:{place.region}:lambda:path/2015-03-31/functions"
    qualified = f"{arn}:{function['Version']}"
    return {
        "arn": arn,
        "codeSha256": function["CodeSha256"],
        "invokeArn": f"{invoke}/{arn}/invocations",
        "lastModified": function["LastModified"],
        "qualifiedArn": qualified,
        "qualifiedInvokeArn": f"{invoke}/{qualified}/invocations",
        "sourceCodeSize": function["CodeSize"],
        "version": function["Version"],
    }


def _update_function(place: Place, state: State, inputs: Inputs) -> State:
    functions, name, old = place.client("lambda"), state.id, Inputs(state.properties)
    arn = place.arn("lambda", f"function:{name}")
    inputs.get("name")
    wanted, code = _configuration(inputs), zip_of(inputs.get("code"))
    architectures, tags = inputs.get("architectures", _ARCHITECTURES), inputs.get("tags")
    reserved = inputs.number("reservedConcurrentExecutions", _UNRESERVED)
    inputs.done()
    retag(
        state.properties,
        tags,
        put=lambda pairs: functions.tag_resource(Resource=arn, Tags=pairs),
        remove=lambda keys: functions.untag_resource(Resource=arn, TagKeys=keys),
    )
    if wanted != _configuration(old):
        functions.update_function_configuration(FunctionName=name, **wanted)
    before = (old.get("codeSha256"), old.get("architectures", _ARCHITECTURES))
    if before != (_digest(code), architectures):
        functions.update_function_code(FunctionName=name, ZipFile=code, Architectures=architectures)
    _reserve(functions, name, old.number("reservedConcurrentExecutions", _UNRESERVED), reserved)
    return standing(_read_function, place, name, inputs)


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _renewed(old: Properties, new: Properties) -> frozenset[str]:
    """What the provider can't know before the function has been updated."""
    before, after = (
        (_configuration(inputs), inputs.get("architectures", _ARCHITECTURES))
        for inputs in (Inputs(old), Inputs(new))
    )
    if _coded(old) != _coded(new):
        return frozenset({"lastModified", "codeSha256", "sourceCodeSize"})
    return frozenset({"lastModified"}) if before != after else frozenset()


def _coded(properties: Properties) -> str:
    """The digest of the code; of a state, which keeps no code that could be read, it is what Lambda told."""
    return str(properties.get("codeSha256") or _digest(zip_of(properties.get("code"))))


def _delete_function(place: Place, state: State) -> None:
    unless_gone(place.client("lambda").delete_function, FunctionName=state.id)


def _put_invoke_config(place: Place, inputs: Inputs) -> State:
    function, destinations = inputs.get("functionName"), inputs.get("destinationConfig") or {}
    wanted: dict[str, Any] = {
        "MaximumRetryAttempts": inputs.number("maximumRetryAttempts", 2),
        "DestinationConfig": {
            key[0].upper() + key[1:]: {"Destination": value["destination"]}
            for key, value in destinations.items()
        },
    }
    if (age := inputs.number("maximumEventAgeInSeconds")) is not None:
        wanted["MaximumEventAgeInSeconds"] = age
    inputs.done()
    place.client("lambda").put_function_event_invoke_config(FunctionName=function, **wanted)
    return standing(_read_invoke_config, place, function, inputs)


def _read_invoke_config(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    functions = place.client("lambda")
    found = unless_gone(functions.get_function_event_invoke_config, FunctionName=identity)
    if found is None:
        return None
    destinations = found.get("DestinationConfig") or {}
    told = {
        "functionName": identity,
        "maximumRetryAttempts": found.get("MaximumRetryAttempts"),
        "maximumEventAgeInSeconds": found.get("MaximumEventAgeInSeconds"),
        "destinationConfig": {
            key[0].lower() + key[1:]: {"destination": value["Destination"]}
            for key, value in destinations.items()
            if value
        },
    }
    return described(identity, told, place=place, known=known)


def _delete_invoke_config(place: Place, state: State) -> None:
    unless_gone(place.client("lambda").delete_function_event_invoke_config, FunctionName=state.id)


def _add_permission(place: Place, inputs: Inputs) -> State:
    wanted = _statement(inputs)
    place.client("lambda").add_permission(**wanted)
    return standing(_read_permission, place, f"{wanted['FunctionName']}/{wanted['StatementId']}", inputs)


def _statement(inputs: Inputs) -> dict[str, Any]:
    wanted = inputs.call(
        FunctionName="function",
        StatementId="statementId",
        Action="action",
        Principal="principal",
        SourceArn="sourceArn",
        SourceAccount="sourceAccount",
        PrincipalOrgID="principalOrgId",
    )
    inputs.done()
    return wanted


def _read_permission(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    """``identity`` is ``FUNCTION/STATEMENT``, as for an import; a state's holds the statement alone."""
    function, _, sid = identity.rpartition("/")
    for name in [function or known.get("function")] if function or known else _names(place):
        for statement in _statements(place, str(name)):
            if statement["Sid"] == sid:
                return described(sid, {"function": name, **_permission(statement)}, place=place, known=known)
    return None


def _names(place: Place) -> Iterator[str]:
    for page in place.client("lambda").get_paginator("list_functions").paginate():
        yield from (function["FunctionName"] for function in page["Functions"])


def _statements(place: Place, function: str) -> list[dict[str, Any]]:
    found = unless_gone(place.client("lambda").get_policy, FunctionName=function)
    statements: list[dict[str, Any]] = json.loads(found["Policy"])["Statement"] if found else []
    return statements


def _permission(statement: dict[str, Any]) -> dict[str, Any]:
    """lambda/latest/dg/access-control-resource-based.html."""
    condition = {
        key.lower(): value
        for operator in statement.get("Condition", {}).values()
        for key, value in operator.items()
    }
    principal = statement["Principal"]
    if isinstance(principal, dict):
        principal = principal.get("Service") or principal.get("AWS")
    return {
        "statementId": statement["Sid"],
        "action": statement["Action"],
        "principal": principal,
        "sourceArn": condition.get("aws:sourcearn"),
        "sourceAccount": condition.get("aws:sourceaccount"),
        "principalOrgId": condition.get("aws:principalorgid"),
    }


def _update_permission(place: Place, state: State, inputs: Inputs) -> State:
    """Lambda has no call for it: all properties are fixed."""
    wanted = _statement(inputs)
    return standing(_read_permission, place, f"{wanted['FunctionName']}/{state.id}", inputs)


def _remove_permission(place: Place, state: State) -> None:
    function, statement = state.properties["function"], state.properties["statementId"]
    unless_gone(place.client("lambda").remove_permission, FunctionName=function, StatementId=statement)


KINDS = (
    Kind(
        token="aws:lambda/function:Function",
        create=_create_function,
        read=_read_function,
        update=_update_function,
        delete=_delete_function,
        renewed=_renewed,
    ),
    Kind(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        create=_put_invoke_config,
        read=_read_invoke_config,
        update=lambda place, _state, inputs: _put_invoke_config(place, inputs),
        delete=_delete_invoke_config,
        named="",
        fixed=frozenset({"functionName"}),
    ),
    Kind(
        token="aws:lambda/permission:Permission",
        create=_add_permission,
        read=_read_permission,
        update=_update_permission,
        delete=_remove_permission,
        named="statementId",
        fixed=frozenset(
            {"function", "statementId", "action", "principal", "sourceArn", "sourceAccount", "principalOrgId"}
        ),
    ),
)
