"""AWS Batch and ECR on loopback, with nothing but what a run calls, so that thousands of calls are cheap.

Batch is the strict store of the local cloud; ECR is a table of tags. Each request waits a heavy-tailed
time before it takes effect and another one before its answer goes out, as over a real network: mild
latencies hide the races.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import botocore.session
from botocore.config import Config

from local.batch.api import BatchApi
from local.batch.store import BatchStore
from local.http import ApiError, Request, Response, error_response, json_response
from local.operation import read_request

REGION, ACCOUNT = "ap-southeast-2", "123456789012"


def heavy_tailed(seed: int, *, least: float = 0.001, most: float = 0.24) -> Callable[[], float]:
    """Seconds between ``least`` and ``most``: 2.4 times the least in the median.

    One of fifty is fifty times the median or more; the most is a hundred times.
    """
    dice = random.Random(seed)
    return lambda: min(least * dice.paretovariate(0.8), most)


class Tags:
    """What ECR holds: the digest of each tag, and when each image was first pushed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digests: dict[tuple[str, str], str] = {}
        self._pushed: dict[tuple[str, str], float] = {}

    def push(self, repository: str, tag: str, digest: str) -> datetime:
        """Moves the tag; returns the time of the event that ECR would send."""
        with self._lock:
            now = time.time()
            self._digests[repository, tag] = digest
            self._pushed.setdefault((repository, digest), now)
        return datetime.fromtimestamp(now, UTC)

    def digest(self, repository: str, tag: str) -> str:
        with self._lock:
            return self._digests[repository, tag]

    def __call__(self, request: Request) -> Response:
        """Answers DescribeImages of one tag; raises ApiError."""
        body = request.json()
        repository, tag = body["repositoryName"], body["imageIds"][0]["imageTag"]
        with self._lock:
            digest = self._digests.get((repository, tag))
            if digest is None:
                raise ApiError("ImageNotFoundException", f"{repository} has no image {tag}")
            pushed = self._pushed[repository, digest]
        details = {"imageDigest": digest, "imageTags": [tag], "imagePushedAt": pushed}
        return json_response({"imageDetails": [details]})


class Loopback:
    """The server. ``latency`` gives seconds, and is asked twice for each request.

    ``on_request`` is called with the action (``batch:RegisterJobDefinition``) as a request arrives.
    """

    def __init__(
        self, latency: Callable[[], float], on_request: Callable[[str], None] = lambda _: None
    ) -> None:
        self.batch = BatchStore(region=REGION, account=ACCOUNT)
        self.tags = Tags()
        self._latency = latency
        self._on_request = on_request
        # One session reads the services' models once.
        self._session = botocore.session.Session()
        self._session.set_credentials("local", "local")
        self._lock = threading.Lock()
        self._services: dict[str, Callable[[Request], Response | None]] = {
            "batch": BatchApi(self.batch),
            "ecr": self.tags,
        }
        self._server = _Server(("127.0.0.1", 0), self._handler_class())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What AWS clients take for the endpoint of every service."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def clients(self) -> AwsClients:
        """Clients as the function makes them (``handler.aws.clients``), but that they wait without end."""

        def client(service: str, attempts: int) -> Any:
            config = Config(
                connect_timeout=None,
                read_timeout=None,
                retries={"mode": "standard", "total_max_attempts": attempts},
                max_pool_connections=50,
            )
            return self._session.create_client(
                service, region_name=REGION, endpoint_url=self.url, config=config
            )

        return AwsClients(batch=client("batch", 4), batch_writer=client("batch", 1), ecr=client("ecr", 4))

    def answer(self, request: Request) -> Response:
        """Answers after a while, and lets the answer travel for a while."""
        self._on_request(request.action)
        with self._lock:
            before, after = self._latency(), self._latency()
        time.sleep(before)
        try:
            response = self._services[request.service](request)
        except ApiError as error:
            response = error_response(request, error)
        time.sleep(after)
        assert response is not None, f"nothing here answers {request.action}"
        return response

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = read_request(
                    method="POST",
                    path=self.path,
                    query="",
                    headers={key.lower(): value for key, value in self.headers.items()},
                    body=body,
                    region=REGION,
                    environ={},
                )
                response = loopback.answer(request)
                headers = {**response.headers, "Content-Length": str(len(response.body))}
                lines = [f"HTTP/1.1 {response.status} Status"]
                lines += [f"{key}: {value}" for key, value in headers.items()]
                # In one piece: two small ones would wait for each other's acknowledgement.
                self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + response.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
                """Requests are not logged."""

        return Handler


@dataclass(frozen=True)
class AwsClients:
    """The three clients of a run."""

    batch: Any
    batch_writer: Any
    ecr: Any

    def close(self) -> None:
        """Drops the connections."""
        for client in (self.batch, self.batch_writer, self.ecr):
            client.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
