"""What is sent on the wire equals the revision that was described, but for images and provenance tags.

Definitions are made from botocore's own model of RegisterJobDefinition, with keys that no model knows
at every depth; the bytes come from a real client.
"""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handler.batch import Batch
from handler.ecr import Ecr
from handler.errors import MalformedAnswer
from handler.provenance import PREFIX
from handler.raw import dumps, loads
from handler.update import Services, update
from tests.support.wire import Wire
from tests.support.world import REPOSITORY, Answer, Clients, Request, World, digest, still_clock, task

OURS = [
    f"{host}/team/app{suffix}"
    for host in (
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com",
        "123456789012.dkr-ecr.eu-west-1.on.aws",
    )
    for suffix in ("", ":v1", f"@{digest('a')}", f":v1@{digest('a')}", f"@{digest('b')}")
]
ELSEWHERE = [
    "busybox",
    "public.ecr.aws/team/app:v1",
    "docker.io/team/app",
    f"{REPOSITORY.uri}2:v1",
    f"{REPOSITORY.uri}/sub",
    "999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1",
]
# As they would stand in a later service's answer: the forms of numbers are part of what must come back.
UNKNOWN = [
    "null",
    "[]",
    "{}",
    "1.10",
    "1e3",
    "-0.0",
    "12345678901234567890",
    '"text"',
    '{"a":[null,{"b":1.50}]}',
]
MODEL = (
    botocore.session.Session().get_service_model("batch").operation_model("RegisterJobDefinition").input_shape
)
# The members that the test itself decides on.
DECIDED = {"jobDefinitionName", "type", "tags"}
IMAGES = st.sampled_from(OURS + ELSEWHERE)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "text", "é ☃", "Ref::x"]),
    "integer": st.integers(-(2**31), 2**31),
    "long": st.integers(-(2**60), 2**60),
    "boolean": st.booleans(),
    "float": st.sampled_from([0.5, 1.0]),
}


def value_of(shape: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Values of a shape of the model; any of them may be null where the service returns it so."""
    if shape.type_name == "structure":
        members = {key: value_of(member, key) for key, member in shape.members.items() if key not in DECIDED}
        unknown = st.sampled_from(UNKNOWN).map(loads)
        return st.fixed_dictionaries({}, optional={**members, "zzUnknown": unknown})
    if shape.type_name == "list":
        return st.lists(value_of(shape.member, name), max_size=2)
    if shape.type_name == "map":
        return st.dictionaries(st.sampled_from(["a", "b"]), value_of(shape.value), max_size=2)
    return IMAGES if name == "image" else SCALARS[shape.type_name]


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A job definition as it would be described, with at least one image of the repository."""
    document: dict[str, Any] = {
        "jobDefinitionName": "job",
        "type": draw(st.sampled_from(["container", "multinode"])),
    }
    document |= draw(value_of(MODEL))
    if not any(image in OURS for image in images(document)):
        container = document.get("containerProperties") or {}
        document["containerProperties"] = {**container, "image": draw(st.sampled_from(OURS))}
    if draw(st.booleans()):
        document["tags"] = draw(st.dictionaries(st.sampled_from(["team", "aws:x", "é"]), st.just("v")))
    return document


def images(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["image"]] if isinstance(value.get("image"), str) else []
        return own + [image for item in value.values() for image in images(item)]
    return [image for item in value for image in images(item)] if isinstance(value, list) else []


def with_new_images(value: Any) -> Any:
    """The oracle, which knows nothing of shapes: the new image wherever one of the repository stands."""
    if isinstance(value, dict):
        return {
            key: f"{item.partition('/')[0]}/team/app@{digest('b')}"
            if key == "image" and item in OURS
            else with_new_images(item)
            for key, item in value.items()
        }
    return [with_new_images(item) for item in value] if isinstance(value, list) else value


def exact(text: bytes | str) -> Any:
    """JSON with numbers as they are written."""
    return json.loads(
        text, parse_float=lambda number: ("number", number), parse_int=lambda number: ("number", number)
    )


def run(document: dict[str, Any], wire: Wire) -> list[bytes]:
    """One run of the updater over the definition; the registrations that were sent."""
    added = {
        "jobDefinitionArn": "arn",
        "revision": 1,
        "status": "ACTIVE",
        "containerOrchestrationType": "ECS",
    }
    wire.described = [dumps({"jobDefinitions": [{**document, **added}]}).encode()]
    wire.sent.clear()
    wire.asked.clear()
    world = World().with_tag("latest", "b")

    def ask(request: Request) -> Answer:
        return world.answer(request)[1]

    clock = still_clock()
    batch = Batch(reader=wire.client, writer=wire.client, clock=clock)
    result = update(task(), Services(batch=batch, ecr=Ecr(Clients(ask), REPOSITORY), clock=clock))
    assert not result.failures, result.failures
    return wire.sent


def check(document: dict[str, Any], wire: Wire) -> None:
    expected = with_new_images(exact(dumps(document)))
    expected["tags"] = {
        key: tag for key, tag in (document.get("tags") or {}).items() if not key.startswith("aws:")
    }
    sent = run(document, wire)
    if images(with_new_images(document)) == images(document):
        assert sent == []
        return
    (body,) = sent
    found = exact(body)
    found["tags"] = {key: tag for key, tag in found["tags"].items() if not key.startswith(PREFIX)}
    assert found == expected


NOW = Wire()
# Members that an SDK of some months ago, or of years ago, has not heard of.
OLDER = Wire(
    forgotten=(
        ("RegisterJobDefinitionRequest", "ecsProperties"),
        ("RegisterJobDefinitionRequest", "eksProperties"),
        ("RegisterJobDefinitionRequest", "retryStrategy"),
        ("RegisterJobDefinitionRequest", "consumableResourceProperties"),
        ("JobDefinition", "ecsProperties"),
        ("JobDefinition", "eksProperties"),
        ("JobDefinition", "retryStrategy"),
        ("JobDefinition", "consumableResourceProperties"),
        ("ContainerProperties", "secrets"),
        ("ContainerProperties", "ephemeralStorage"),
        ("NodeRangeProperty", "ecsProperties"),
    )
)
THOROUGH = settings(
    max_examples=20 * settings().max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)


@THOROUGH
@given(definitions())
@example(
    {"jobDefinitionName": "job", "type": "container", "containerProperties": {"image": OURS[0], "zz": None}}
)
def test_every_field_is_sent_as_it_was_described(document: dict[str, Any]) -> None:
    check(document, NOW)


@settings(THOROUGH, max_examples=3 * settings().max_examples)
@given(definitions())
def test_an_sdk_older_than_the_definition_loses_nothing(document: dict[str, Any]) -> None:
    check(document, OLDER)


def test_the_older_sdk_would_have_lost_fields_without_the_raw_documents() -> None:
    member = OLDER.client.meta.service_model.shape_for("JobDefinition").members
    assert "ecsProperties" not in member


def test_every_page_is_read_also_an_empty_one_and_other_definitions_are_passed_over() -> None:
    wire = Wire()

    def page(token: str | None, *revisions: tuple[str, int]) -> bytes:
        found = [
            {
                "jobDefinitionName": name,
                "type": "container",
                "revision": number,
                "status": "ACTIVE",
                "containerProperties": {"image": OURS[1], "command": [str(number)]},
            }
            for name, number in revisions
        ]
        return json.dumps({"jobDefinitions": found, "nextToken": token}).encode()

    wire.described = [
        page("1", *(("job", number) for number in range(1, 101))),
        page("2"),
        page("3", ("job-2", 900), ("job", 350), ("other", 999)),
        page(None, *(("job", number) for number in range(101, 200))),
    ]
    newest = max(
        Batch(reader=wire.client, writer=wire.client, clock=still_clock()).active_revisions("job"),
        key=lambda r: r.number,
    )
    assert (newest.number, len(wire.asked)) == (350, 4)
    assert [json.loads(body).get("nextToken") for body in wire.asked] == [None, "1", "2", "3"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"<html>", b'{"jobDefinitions": 3}', b'{"jobDefinitions": [3]}']
)
def test_an_answer_that_cannot_be_read_is_an_error_and_never_an_empty_list(body: bytes) -> None:
    wire = Wire()
    wire.described = [body]
    with pytest.raises(MalformedAnswer):
        Batch(reader=wire.client, writer=wire.client, clock=still_clock()).active_revisions("job")
