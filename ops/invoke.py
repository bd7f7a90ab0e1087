"""Calls a pair's deployed function and waits for what it returns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore import exceptions as sdk

from ops.aws import Aws, in_operators_words
from ops.errors import AwsFailed, OpsError

# On top of the function's own timeout: a cold start, and the way there and back.
MARGIN = 30.0


class FunctionFailed(OpsError):
    """The function ran and raised; ``kind`` is the name of what it raised, such as ``UpdateFailed``."""

    def __init__(self, message: str, *, kind: str, remedy: str = "") -> None:
        self.kind = kind
        super().__init__(message, remedy=remedy)


def invoke(function: str, event: Mapping[str, Any], aws: Aws, *, timeout: float) -> Any:
    """What the function returns for ``event``; ``timeout`` is the function's own, in seconds.

    The call is never repeated: the function may have done its work when an answer is lost. Raises
    FunctionFailed, AwsFailed or CredentialsError.
    """
    client = aws.client("lambda", attempts=1, read_timeout=timeout + MARGIN)
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
    except client.exceptions.ResourceNotFoundException as error:
        raise AwsFailed(
            f"there is no function {function} in {aws.region_name}",
            remedy="run `pulumi up`, or name the stack that it was deployed by with -s/--stack",
        ) from error
    except sdk.ReadTimeoutError as error:
        raise AwsFailed(
            f"function {function} did not answer within {timeout + MARGIN:.0f} s; it may still be at work",
            remedy=f"look into its log: `aws logs tail /aws/lambda/{function} --since 15m`",
        ) from error
    except (sdk.ClientError, sdk.BotoCoreError) as error:
        raise in_operators_words(error) from error
    if "FunctionError" in answer:
        raise _failed(function, payload)
    try:
        return json.loads(payload)
    except ValueError as error:
        raise AwsFailed(f"function {function} returned no JSON: {payload[:200]!r}") from error


def _failed(function: str, payload: bytes) -> FunctionFailed:
    """The error for a payload such as ``{"errorMessage": …, "errorType": …}``
    (lambda/latest/dg/python-exceptions.html)."""
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"errorMessage": payload.decode("utf-8", "replace")}
    kind, words = str(told.get("errorType", "an error")), str(told.get("errorMessage", "no message"))
    return FunctionFailed(
        f"function {function} raised {kind}: {words}",
        kind=kind,
        remedy=f"its log tells more: `aws logs tail /aws/lambda/{function} --since 15m`; if the stack's "
        "configuration has changed since it was deployed, run `pulumi up`",
    )
