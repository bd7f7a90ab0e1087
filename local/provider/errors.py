"""What goes wrong, as the engine is told: in the provider's words, with what stands nevertheless."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from local.inputs import UnknownResource
from local.provider.configured import NotConfigured
from local.provider.messages import name_of, token_of
from local.provider.wire import Properties, encode

# The provider's names of services, where they are not the token's.
_SERVICES = {
    "cloudwatch/event": "EventBridge",
    "cloudwatch/log": "CloudWatch Logs",
    "cloudwatch": "CloudWatch",
    "lambda": "Lambda",
    "batch": "Batch",
}


class ProviderDied(Exception):
    """Raised by a test's hook: the provider answers nothing from here on, as if its process had ended."""


_Call = TypeVar("_Call", bound=Callable[..., Any])


def answered(method: _Call) -> _Call:
    """For a call of the engine: a refusal becomes its error, and who has died answers nothing more."""

    @functools.wraps(method)
    def call(self: Any, request: Any, context: Any) -> Any:
        try:
            self.alive()
            return method(self, request, context)
        except ProviderDied:
            self.dead = True
            context.abort(grpc.StatusCode.UNAVAILABLE, "error reading from server: EOF")
        except (UnknownResource, NotConfigured) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return call  # type: ignore[return-value]


def told(error: ClientError | BotoCoreError, doing: str, urn: str) -> str:
    """An error of AWS as the provider shows it: what was done, to what, the action, AWS's code and words."""
    _, path, last = token_of(urn).split(":")
    labels = [label for prefix, label in _SERVICES.items() if path.startswith(prefix)]
    service = labels[0] if labels else path.split("/")[0].upper()
    kind = " ".join(re.findall(r"[A-Z][a-z0-9]*", last)).removeprefix("Event ")
    what = f"{doing} {service} {kind} ({name_of(urn)})"
    if isinstance(error, BotoCoreError):
        return f"{what}: {error}"
    said, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata")
    # What the provider itself refuses has been no request.
    sent = (
        f"https response error StatusCode: {meta.get('HTTPStatusCode')}, RequestID: {meta.get('RequestId')}, "
        if meta
        else ""
    )
    refused = f"{said.get('Code', '')}: {said.get('Message', '')}"
    return f"{what}: operation error {service}: {error.operation_name}, {sent}{refused}"


def abort_half_made(context: Any, identity: str, properties: Properties, reason: str) -> NoReturn:
    """Ends the call with an error, and has the engine keep what stands in the state."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(id=identity, properties=encode(properties), reasons=[reason])
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
    raise AssertionError("abort raises")
