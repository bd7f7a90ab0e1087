"""The provider on a port of this machine, for ``PULUMI_DEBUG_PROVIDERS=aws:PORT``."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.provider.kinds import KINDS
from local.provider.replacements import effect
from local.provider.servicer import Hook, Provider
from local.server import PortTaken

if TYPE_CHECKING:
    from local.cloud import Cloud

# More than the engine makes at once.
_CALLS = 64
_OPTIONS = (
    # Otherwise a second server would share a port that is in use.
    ("grpc.so_reuseport", 0),
    # A function's archive may be in a call.
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)


@dataclass(frozen=True)
class Serving:
    """A provider that answers at 127.0.0.1:``port``."""

    port: int

    @property
    def attach(self) -> str:
        """The value of PULUMI_DEBUG_PROVIDERS."""
        return f"aws:{self.port}"


@contextmanager
def serve(cloud: Cloud, *, port: int = 0, hook: Hook | None = None) -> Iterator[Serving]:
    """Serves the cloud as the provider ``aws``; ``port`` 0 takes any free one. Raises PortTaken.

    ``hook`` is called around every creation, update and deletion. When it raises ProviderDied, the engine
    sees what it sees of a plugin whose process has ended, then and ever after.
    """
    provider = Provider(cloud, KINDS, effect=effect, hook=hook)
    with futures.ThreadPoolExecutor(_CALLS) as pool:
        server = grpc.server(pool, options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        try:
            bound = server.add_insecure_port(f"127.0.0.1:{port}")
        except RuntimeError as error:
            raise PortTaken(
                f"port {port} of 127.0.0.1 is in use; choose another with --engine-port"
            ) from error
        server.start()
        try:
            yield Serving(bound)
        finally:
            server.stop(grace=None).wait()
