"""Pulumi's engine as the local provider sees it: one connection, and the calls that come by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from local.provider.wire import decode, encode

QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::project::pkg:index:Parent${token}::{name}"


@dataclass(frozen=True)
class Found:
    """A resource as the engine keeps it between calls."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


class Client:
    """What the engine does to one provider. Values are those of ``local.provider.wire``."""

    def __init__(self, stub: Any) -> None:
        self.stub = stub

    def configure(self, **config: Any) -> None:
        self.stub.Configure(provider_pb2.ConfigureRequest(args=encode(config), acceptSecrets=True))

    def check(
        self, token: str, name: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(token, name), news=encode(news), olds=encode(olds or {}), randomSeed=b"seed"
        )
        return self.stub.Check(request)

    def checked(self, token: str, name: str, news: Mapping[str, Any]) -> dict[str, Any]:
        response = self.check(token, name, news)
        assert not response.failures, response.failures
        return decode(response.inputs)

    def create(self, token: str, name: str, news: Mapping[str, Any]) -> Found:
        inputs = self.checked(token, name, news)
        response = self.stub.Create(
            provider_pb2.CreateRequest(urn=urn(token, name), properties=encode(inputs))
        )
        return Found(response.id, inputs, decode(response.properties))

    def diff(self, token: str, name: str, old: Found, news: Mapping[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(
            urn=urn(token, name),
            id=old.id,
            old_inputs=encode(old.inputs),
            olds=encode(old.outputs),
            news=encode(news),
        )
        return self.stub.Diff(request)

    def update(
        self, token: str, name: str, old: Found, news: Mapping[str, Any], *, preview: bool = False
    ) -> Found:
        request = provider_pb2.UpdateRequest(
            urn=urn(token, name),
            id=old.id,
            old_inputs=encode(old.inputs),
            olds=encode(old.outputs),
            news=encode(news),
            preview=preview,
        )
        return Found(old.id, dict(news), decode(self.stub.Update(request).properties))

    def read(self, token: str, name: str, old: Found) -> Found:
        request = provider_pb2.ReadRequest(
            urn=urn(token, name), id=old.id, inputs=encode(old.inputs), properties=encode(old.outputs)
        )
        response = self.stub.Read(request)
        return Found(response.id, decode(response.inputs), decode(response.properties))

    def delete(self, token: str, name: str, old: Found) -> None:
        request = provider_pb2.DeleteRequest(
            urn=urn(token, name), id=old.id, old_inputs=encode(old.inputs), properties=encode(old.outputs)
        )
        self.stub.Delete(request)

    def invoke(self, token: str, **arguments: Any) -> Any:
        return self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=encode(arguments)))


@contextmanager
def connected(port: int, **config: Any) -> Iterator[Client]:
    """A connection of its own, as the engine opens one for each provider; configured if there is a config."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        client = Client(provider_pb2_grpc.ResourceProviderStub(channel))
        client.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
        client.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
        if config:
            client.configure(**config)
        yield client


def init_failed(error: grpc.RpcError) -> Any:
    """What the error says to keep in the state, None if nothing."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            detail = provider_pb2.ErrorResourceInitFailed()
            status_pb2.Status.FromString(value).details[0].Unpack(detail)
            return detail
    return None


EMPTY = empty_pb2.Empty()
