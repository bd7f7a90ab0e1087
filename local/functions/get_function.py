"""GetFunction beyond moto, which names a place on AWS for the archive and hides a concurrency of 0."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from local.backends import Backends
from local.http import Request, Response, json_response

_PATH = "/function-code/"


class GetFunction:
    """Puts an address of this cloud into what Lambda answers, and serves the archives there.

    ``functions`` answers Lambda's operations, ``endpoint`` is the cloud's own.
    """

    def __init__(
        self,
        functions: Callable[[Request], Response | None],
        *,
        backends: Backends,
        endpoint: str,
    ) -> None:
        self._functions = functions
        self._backends = backends
        self._endpoint = endpoint

    def __call__(self, request: Request) -> Response | None:
        """The answer of Lambda, or None when moto answers; raises ApiError."""
        response = self._functions(request)
        if request.operation != "GetFunction" or response is None or response.status != 200:
            return response
        body: dict[str, Any] = json.loads(response.body)
        name = body["Configuration"]["FunctionName"]
        body["Code"]["Location"] = f"{self._endpoint}{_PATH}{request.region}/{quote(name)}"
        function = self._backends.function(name, request.region)
        if function is not None and function.reserved_concurrency is not None:
            body["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
        return json_response(body)

    def download(self, request: Request) -> Response | None:
        """Answers a request without a signature, as the one to such an address is; None for any other."""
        if request.method != "GET" or not request.path.startswith(_PATH):
            return None
        region, _, name = unquote(request.path.removeprefix(_PATH)).partition("/")
        function = self._backends.function(name, region)
        if function is None:
            return Response(status=404, body=b"")
        return Response(status=200, body=function.code_bytes, headers={"Content-Type": "application/zip"})
