"""The WSGI layer in front of moto: faults, permissions, and the services that moto lacks."""

from __future__ import annotations

import io
import logging
import socket
import struct
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from local.faults import Fault, Faults
from local.http import ApiError, MalformedBody, Request, Response, error_response
from local.iam.calls import Iam
from local.operation import read_request

_log = logging.getLogger("local")
Environ = dict[str, Any]
Service = Callable[[Request], Response | None]


class Layer:
    """A WSGI application. ``find`` knows the service for a request; what it leaves goes to ``moto``."""

    def __init__(
        self, *, moto: Callable[..., Iterable[bytes]], region: str, iam: Iam, faults: Faults
    ) -> None:
        self.find: Callable[[Request], Service | None] = lambda _: None
        self._moto = moto
        self._region = region
        self._iam = iam
        self._faults = faults

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers one request, whatever is in it."""
        request = self._read(environ)
        fault = self._faults.take(request.action)
        try:
            response = self._answer(request, fault)
        except ApiError as error:
            response = error_response(request, error)
        except MalformedBody as error:
            response = error_response(request, ApiError("SerializationException", str(error)))
        except Exception as error:  # noqa: BLE001 - the server has to live on, and the client gets to see it
            _log.exception("the local cloud could not answer %s %s", request.method, request.path)
            response = error_response(request, ApiError("InternalFailure", repr(error), status=500))
        if fault is not None:
            response = self._spoil(environ, fault, response)
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", _headers(response))
        return [] if request.method == "HEAD" else [response.body]

    def forward(self, request: Request) -> Response:
        """Lets moto answer."""
        environ = {
            **request.environ,
            "wsgi.input": io.BytesIO(request.body),
            "CONTENT_LENGTH": str(len(request.body)),
        }
        status: list[Any] = []
        chunks = self._moto(environ, lambda *args: status.extend(args))
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return Response(status=int(status[0].split()[0]), body=body, headers=dict(status[1]))

    def _read(self, environ: Environ) -> Request:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(length) if length.isdigit() else 0)
        if environ.get("wsgi.input_terminated"):
            body += environ["wsgi.input"].read()
        headers = {
            key.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
            for key, value in environ.items()
            if key.startswith("HTTP_") or key == "CONTENT_TYPE"
        }
        return read_request(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/"),
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=body,
            region=self._region,
            environ=environ,
        )

    def _answer(self, request: Request, fault: Fault | None) -> Response:
        if fault is not None and not fault.after_effect:
            error = fault.error(request.body)
            if error is not None:
                raise error
            return Response(status=500, body=b"")
        self._iam.authorize(request)
        service = self.find(request)
        response = service(request) if service is not None else None
        return response if response is not None else self.forward(request)

    def _spoil(self, environ: Environ, fault: Fault, response: Response) -> Response:
        if fault.kind == "malformed":
            return Response(status=200, body=b'{"cut off', headers={"Content-Type": "application/json"})
        if fault.kind.startswith(("timeout", "reset")):
            if fault.kind.startswith("timeout"):
                self._faults.hold()
            _reset(environ)
        if fault.after_effect and (error := fault.error()) is not None:
            return error_response(self._read_again(environ), error)
        return response

    def _read_again(self, environ: Environ) -> Request:
        return self._read({**environ, "wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"})


def _reset(environ: Environ) -> None:
    """Drops the connection without an answer; werkzeug takes the exception for a lost client."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("dropped by an injected fault")


def _headers(response: Response) -> list[tuple[str, str]]:
    kept = {key: value for key, value in response.headers.items() if key.lower() != "content-length"}
    return [*kept.items(), ("Content-Length", str(len(response.body)))]
