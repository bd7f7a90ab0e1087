"""Bytes behind a presigned URL, over loopback HTTP."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, HTTPClientError

from handler.aws.ecr import Ecr, download
from handler.errors import AwsError, MalformedAnswer
from tests.support.world import REPOSITORY, digest

CONTENT = b'{"architecture": "arm64"}'


class Layers(BaseHTTPRequestHandler):
    """Serves CONTENT, as long as the URL is signed."""

    def do_GET(self) -> None:
        signed = self.path.endswith("?signature=secret") and "authorization" not in self.headers
        self.send_response(200 if signed else 403)
        self.end_headers()
        self.wfile.write(CONTENT if signed else b"<Error/>")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
        """Requests are not logged."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Layers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/layer"
        server.shutdown()
        thread.join()


class Client:
    """An ECR client that knows one URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get_download_url_for_layer(self, **_: Any) -> dict[str, str]:
        return {"downloadUrl": self._url}


def test_the_content_comes_without_credentials_of_ours(url: str) -> None:
    assert download(f"{url}?signature=secret") == CONTENT


def test_a_refusal_is_an_error_that_keeps_the_signature_to_itself(url: str) -> None:
    with pytest.raises(HTTPClientError, match="/layer answered 403") as caught:
        download(f"{url}?signature=outdated")
    assert "outdated" not in str(caught.value)


def test_a_blob_is_what_has_its_digest_and_nothing_else(url: str) -> None:
    ecr = Ecr(Client(f"{url}?signature=secret"), REPOSITORY)
    assert ecr.blob(f"sha256:{hashlib.sha256(CONTENT).hexdigest()}") == CONTENT
    with pytest.raises(MalformedAnswer, match="has another digest"):
        ecr.blob(digest("a"))


def test_a_blob_that_cannot_be_fetched_names_call_and_repository() -> None:
    def unreachable(url: str) -> bytes:
        raise EndpointConnectionError(endpoint_url=url)

    with pytest.raises(AwsError, match="ecr:GetDownloadUrlForLayer on repository team/app failed"):
        Ecr(Client("https://layers"), REPOSITORY, fetch=unreachable).blob(digest("a"))
