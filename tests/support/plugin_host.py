"""Starts the package as Pulumi does, with the recorder as its engine.

Pulumi's language host for Python runs ``python FOLDER ENGINE`` in the user's project, and reads the port
from the first line of the output (RunPlugin in sdk/python/cmd/pulumi-language-python/main.go). It may import
what requirements.txt brings, and no more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2_grpc

from tests.support.patience import PATIENCE
from tests.support.recorder import COMPONENT, Recording, monitor_of

FOLDER = Path(__file__).resolve().parents[2] / "plugin"
PARENT = "urn:pulumi:prod::platform::pulumi:pulumi:Stack::platform-prod"
_PROGRAM_ONLY = Path(__file__).with_name("program_only.py")


class _Engine(engine_pb2_grpc.EngineServicer):
    """What of the engine a provider talks to: its log."""

    def Log(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - the engine's name
        return empty_pb2.Empty()


class _Monitor:
    """Every call of Pulumi's resource monitor, answered by the recorder's."""

    def __init__(self, recorder: mocks.MockMonitor) -> None:
        self._recorder = recorder

    def __getattr__(self, call: str) -> Callable[[Any, Any], Any]:
        return lambda request, _context: getattr(self._recorder, call)(request)


@dataclass(frozen=True)
class Plugin:
    """A running package."""

    stub: provider_pb2_grpc.ResourceProviderStub

    def schema(self) -> dict[str, Any]:
        """What it says of itself."""
        answer = self.stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=PATIENCE)
        return dict(json.loads(answer.schema))

    def construct(
        self, inputs: Mapping[str, Any], recording: Recording, *, preview: bool = False, provider: str = ""
    ) -> dict[str, Any]:
        """The outputs of a component ``ocr`` in the stack ``prod`` of the project ``platform``.

        ``provider`` is a reference, ``URN::ID``, to the AWS provider that the user gave it.

        Raises grpc.RpcError as the engine would get it.
        """
        sent = Struct()
        # A Struct knows doubles only, as on the way from a program in another language.
        sent.update(inputs)
        add = resource_pb2_grpc.add_ResourceMonitorServicer_to_server
        with monitor_of(recording) as recorder, _served(add, _Monitor(recorder)) as monitor:
            if provider:
                urn, _, identity = provider.rpartition("::")
                recorder.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, identity, {})
            answer = self.stub.Construct(
                provider_pb2.ConstructRequest(
                    project="platform",
                    stack="prod",
                    organization="team",
                    monitorEndpoint=monitor,
                    parallel=4,
                    dryRun=preview,
                    parent=PARENT,
                    type=COMPONENT,
                    name="ocr",
                    inputs=sent,
                    providers={"aws": provider} if provider else {},
                ),
                timeout=PATIENCE,
            )
        return dict(rpc.deserialize_properties(answer.state))


@contextmanager
def running(folder: Path, project: Path) -> Iterator[Plugin]:
    """The package in ``folder``, started in the user's ``project``."""
    add = engine_pb2_grpc.add_EngineServicer_to_server
    with (
        _served(add, _Engine()) as engine,
        _process(folder, project, engine) as port,
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel))


@contextmanager
def _served(add: Callable[[Any, grpc.Server], None], servicer: Any) -> Iterator[str]:
    """The address at which ``servicer`` answers."""
    # One thread: the recorder keeps an event loop in each.
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        add(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(grace=None).wait()


@contextmanager
def _process(folder: Path, project: Path, engine: str) -> Iterator[str]:
    """The port on which the package listens."""
    command = [sys.executable, str(_PROGRAM_ONLY), str(folder), engine]
    # A file, since nobody reads it while the package runs: a pipe would fill up and stop it.
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            assert process.stdout is not None
            port = process.stdout.readline().decode().strip()
            if not port.isdecimal():
                errors.seek(0)
                raise AssertionError(f"the package did not start: {errors.read().decode()}")
            yield port
        finally:
            process.terminate()
