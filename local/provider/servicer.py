"""The provider's side of the engine's protocol, pulumirpc.ResourceProvider: a method for each of its calls.

Requests do not name the provider that they are for. The engine opens a connection of its own for each one
(pulumi/pkg, resource/plugin/provider_plugin.go), so a configuration belongs to the connection it came by.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import TYPE_CHECKING, Any

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.inputs import Inputs, UnknownResource
from local.lookups import FUNCTIONS, look_up
from local.provider import outputs
from local.provider.check import DEFAULTS, Failure, failures, fitting, named
from local.provider.configured import Configured, NotConfigured, configure, problems, region_of
from local.provider.defaults import meant
from local.provider.diff import Rules, plan
from local.provider.errors import ProviderDied, abort_half_made, answered, told
from local.provider.kind import HalfMade, Kind, Place, State
from local.provider.messages import (
    changes_response,
    check_failures,
    check_response,
    diff_response,
    name_of,
    naming_of,
    token_of,
)
from local.provider.package import package
from local.provider.schema import Schema, schema_of
from local.provider.wire import Properties, Secret, comparable, decode, encode, holds, plain, revealed

if TYPE_CHECKING:
    from local.cloud import Cloud

Hook = Callable[[str, str, str], None]
"""Called with "before" or "after", with Create, Update or Delete, and with the resource's URN."""

# What AWS refuses, and what its client refuses to send.
_REFUSALS = (ClientError, BotoCoreError)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Resources of the local cloud, as the engine's provider ``aws``."""

    def __init__(
        self,
        cloud: Cloud,
        kinds: Mapping[str, Kind],
        *,
        effect: Callable[..., str],
        hook: Hook | None = None,
    ) -> None:
        self._cloud = cloud
        self._kinds = kinds
        self._effect = effect
        self._hook = hook
        self._configured: dict[str, Configured] = {}
        self.dead = False

    def alive(self) -> None:
        """Raises ProviderDied once the provider has died."""
        if self.dead:
            raise ProviderDied

    @answered
    def Handshake(self, _request: Any, context: Any) -> Any:
        # A connection that is gone may have left its port, which is its name here, to another.
        self._configured.pop(context.peer(), None)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    @answered
    def Attach(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    @answered
    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()

    @answered
    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=_version())

    @answered
    def GetSchema(self, _request: Any, _context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=package(_version(), self._kinds, FUNCTIONS))

    @answered
    def CheckConfig(self, request: Any, _context: Any) -> Any:
        news = decode(request.news)
        found = [*problems(news, self._cloud.region)]
        inputs = {**news, "region": region_of(news, self._cloud.region)}
        return check_response(inputs, found)

    @answered
    def DiffConfig(self, request: Any, _context: Any) -> Any:
        olds, news = revealed(decode(request.old_inputs)), revealed(decode(request.news))
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        # Another region: the real provider has all of its resources made anew there.
        return changes_response(
            {key: "UPDATE_REPLACE" if key == "region" and key in olds else "UPDATE" for key in changed}
        )

    @answered
    def Configure(self, request: Any, context: Any) -> Any:
        self._configured[context.peer()] = configure(self._cloud, decode(request.args))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answered
    def Check(self, request: Any, _context: Any) -> Any:
        kind, schema = self._kind(request.urn)
        news, olds = decode(request.news), revealed(decode(request.olds))
        name = name_of(request.urn)
        found = sorted(failures(schema.inputs, news, name), key=lambda each: each.property)
        if found:
            return check_response(news, found)
        naming = naming_of(request)
        inputs = named(fitting(schema.inputs, news), olds, key=self._named(kind), logical=name, naming=naming)
        if naming.mode == "disable" and kind.named and kind.named not in inputs:
            found = [Failure(kind.named, "automatic naming is disabled but no explicit name was provided")]
        return check_response(inputs, found)

    @answered
    def Diff(self, request: Any, context: Any) -> Any:
        kind, schema = self._kind(request.urn)
        state = decode(request.olds)
        news = {**meant(kind.token, state), **decode(request.news)}
        if "region" in state:
            news.setdefault("region", self._instance(context).region)
        found = plan(
            Rules(schema.inputs, functools.partial(self._effect, kind.token), kind.same, self._named(kind)),
            old_inputs=decode(request.old_inputs),
            state=state,
            news=news,
            ignored=request.ignoreChanges,
        )
        return diff_response(found)

    @answered
    def Create(self, request: Any, context: Any) -> Any:
        kind, schema = self._kind(request.urn)
        news = decode(request.properties)
        place = self._place(context, news)
        if request.preview:
            expected = outputs.expected_of_create(schema, news, place.region)
            return provider_pb2.CreateResponse(properties=encode(expected))
        with self._acting("Create", request.urn):
            try:
                state = kind.create(place, _inputs(news))
            except _REFUSALS as error:
                reason = told(error, "creating", request.urn)
                if isinstance(error, HalfMade):
                    now = _now(kind, place, error.state) or error.state
                    abort_half_made(
                        context, error.state.id, _settled(kind, now.properties, news, place), reason
                    )
                context.abort(grpc.StatusCode.UNKNOWN, reason)
        found = _settled(kind, state.properties, news, place)
        return provider_pb2.CreateResponse(id=state.id, properties=encode(found))

    @answered
    def Read(self, request: Any, context: Any) -> Any:
        kind, schema = self._kind(request.urn)
        old, olds = decode(request.inputs), decode(request.properties)
        place = self._place(context, olds or old)
        try:
            state = kind.read(place, request.id, plain(olds))
        except _REFUSALS as error:
            context.abort(grpc.StatusCode.UNKNOWN, told(error, "reading", request.urn))
        if state is None:
            return provider_pb2.ReadResponse()
        given = {**olds, **old}
        found = _settled(kind, state.properties, given, place)
        if not olds:
            inputs = outputs.imported_inputs(schema, found)
            return provider_pb2.ReadResponse(id=state.id, properties=encode(found), inputs=encode(inputs))
        inputs = outputs.refreshed_inputs(schema, old, found)
        return provider_pb2.ReadResponse(id=request.id, properties=encode(found), inputs=encode(inputs))

    @answered
    def Update(self, request: Any, context: Any) -> Any:
        kind, schema = self._kind(request.urn)
        old, news, olds = decode(request.old_inputs), decode(request.news), decode(request.olds)
        if request.preview:
            renewed = kind.renewed(*comparable(olds, news))
            expected = outputs.expected_of_update(
                schema, state=olds, old_inputs=old, news=news, renewed=renewed
            )
            return provider_pb2.UpdateResponse(properties=encode(expected))
        place, before = self._place(context, olds), State(request.id, plain(olds))
        with self._acting("Update", request.urn):
            try:
                state = kind.update(place, before, _inputs(news))
            except _REFUSALS as error:
                reason = told(error, "updating", request.urn)
                # Several calls make an update: what they have changed is what AWS has now.
                now = _now(kind, place, before)
                if now is not None:
                    found = _settled(kind, now.properties, {**olds, **old}, place)
                    abort_half_made(context, request.id, found, reason)
                context.abort(grpc.StatusCode.UNKNOWN, reason)
        found = _settled(kind, state.properties, news, place)
        return provider_pb2.UpdateResponse(properties=encode(found))

    @answered
    def Delete(self, request: Any, context: Any) -> Any:
        kind, _ = self._kind(request.urn)
        olds = decode(request.properties)
        place = self._place(context, olds)
        with self._acting("Delete", request.urn):
            try:
                kind.delete(place, State(request.id, plain(olds)))
            except _REFUSALS as error:
                context.abort(grpc.StatusCode.UNKNOWN, told(error, "deleting", request.urn))
        return empty_pb2.Empty()

    @answered
    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = decode(request.args)
        try:
            answer = look_up(self._place(context, arguments), request.tok, revealed(arguments))
        except _REFUSALS as error:
            return provider_pb2.InvokeResponse(failures=check_failures([Failure("", str(error))]))
        found, refused = answer if isinstance(answer, tuple) else (answer, [])
        if holds(arguments, Secret):
            found = {key: Secret(value) for key, value in found.items()}
        return provider_pb2.InvokeResponse(
            **{"return": encode(found)}, failures=check_failures([Failure(*each) for each in refused])
        )

    @contextmanager
    def _acting(self, method: str, urn: str) -> Iterator[None]:
        for phase in ("before", "after"):
            if self._hook is not None:
                self._hook(phase, method, urn)
            self.alive()
            if phase == "before":
                yield

    def _kind(self, urn: str) -> tuple[Kind, Schema]:
        token = token_of(urn)
        kind = self._kinds.get(token)
        if kind is None:
            raise UnknownResource(f"{name_of(urn)} is of type {token}, which the local cloud does not know")
        return kind, schema_of(token)

    def _named(self, kind: Kind) -> str:
        """The name that Pulumi makes; one that AWS requires is the program's own."""
        return "" if kind.named in schema_of(kind.token).inputs.required else kind.named

    def _instance(self, context: Any) -> Configured:
        found = self._configured.get(context.peer())
        if found is None:
            raise NotConfigured("this connection has brought no configuration; run the command again")
        return found

    def _place(self, context: Any, values: Properties) -> Place:
        configured, own = self._instance(context), revealed(values).get("region")
        return Place(self._cloud, own or configured.region, configured.account)


def _version() -> str:
    return metadata.version("pulumi-aws")


def _inputs(news: Properties) -> Inputs:
    return Inputs({key: value for key, value in plain(news).items() if key not in (DEFAULTS, "region")})


def _now(kind: Kind, place: Place, state: State) -> State | None:
    """What AWS has of a resource after a refusal; None when it is gone, or AWS does not tell."""
    try:
        return kind.read(place, state.id, state.properties)
    except _REFUSALS:
        return None


def _settled(kind: Kind, properties: Properties, given: Properties, place: Place) -> dict[str, Any]:
    schema = schema_of(kind.token)
    return outputs.settled(schema, properties, given, region=place.region, same=kind.same)
