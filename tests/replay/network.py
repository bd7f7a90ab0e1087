"""The network of a scenario: what botocore is about to send is answered by AWS's stand-in, and noted."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from typing import Any

from botocore import httpsession
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tests.replay.aws import ACCOUNT, REGION, REPOSITORY, NoAnswer, World, action_of, definition_of, digest
from tests.replay.clock import CLOCK
from tests.replay.values import TAGS, differences, read, unusual

_made = httpsession.URLLib3Session.__init__
_ADDED_BY_BATCH = ("jobDefinitionArn", "revision", "status", "containerOrchestrationType")
# Where a service is, unless it is the service's name before the region.
_HOSTS = {
    "cloudwatch": f"monitoring.{REGION}.amazonaws.com",
    "ecr": f"api.ecr.{REGION}.amazonaws.com",
    "iam": "iam.amazonaws.com",
    "s3": "layers.example",
}
_ITS_OWN = {"registryId": ACCOUNT, "repositoryName": REPOSITORY}
_ALL_ACTIVE = {"status": "ACTIVE", "maxResults": 100}
# What the record counts and does not show of a registration that brings all of these.
_USUAL_TAGS = {
    f"+tags.{TAGS}{name}": value
    for name, value in {
        "event-id": "push-b",
        "image-digest": digest("b"),
        "image-tag": "latest",
        "previous-revision": "1",
        "updated-at": "2026-01-01T12:00:00+00:00",
    }.items()
}


class Notes:
    """What happened, in order; what happened at the same time, by job definition.

    ``mixed``: what happens at the same time and is about no job definition has no order either.
    """

    def __init__(self, *, mixed: bool = False) -> None:
        self._mixed = mixed
        self._noted: list[tuple[bool, str, Any]] = []
        self._about = threading.local()

    def add(self, what: Any, definition: str | None = None) -> None:
        """``definition`` is what a call is about; a wait is about that of its thread's last call."""
        alone = threading.current_thread() is threading.main_thread()
        if definition is not None:
            self._about.definition = definition
        self._noted.append((alone, getattr(self._about, "definition", ""), what))

    def taken(self) -> list[Any]:
        """Everything since the last time."""
        ordered: list[Any] = []
        together: list[tuple[str, Any]] = []
        for alone, definition, what in [*self._noted, (True, "", None)]:
            if alone:
                ordered += [each for _, each in sorted(together, key=self._place)]
                together = []
                ordered.append(what)
            else:
                together.append((definition, what))
        self._noted.clear()
        return ordered[:-1]

    def _place(self, noted: tuple[str, Any]) -> tuple[str, str]:
        definition, what = noted
        return definition, json.dumps(what) if self._mixed and not definition else ""


class Network:
    """Stands where botocore's HTTP client stands."""

    def __init__(self, world: World, notes: Notes) -> None:
        self._world = world
        self.notes = notes
        self._lock = threading.Lock()
        self._before: dict[str, tuple[str, Any]] = {}

    def install(self) -> None:
        def make(session: Any, *given: Any, **options: Any) -> None:
            _made(session, *given, **options)
            timeout = options.get("timeout")
            session.seconds = timeout[1] if isinstance(timeout, tuple | list) else timeout

        httpsession.URLLib3Session.__init__ = make
        httpsession.URLLib3Session.send = lambda session, request: self.send(session.seconds, request)

    def send(self, seconds: float, request: Any) -> AWSResponse:
        headers = {
            key: value.decode() if isinstance(value, bytes) else str(value)
            for key, value in request.headers.items()
        }
        text = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        action, body = self.asked(request.method, request.url, headers, text)
        definition = definition_of(read(body))
        shown = self.shown(action, read(body))
        host, service = request.url.split("/", 3)[2], action.partition(":")[0]
        if host != _HOSTS.get(service, f"{service}.{REGION}.amazonaws.com"):
            shown = [*shown, f"at {host}"]
        with self._lock:
            try:
                response = self._world.answer(action, definition, body)
            except NoAnswer as error:
                if error.kind == "timeout":
                    self.notes.add([*shown, f"no answer within {seconds:g} s"], definition)
                    CLOCK.seconds += seconds
                    raise ReadTimeoutError(endpoint_url=request.url) from None
                if error.kind == "unreachable":
                    self.notes.add([*shown, "not reached"], definition)
                    raise EndpointConnectionError(endpoint_url=f"https://{host}/") from None
                self.notes.add([*shown, "the connection was lost"], definition)
                raise ConnectionClosedError(endpoint_url=request.url) from None
            except KeyboardInterrupt:
                self.notes.add([*shown, "interrupted"], definition)
                raise
        self.notes.add([*shown, *_told(action, response.status, response.body)], definition)
        return AWSResponse(request.url, response.status, dict(response.headers), _Body(response.body))

    def asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[str, bytes]:
        """The action as IAM names it, and what it is asked with, as JSON."""
        action = action_of(method, url, headers)
        return action, json.dumps(url).encode() if action == "s3:GET" else body

    def shown(self, action: str, body: Any) -> list[Any]:
        """A registration as what it changes; a question as what it is beside the usual one."""
        match action:
            case "batch:RegisterJobDefinition":
                return [action, *self._changes(body)]
            case "batch:DescribeJobDefinitions":
                return [action, unusual(_ALL_ACTIVE, body)]
            case "events:PutEvents":
                return [action, [{**each, "Detail": json.loads(each["Detail"])} for each in body["Entries"]]]
        if isinstance(body, dict) and _ITS_OWN.items() <= body.items():
            return [action, {key: value for key, value in body.items() if key not in _ITS_OWN}]
        return [action, body]

    def _changes(self, body: Any) -> list[Any]:
        """What differs from the revision that the registration says to copy; of a further registration of
        the same copy, what differs from the last one."""
        name, number = body["jobDefinitionName"], body.get("tags", {}).get(f"{TAGS}previous-revision", "")
        if not number.isdecimal():
            return [name, body]
        copied = self._world.revision(name, int(number))
        base = {key: value for key, value in copied.items() if key not in _ADDED_BY_BATCH}
        changes, before = differences(base, body), self._before.get(name)
        self._before[name] = number, changes
        if before and before[0] == number:
            changes = {"as before": name, **differences(before[1], changes)}
        elif _USUAL_TAGS.keys() <= changes.keys():
            changes = unusual(_USUAL_TAGS, changes)
            changes["usual tags"] = len(_USUAL_TAGS.keys() - changes.keys())
        return [f"{name} copied from revision {number}", changes]


class _Body(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self.read()]


def _told(action: str, status: int, body: bytes) -> list[str]:
    """What the record says of an answer: nothing where the scenario says it all."""
    if status != 200:
        return [str(status)]
    if body == b'{"cut off':
        return ["cut off"]
    return [f"revision {json.loads(body).get('revision')}"] if action == "batch:RegisterJobDefinition" else []
