"""Runs a Pulumi program, unmodified, with the local cloud in place of the engine and the AWS provider."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import runpy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, settings, stack

from components.problems import ConfigErrors
from local.inputs import UnknownResource
from local.lookups import Answer, look_up
from local.resources import create, read
from ops.errors import OpsError
from ops.pulumi_files.project import PROJECT_FILE, read_project
from ops.pulumi_files.stack import read_stack, with_defaults
from ops.stack import texts_of

if TYPE_CHECKING:
    from local.cloud import Cloud


class DeployError(Exception):
    """The program cannot be deployed to the local cloud."""


def deploy_program(
    cloud: Cloud, project_dir: Path, stack_name: str, config: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Runs ``__main__.py`` of ``project_dir``; see Cloud.deploy."""
    directory = project_dir.resolve()
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
    if region != cloud.region:
        raise DeployError(
            f"the stack {stack_name} is for {region}, this cloud for {cloud.region}; "
            f"start the cloud with the region {region}"
        )
    own = _Mocks(cloud)
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
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, args: mocks.MockCallArgs) -> Answer:  # type: ignore[override]
        return look_up(self._cloud, args.token, args.args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.resource_id:
            return read(self._cloud, args.typ, args.resource_id)
        if not args.custom or args.typ.startswith("pulumi:providers:"):
            return args.name, dict(args.inputs)
        return create(self._cloud, args.typ, args.name, args.inputs)


class _Monitor(mocks.MockMonitor):
    def __init__(self, own: _Mocks) -> None:
        super().__init__(own)
        self.exports: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        with _loop_of_thread():
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
