"""Evaluates Pulumi programs without an engine and records what they register.

Strict: a resource type or a call that is not listed here is an error, and so is a program that
registers nothing.

Long because the mocks, the monitor and the record of one evaluation lean on each other.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import runpy
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, settings, stack

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
COMPONENT = "ecr-batch-updater:index:BatchImageUpdater"

# Resource type -> the property that holds its physical name, and whether AWS tags it.
TYPES: Mapping[str, tuple[str | None, bool]] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": (None, True),
    "aws:batch/jobDefinition:JobDefinition": ("name", True),
    "aws:batch/jobQueue:JobQueue": ("name", True),
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": ("configurationName", True),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName", False),
    "aws:cloudwatch/eventRule:EventRule": ("name", True),
    "aws:cloudwatch/eventTarget:EventTarget": (None, False),
    "aws:cloudwatch/logGroup:LogGroup": ("name", True),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", True),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (None, False),
    "aws:ecr/repository:Repository": ("name", True),
    "aws:iam/role:Role": (None, True),
    "aws:iam/rolePolicy:RolePolicy": ("name", False),
    "aws:lambda/function:Function": ("name", True),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (None, False),
    "aws:lambda/permission:Permission": (None, False),
    "aws:sns/topic:Topic": ("name", True),
    "aws:sns/topicPolicy:TopicPolicy": (None, False),
    "aws:sns/topicSubscription:TopicSubscription": (None, False),
    "aws:sqs/queue:Queue": ("name", True),
    "aws:sqs/queuePolicy:QueuePolicy": (None, False),
}


@dataclass(frozen=True)
class Place:
    """What the lookups answer."""

    region: str = "ap-southeast-2"
    partition: str = "aws"
    job_definitions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Name -> the newest ACTIVE revision, as the provider reads it as a resource."""
    refusal: str = ""
    """What the provider says instead of looking a job definition up."""
    asked: bool = True
    """Whether the provider can be asked: not in a preview where its own configuration is not known yet."""


@dataclass(frozen=True)
class Registered:
    """One resource as it reached the engine."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    parent: str
    protect: bool
    depends_on: tuple[str, ...]
    provider: str
    deleted_first: bool
    """Whether the resource is deleted before its replacement is made."""
    secret_outputs: frozenset[str]
    """The outputs that are secret whatever the provider says."""
    sent: Mapping[str, Any]
    """The inputs as they are on the wire: ``inputs`` takes a map for secret when an item of it is."""

    @property
    def short(self) -> str:
        """The last part of the type, such as ``EventRule``."""
        return self.type.rpartition(":")[2]

    def document(self, key: str) -> Any:
        """An input that holds JSON."""
        return json.loads(self.inputs[key])


@dataclass(frozen=True)
class Read:
    """One resource that stood already and was read."""

    type: str
    id: str
    provider: str
    secret_outputs: frozenset[str]


@dataclass
class Recording:
    """Everything that one evaluation registered."""

    resources: list[Registered] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)
    invokes: list[tuple[str, str]] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    outputs: list[Mapping[str, Any]] = field(default_factory=list)
    """What each component, and the stack, gave as its outputs, as it is on the wire."""

    def all(self, short: str) -> list[Registered]:
        """The resources of a type, by the last part of its name."""
        return [resource for resource in self.resources if resource.short == short]

    def one(self, short: str) -> Registered:
        """The only resource of a type."""
        found = self.all(short)
        assert len(found) == 1, f"{len(found)} resources of type {short}"
        return found[0]

    def by_urn(self) -> dict[str, Registered]:
        """Every resource by type and name, which identify it under the mocks."""
        return {f"{resource.type}::{resource.name}": resource for resource in self.resources}


class _Mocks(mocks.Mocks):
    def __init__(self, place: Place, recording: Recording, containers: Collection[str]) -> None:
        self.place = place
        self.containers = {COMPONENT, *containers}
        self.recording = recording

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.recording.invokes.append((args.token, args.provider))
        place = self.place
        if not place.asked:
            return {}
        match args.token:
            case "aws:index/getPartition:getPartition":
                return {"partition": place.partition, "id": place.partition}
            case "aws:index/getRegion:getRegion":
                return {"region": place.region, "id": place.region}
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return {"accountId": ACCOUNT, "id": ACCOUNT}
            case "aws:ec2/getVpc:getVpc":
                return {"id": "vpc-1"}
            case "aws:ec2/getSubnets:getSubnets":
                return {"ids": ["subnet-1", "subnet-2"]}
            case "aws:ec2/getSecurityGroup:getSecurityGroup":
                return {"id": "sg-1"}
            case "aws:batch/getJobDefinition:getJobDefinition":
                return self._job_definition(args.args["name"])
        raise AssertionError(f"unknown call {args.token}")

    def _job_definition(self, name: str) -> Any:
        if self.place.refusal:
            return {}, [("", self.place.refusal)]
        if name not in self.place.job_definitions:
            return {}, [("", f"reading Batch Job Definitions ({name}/ACTIVE): empty result")]
        return {"arn": f"{self._definition_arn(name)}:7", "revision": 7}

    def _definition_arn(self, name: str) -> str:
        return f"arn:{self.place.partition}:batch:{self.place.region}:{ACCOUNT}:job-definition/{name}"

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.resource_id:
            name = args.resource_id.rpartition("/")[2].removesuffix(":7")
            return args.resource_id, dict(self.place.job_definitions[name])
        if args.typ in self.containers or args.typ.startswith("pulumi:providers:"):
            return args.name, dict(args.inputs)
        assert args.typ in TYPES, f"unknown resource type {args.typ}"
        key = TYPES[args.typ][0]
        name = args.inputs.get(key, "") if key else f"{args.name}-0123abc"
        assert name, f"{args.name} has no {key}"
        return name, {**args.inputs, **self._computed(args.typ, name)}

    def _computed(self, kind: str, name: str) -> dict[str, Any]:
        short = kind.rpartition(":")[2]
        resource = {
            "EventRule": ("events", f"rule/{name}"),
            "LogGroup": ("logs", f"log-group:{name}"),
            "Function": ("lambda", f"function:{name}"),
            "Queue": ("sqs", name),
            "Topic": ("sns", name),
            "MetricAlarm": ("cloudwatch", f"alarm:{name}"),
            "ComputeEnvironment": ("batch", f"compute-environment/{name}"),
            "JobDefinition": ("batch", f"job-definition/{name}:8"),
            "JobQueue": ("batch", f"job-queue/{name}"),
            "Repository": ("ecr", f"repository/{name}"),
        }.get(short)
        place = self.place
        computed: dict[str, Any] = {}
        if resource:
            service, path = resource
            computed["arn"] = f"arn:{place.partition}:{service}:{place.region}:{ACCOUNT}:{path}"
        if short == "Role":
            computed |= {"arn": f"arn:{place.partition}:iam::{ACCOUNT}:role/{name}", "name": name}
        if short == "JobDefinition":
            computed["arnPrefix"] = self._definition_arn(name)
        if short == "Repository":
            computed["repositoryUrl"] = f"{ACCOUNT}.dkr.ecr.{place.region}.amazonaws.com/{name}"
        if short == "Queue":
            computed["url"] = f"https://sqs.{place.region}.amazonaws.com/{ACCOUNT}/{name}"
        return computed


class _Monitor(mocks.MockMonitor):
    """Keeps what the mocks are not told: parent, protection, dependencies."""

    def __init__(self, own: _Mocks) -> None:
        super().__init__(own)
        self.recording = own.recording
        self.loops: list[asyncio.AbstractEventLoop] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        self._give_this_thread_a_loop()
        return super().Invoke(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        self._give_this_thread_a_loop()
        outputs = frozenset(request.additionalSecretOutputs)
        self.recording.reads.append(Read(request.type, request.id, request.provider, outputs))
        return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def _give_this_thread_a_loop(self) -> None:
        """Pulumi's mocks need one in each worker thread; theirs would never be closed."""
        try:
            asyncio.get_event_loop()
        except RuntimeError:
            self.loops.append(asyncio.new_event_loop())
            asyncio.set_event_loop(self.loops[-1])

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self._give_this_thread_a_loop()
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self.recording.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    inputs=pulumi.runtime.rpc.deserialize_properties(request.object),
                    parent=request.parent,
                    protect=request.protect,
                    depends_on=tuple(sorted(request.dependencies)),
                    provider=request.provider or dict(request.providers).get("aws", ""),
                    deleted_first=request.deleteBeforeReplace,
                    secret_outputs=frozenset(request.additionalSecretOutputs),
                    sent=json_format.MessageToDict(request.object),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        self.recording.outputs.append(json_format.MessageToDict(request.outputs))
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.recording.exports |= pulumi.runtime.rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def evaluate(
    program: Callable[[], Any],
    *,
    project: str = "ecr-batch-updater",
    stack_name: str = "dev",
    place: Place | None = None,
    config: Mapping[str, Any] | None = None,
    recording: Recording | None = None,
    containers: Collection[str] = (),
    secret_keys: Collection[str] = (),
    preview: bool = False,
) -> Recording:
    """Runs ``program`` as Pulumi would and returns what it registered; errors are raised as they are.

    ``config`` maps full keys to values, as in a stack file. A ``recording`` that is passed in can be
    looked at after an error. ``containers`` are the types of the program's own components. ``secret_keys``
    are the full keys that hold something encrypted.
    """
    seen = recording if recording is not None else Recording()
    own = _Mocks(place or Place(), seen, containers)
    monitor = _Monitor(own)
    texts = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()
    }

    def run() -> None:
        program()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(own, project=project, stack=stack_name, preview=preview, monitor=monitor)
        pulumi.runtime.set_all_config(texts, list(secret_keys))
        # set_mocks made a root; the program gets one of its own, whose outputs are its exports.
        settings.set_root_resource(None)  # type: ignore[arg-type]
        with _growing():
            loop.run_until_complete(stack.run_in_stack(run))
    finally:
        settings.set_root_resource(None)  # type: ignore[arg-type]
        loop.run_until_complete(_drain())
        # What failed stays in Pulumi's own lists, where the next evaluation would wait for it.
        settings.SETTINGS.outputs.clear()
        settings.SETTINGS.rpc_manager.clear()
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        for each in (loop, *monitor.loops):
            each.close()
    assert seen.resources, "the program registered nothing"
    return seen


@contextmanager
def monitor_of(recording: Recording) -> Iterator[mocks.MockMonitor]:
    """The recorder's side of the engine alone, for whoever serves it to a program in another process."""
    monitor = _Monitor(_Mocks(Place(), recording, ()))
    try:
        yield monitor
    finally:
        for loop in monitor.loops:
            loop.close()


def in_the_clear(recording: Recording) -> str:
    """All that the state would hold unencrypted, but for names and ids, as one text."""
    return json.dumps(_without_secrets([*(each.sent for each in recording.resources), *recording.outputs]))


def _without_secrets(value: Any) -> Any:
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return None
    if isinstance(value, Mapping):
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


@contextmanager
def _growing() -> Iterator[None]:
    """Without garbage collection, which would look again and again at all that an evaluation keeps."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


async def _drain() -> None:
    """Waits for what an error left unfinished, so that no later test meets it."""
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*rest, return_exceptions=True)


def evaluate_main(config: Mapping[str, Any], **options: Any) -> Recording:
    """Runs ``__main__.py`` with a stack's configuration."""
    return evaluate(lambda: runpy.run_path(str(ROOT / "__main__.py")), config=config, **options)


def comparable(recording: Recording) -> dict[str, Any]:
    """Every resource's inputs by type and name, archives as the SHA-256 of each file in them."""
    return {key: _plain(dict(resource.inputs)) for key, resource in sorted(recording.by_urn().items())}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, pulumi.AssetArchive):
        return {name: _plain(asset) for name, asset in sorted(value.assets.items())}
    if isinstance(value, pulumi.FileAsset):
        return [value.path, hashlib.sha256(Path(value.path).read_bytes()).hexdigest()]
    assert value is None or isinstance(value, bool | int | float | str), f"not comparable: {value!r}"
    return value
