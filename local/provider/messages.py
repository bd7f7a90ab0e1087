"""The messages of the engine's protocol that take more than a line to make or to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2

from local.provider.check import Failure, Naming
from local.provider.diff import Plan
from local.provider.wire import Properties, encode


def token_of(urn: str) -> str:
    """The type of a resource, such as ``aws:sqs/queue:Queue``."""
    return urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


def name_of(urn: str) -> str:
    """The name that the program gives to a resource."""
    return urn.split("::", 3)[3]


def naming_of(request: Any) -> Naming:
    """How a CheckRequest wants names to be made."""
    if not request.HasField("autonaming"):
        return Naming(seed=request.randomSeed)
    modes = provider_pb2.CheckRequest.AutonamingOptions.Mode
    return Naming(modes.Name(request.autonaming.mode).lower(), request.autonaming.proposed_name)


def check_failures(found: Collection[Failure]) -> list[Any]:
    """Refused arguments as the engine takes them."""
    return [provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in found]


def check_response(inputs: Properties, found: Collection[Failure]) -> Any:
    """The answer to Check and CheckConfig."""
    return provider_pb2.CheckResponse(inputs=encode(inputs), failures=check_failures(found))


def diff_response(found: Plan) -> Any:
    """The answer to Diff."""
    suffix = {True: "_REPLACE", False: ""}
    response = changes_response(
        {each.path: each.change.name + suffix[each.replaces] for each in found.differences}
    )
    response.deleteBeforeReplace = found.delete_first
    return response


def changes_response(kinds: Mapping[str, str]) -> Any:
    """A DiffResponse from property path -> the name of a PropertyDiff.Kind."""
    tops = {path: path.replace("[", ".").split(".")[0] for path in kinds}
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if kinds else response.DIFF_NONE,
        diffs=sorted({*tops.values()}),
        replaces=sorted({tops[path] for path, kind in kinds.items() if kind.endswith("_REPLACE")}),
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind))
            for path, kind in kinds.items()
        },
    )
