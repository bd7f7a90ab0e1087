"""Runs a Pulumi program, unmodified, with the local cloud in place of the engine and the AWS provider.

The engine's part is small here, and that of ``pulumi up --refresh``: what was deployed before is looked up
and updated, or made anew where it is gone or is to be another one. What a program names no more stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import runpy
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, settings, stack

from components.problems import ConfigErrors
from local.inputs import Inputs, UnknownResource
from local.lookups import Answer, look_up
from local.provider.kind import Kind, Place, State, physical_name
from local.provider.kinds import KINDS
from ops.errors import OpsError
from ops.pulumi_files.project import PROJECT_FILE, read_project
from ops.pulumi_files.stack import read_stack, with_defaults
from ops.stack import texts_of

if TYPE_CHECKING:
    from local.cloud import Cloud


class DeployError(Exception):
    """The program cannot be deployed to the local cloud."""


@dataclass(frozen=True)
class Deployed:
    """A resource in the state of a stack."""

    inputs: Mapping[str, Any]
    state: State


def deploy_program(
    cloud: Cloud,
    stack_name: str = "dev",
    *,
    project_dir: Path | str = ".",
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Runs the Pulumi program of ``project_dir`` against the cloud and returns the stack's outputs.

    The configuration is that of ``Pulumi.<stack>.yaml``, or ``config`` in the same form (``{"aws:region":
    …, "ecr-batch-updater:pairs": {…}}``). A second deployment updates the first. Raises DeployError.
    """
    directory = Path(project_dir).resolve()
    try:
        project = read_project(directory / PROJECT_FILE)
        if config is None:
            file = read_stack(project, project.directory / f"Pulumi.{stack_name}.yaml")
            texts = texts_of(file, project, stack_name)
        else:
            texts = with_defaults(project, config)
    except (OpsError, ConfigErrors) as error:
        raise DeployError(str(error)) from error

    def program() -> None:
        with contextlib.chdir(directory):
            runpy.run_path(str(directory / "__main__.py"), run_name="__main__")

    return evaluate(cloud, program, project=project.name, stack_name=stack_name, config=texts)


def evaluate(
    cloud: Cloud,
    program: Callable[[], object],
    *,
    project: str = "ecr-batch-updater",
    stack_name: str = "dev",
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Runs a program given as a callable, and returns what it exports.

    ``config`` maps full keys (``aws:region``) to values, as in a stack file. What the program raises comes
    through as it is; DeployError is for what the local cloud does not know.
    """
    region = (config or {}).get("aws:region", cloud.region)
    own = _Mocks(Place(cloud, region, cloud.account))
    previous = settings.get_root_resource()
    collecting = gc.isenabled()
    with _event_loop() as loop:
        try:
            # Each run has a root of its own, and set_mocks makes one unless another stands.
            settings.set_root_resource(None)  # type: ignore[arg-type]
            monitor = _Monitor(own)
            pulumi.runtime.set_mocks(own, project=project, stack=stack_name, monitor=monitor)
            settings.set_root_resource(None)  # type: ignore[arg-type]
            _forget_tasks()
            pulumi.runtime.set_all_config({key: _text(value) for key, value in (config or {}).items()})

            def run() -> None:
                program()

            loop.run_until_complete(stack.run_in_stack(run))
        except UnknownResource as error:
            raise DeployError(str(error)) from error
        finally:
            settings.set_root_resource(previous)  # type: ignore[arg-type]
            _forget_tasks()
            # A program may stop the collector, since its process ends with it. This one goes on.
            if collecting:
                gc.enable()
    return monitor.exports


def _forget_tasks() -> None:
    """A run that failed leaves its unfinished tasks behind, and they belong to its own loop."""
    settings.SETTINGS.rpc_manager.clear()
    settings.SETTINGS.outputs.clear()


@contextlib.contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)


@contextlib.contextmanager
def _loop_of_thread() -> Iterator[None]:
    """Pulumi's mocks need a loop in each thread that they run in, and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Mocks(mocks.Mocks):
    """The provider: ``place`` is that of the stack's configuration."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._providers: dict[str, Place] = {}
        # The monitor says of which resource it asks, in the thread that asks: Pulumi's mocks know no URN.
        self.asked = threading.local()

    def call(self, args: mocks.MockCallArgs) -> Answer:  # type: ignore[override]
        return look_up(self._place_of(args.provider, args.args), args.token, args.args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:providers:aws":
            self._providers[self.asked.urn] = self._place_of("", args.inputs)
        if (not args.custom and not args.resource_id) or args.typ.startswith("pulumi:providers:"):
            return args.name, dict(args.inputs)
        place = self._place_of(args.provider, args.inputs)
        try:
            kind = _kind(args.typ)
            if args.resource_id:
                state = _read(kind, place, args.resource_id)
            else:
                state = _stand(kind, place, self.asked.urn, args.name, args.inputs)
        except UnknownResource as error:
            raise UnknownResource(f"{args.typ} {args.name}: {error}") from error
        return state.id, dict(state.properties)

    def _place_of(self, provider: str | None, inputs: Mapping[str, Any]) -> Place:
        """``provider`` is a reference, its URN and its id; what it makes can name a region of its own."""
        place = self._providers.get((provider or "").rpartition("::")[0], self._place)
        return replace(place, region=inputs.get("region") or place.region)


def _kind(token: str) -> Kind:
    if token not in KINDS:
        raise UnknownResource("a type that the local cloud does not know")
    return KINDS[token]


def _read(kind: Kind, place: Place, identity: str) -> State:
    """What ``JobDefinition.get`` and its kind find under an id."""
    state = kind.read(place, identity)
    if state is None:
        raise UnknownResource(f"there is none with the id {identity}")
    return state


def _stand(kind: Kind, place: Place, urn: str, name: str, inputs: Mapping[str, Any]) -> State:
    """Creates the resource, or brings the one that was deployed before to what the program says now."""
    wanted = Inputs({kind.named: physical_name(name, name), **inputs} if kind.named else inputs)
    before = place.cloud.deployed.get(urn)
    stands = kind.read(place, before.state.id, before.state.properties) if before is not None else None
    if before is not None and _is_another(kind, before, place, wanted):
        kind.delete(place, before.state)
        stands = None
    state = kind.create(place, wanted) if stands is None else kind.update(place, stands, wanted)
    place.cloud.deployed[urn] = Deployed(wanted.all(), state)
    return state


def _is_another(kind: Kind, before: Deployed, place: Place, wanted: Inputs) -> bool:
    region = before.state.properties.get("region", place.region)
    if region != place.region:
        raise UnknownResource(f"it stands in {region}; only the engine can move it")
    return any(before.inputs.get(key) != wanted.all().get(key) for key in kind.fixed)


class _Monitor(mocks.MockMonitor):
    def __init__(self, own: _Mocks) -> None:
        super().__init__(own)
        self._own = own
        self.exports: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        with _loop_of_thread():
            self._own.asked.urn = self.make_urn(request.parent, request.type, request.name)
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        with _loop_of_thread():
            return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        with _loop_of_thread():
            return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.exports |= pulumi.runtime.rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
