"""What AWS Lambda keeps of a function and moto forgets, or takes where Lambda refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from local.backends import Backends
from local.functions.pool import FunctionPool
from local.http import ApiError, Request, Response

_CONFIGURATIONS = (
    "CreateFunction",
    "GetFunction",
    "GetFunctionConfiguration",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
)


class FunctionSettings:
    """In front of ``functions``, which answers what concerns no settings; ``forward`` lets moto answer."""

    def __init__(
        self,
        functions: Callable[[Request], Response | None],
        *,
        backends: Backends,
        pool: FunctionPool,
        forward: Callable[[Request], Response],
    ) -> None:
        self._functions = functions
        self._backends = backends
        self._pool = pool
        self._forward = forward

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        match request.operation:
            case "AddPermission":
                self._check_statement(request)
            case "PutFunctionEventInvokeConfig":
                return self._put_invoke_config(request)
            case "UpdateFunctionEventInvokeConfig":
                return self._update_invoke_config(request)
            case "UpdateFunctionCode":
                self._keep_architectures(request)
        if request.operation in _CONFIGURATIONS:
            return self._with_logging(request)
        return self._functions(request)

    def _function(self, request: Request) -> Any | None:
        return self._backends.function(unquote(request.path.split("/")[3]), request.region)

    def _check_statement(self, request: Request) -> None:
        """lambda/latest/api/API_AddPermission.html."""
        function, sid = self._function(request), request.json().get("StatementId")
        if function is not None and any(each.get("Sid") == sid for each in function.policy.statements):
            raise ApiError(
                "ResourceConflictException",
                f"The statement id ({sid}) provided already exists. Please provide a new statement id, or "
                "remove the existing statement.",
                status=409,
            )

    def _put_invoke_config(self, request: Request) -> Response:
        """Replaces what there was (lambda/latest/api/API_PutFunctionEventInvokeConfig.html); moto adds."""
        response, function = self._forward(request), self._function(request)
        if function is not None:
            del function.event_invoke_config[:-1]
        return response

    def _update_invoke_config(self, request: Request) -> Response:
        """Keeps what it does not name (lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html)."""
        function = self._function(request)
        if function is None:
            return self._forward(request)
        if not function.event_invoke_config:
            arn = function.function_arn
            raise ApiError(
                "ResourceNotFoundException",
                f"The function {arn} doesn't have an EventInvokeConfig",
                status=404,
            )
        before = function.event_invoke_config[-1].config
        response = self._put_invoke_config(request)
        if response.status != 200:
            return response
        written = function.event_invoke_config[-1]
        written.config = {**before, **written.config}
        return replace(response, body=json.dumps({**json.loads(response.body), **written.config}).encode())

    def _keep_architectures(self, request: Request) -> None:
        function, architectures = self._function(request), request.json().get("Architectures")
        if function is not None and architectures:
            function.architectures = architectures

    def _with_logging(self, request: Request) -> Response:
        """Keeps LoggingConfig, which moto drops, and puts it into the answers."""
        response = self._forward(request)
        if response.status not in (200, 201):
            return response
        body = json.loads(response.body)
        configuration = body.get("Configuration", body)
        arn = configuration["FunctionArn"].removesuffix(":$LATEST")
        if request.method in ("POST", "PUT"):
            settings = request.json().get("LoggingConfig")
            if settings or request.operation == "CreateFunction":
                self._pool.log_settings[arn] = settings or {"LogFormat": "Text"}
        group = f"/aws/lambda/{configuration['FunctionName']}"
        configuration["LoggingConfig"] = {"LogGroup": group, **self._pool.log_settings.get(arn, {})}
        return replace(response, body=json.dumps(body).encode())
