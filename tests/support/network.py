"""Batch and ECR in place of the network: the real clients' requests, answered before they are sent.

The clients are those that the function makes. botocore's ``before-send`` hands over the signed request,
so what is kept here are the bytes that would have left the machine. With ``endpoint`` the same answers
come over loopback HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from handler import cold_start
from handler.aws import clients
from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.event import Trigger
from handler.intent import Services
from handler.run import Task
from local.batch.api import BatchApi
from local.batch.store import BatchStore
from local.http import ApiError, Request, Response, error_response, json_response
from local.operation import read_request
from tests.support.world import REPOSITORY, digest, still_clock, task, with_options

SELECTED = digest("b")
Service = Callable[[Request], Response | None]


class Network:
    """``batch`` and ``events`` answer the calls of Batch and EventBridge.

    ``requests`` holds the names of the operations that were called, ``sent`` the bodies of every
    RegisterJobDefinition, as bytes.
    """

    def __init__(self, batch: Service, events: Service = lambda _: None) -> None:
        self.batch = batch
        self.events = events
        self.requests: list[str] = []
        self.sent: list[bytes] = []

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        request = read_request(
            method=method,
            path=path,
            query="",
            headers={key.lower(): value for key, value in headers.items()},
            body=body,
            region=REPOSITORY.region,
            environ={},
        )
        self.requests.append(request.operation)
        if request.operation == "RegisterJobDefinition":
            self.sent.append(body)
        services = {"batch": self.batch, "events": self.events, "ecr": _image}
        try:
            answer = services[request.service](request)
        except ApiError as error:
            return error_response(request, error)
        assert answer is not None, f"nothing here answers {request.action}"
        return answer


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


def _image(request: Request) -> Response:
    assert request.operation == "DescribeImages", request.action
    return json_response({"imageDetails": [{"imageDigest": SELECTED, "imagePushedAt": 1767225600}]})


def make_clients(*, endpoint: str = "", data_path: str = "") -> clients.Clients:
    """The function's own clients, with the environment of its runtime; ``data_path`` holds other models."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", REPOSITORY.region)
        for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_DATA_PATH": data_path}.items():
            patch.setenv(name, value) if value else patch.delenv(name, raising=False)
        return clients.make(cold_start.new_session(), 300.0)


def intercept(made: clients.Clients, network: Callable[[], Network]) -> None:
    """Lets ``network`` answer whatever the clients are about to send."""

    def send(request: Any, **_: Any) -> AWSResponse:
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        headers = {
            key: value.decode() if isinstance(value, bytes) else str(value)
            for key, value in request.headers.items()
        }
        path = "/" + request.url.split("/", 3)[3]
        answer = network().answer(request.method, path, headers, body)
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(answer.body))

    for client in (made.batch, made.batch_writer, made.ecr):
        client.meta.events.register("before-send", send)


@contextmanager
def over_http(network: Callable[[], Network]) -> Iterator[str]:
    """Serves ``network`` on loopback; yields the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = network().answer("POST", self.path, dict(self.headers.items()), body)
            self.send_response(answer.status)
            for key, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited
            """Requests are not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def services(made: clients.Clients, clock: Clock | None = None) -> Services:
    """The real gateways on real clients."""
    clock = clock or still_clock()
    batch = Batch(reader=made.batch, writer=made.batch_writer, clock=clock)
    return Services(batch=batch, ecr=Ecr(made.ecr, REPOSITORY), clock=clock)


def job(name: str = "job", trigger: Trigger | None = None, **options: Any) -> Task:
    """The task of bringing one definition to the selected image, for a pair with such settings."""
    return with_options(task(name, trigger=trigger), **options)


def store_network() -> tuple[BatchStore, Network]:
    """The strict stand-in of the local cloud, on this network."""
    store = BatchStore(region=REPOSITORY.region, account=REPOSITORY.account)
    return store, Network(BatchApi(store))
