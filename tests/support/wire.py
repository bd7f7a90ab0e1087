"""A real botocore Batch client whose requests are answered before they are sent.

What it captures are the bytes that would have left the machine.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.loaders import Loader


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


class _OlderLoader(Loader):  # type: ignore[misc]
    """Loads the Batch model of an SDK that has not heard of some members yet."""

    forgotten: tuple[tuple[str, str], ...] = ()

    def load_service_model(self, service_name: str, type_name: str, api_version: Any = None) -> Any:
        model = super().load_service_model(service_name, type_name, api_version)
        if (service_name, type_name) != ("batch", "service-2"):
            return model
        model = copy.deepcopy(model)
        for shape, member in self.forgotten:
            del model["shapes"][shape]["members"][member]
        return model


class Wire:
    """``described`` are the pages that DescribeJobDefinitions answers; ``sent`` what was registered."""

    def __init__(self, forgotten: tuple[tuple[str, str], ...] = ()) -> None:
        self.described: list[bytes] = []
        self.sent: list[bytes] = []
        self.asked: list[bytes] = []
        session = botocore.session.Session()
        session.set_credentials("key", "secret")
        if forgotten:
            loader = _OlderLoader(extra_search_paths=[Loader.BUILTIN_DATA_PATH])
            loader.forgotten = forgotten
            session.register_component("data_loader", loader)
        self.client = session.create_client(
            "batch", region_name="eu-west-1", config=Config(retries={"total_max_attempts": 1})
        )
        self.client.meta.events.register("before-send.batch.DescribeJobDefinitions", self._describe)
        self.client.meta.events.register("before-send.batch.RegisterJobDefinition", self._register)

    def _describe(self, request: Any, **_: Any) -> AWSResponse:
        self.asked.append(request.body)
        page = len(self.asked) - 1
        return self._answer(request, self.described[min(page, len(self.described) - 1)])

    def _register(self, request: Any, **_: Any) -> AWSResponse:
        self.sent.append(request.body)
        return self._answer(
            request,
            b'{"jobDefinitionName":"job","jobDefinitionArn":"arn","revision":%d}' % (1 + len(self.sent)),
        )

    def _answer(self, request: Any, body: bytes) -> AWSResponse:
        return AWSResponse(request.url, 200, {"content-type": "application/json"}, _Raw(body))
