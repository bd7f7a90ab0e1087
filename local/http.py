"""A request as the layer sees it, and the answers that it gives in each AWS protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request to an AWS API.

    ``service`` is the signing name ("batch", "ecr", "monitoring"), ``operation`` the API's own word
    ("RegisterJobDefinition"); both are empty when the request is no AWS API call that is known.
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    access_key: str
    region: str
    service: str
    operation: str
    protocol: str  # "json", "rest-json", "query" or "rpc-v2-cbor"
    environ: Mapping[str, Any] = field(default_factory=dict, repr=False)  # of WSGI, to hand to moto

    @property
    def action(self) -> str:
        """The operation as IAM and ``Faults`` name it, e.g. ``batch:RegisterJobDefinition``."""
        name = f"{IAM_PREFIXES.get(self.service, self.service)}:{self.operation}"
        return IAM_ACTIONS.get(name, name)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises MalformedBody when it is none."""
        try:
            body = json.loads(self.body or b"{}")
        except ValueError as error:
            raise MalformedBody(str(error)) from error
        if not isinstance(body, dict):
            raise MalformedBody("the body is not a JSON object")
        return body

    def parameters(self) -> dict[str, str]:
        """The form parameters of a request in the query protocol."""
        return {key: values[0] for key, values in parse_qs(self.body.decode("utf-8", "replace")).items()}


IAM_PREFIXES = {"monitoring": "cloudwatch"}
IAM_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}


@dataclass(frozen=True, kw_only=True)
class Response:
    """One HTTP response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class MalformedBody(Exception):
    """The body of a request is not what its protocol demands."""


class ApiError(Exception):
    """An AWS error answer; ``code`` and ``message`` are what a client reads."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


def json_response(body: Any, *, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A JSON answer."""
    text = json.dumps(body).encode()
    return Response(status=status, body=text, headers={"Content-Type": "application/json", **dict(headers)})


def error_response(request: Request, error: ApiError) -> Response:
    """``error`` in the protocol of ``request``, so that every SDK reads the code and the message."""
    if request.protocol == "query":
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
            f"<Message>{escape(error.message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>"
        )
        return Response(status=error.status, body=text.encode(), headers={"Content-Type": "text/xml"})
    if request.protocol == "json":
        return json_response({"__type": error.code, "message": error.message}, status=error.status)
    return json_response(
        {"message": error.message, "Type": "User"},
        status=error.status,
        headers=[("x-amzn-errortype", error.code)],
    )
