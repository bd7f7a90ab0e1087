"""Every resource type of the local cloud through its whole life, by a table: a type without a row fails."""

from __future__ import annotations

import importlib
import inspect
import io
import json
import urllib.request
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.functions.archive import zip_of
from local.inputs import Inputs, UnknownResource
from local.provider.documents import same_document
from local.provider.kind import Kind, Place, Properties, State
from local.provider.kinds import KINDS
from tests.cloud.kind_rows import PATTERNS, ROWS
from tests.cloud.kinds import ACCOUNT, ROLE, Row, code, make

KIND_ROWS = [pytest.param(KINDS[token], row, id=token.rpartition(":")[2]) for token, row in ROWS.items()]
CHANGES = [
    pytest.param(KINDS[token], row, key, value, id=f"{token.rpartition(':')[2]}-{key}-{number}")
    for token, row in ROWS.items()
    for key, values in row.changes.items()
    for number, value in enumerate(values)
]
every_kind = pytest.mark.parametrize(("kind", "row"), KIND_ROWS)


def told(kind: Kind, state: State | None, *, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The properties, but for those that no API gives back."""
    assert state is not None
    return {key: value for key, value in state.properties.items() if key not in hidden}


def assert_same(kind: Kind, one: Properties, other: Properties) -> None:
    """Equal, a document by what it says."""
    assert sorted(one) == sorted(other)
    for key, value in one.items():
        assert value == other[key] or (key in kind.documents and same_document(value, other[key])), key


def test_every_type_has_a_row() -> None:
    assert sorted(ROWS) == sorted(KINDS)


@every_kind
def test_what_was_made_is_what_aws_tells_in_the_spelling_of_the_state(
    place: Place, kind: Kind, row: Row
) -> None:
    state = row.made(kind, place)
    assert told(kind, kind.read(place, state.id, state.properties)) == state.properties


@every_kind
def test_an_update_to_what_stands_changes_nothing(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    inputs = row.inputs(place)
    assert kind.renewed(state.properties, inputs.all()) == frozenset()
    updated = kind.update(place, state, inputs)
    assert updated.id == state.id
    assert told(kind, updated, hidden=row.hidden) == told(kind, state, hidden=row.hidden)


@every_kind
def test_an_import_by_the_id_of_a_state_finds_it_as_well(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    imported = kind.read(place, state.id)
    assert imported is not None
    assert_same(kind, imported.properties, told(kind, state, hidden=row.hidden))


@every_kind
def test_a_state_holds_properties_of_the_type_as_the_wire_takes_them(
    place: Place, kind: Kind, row: Row
) -> None:
    state = row.made(kind, place)
    assert set(state.properties) <= set(_properties_of(kind.token, "_{}State"))
    json.dumps({key: value for key, value in state.properties.items() if key != "code"})


@every_kind
def test_an_import_finds_it_and_gives_it_the_id_of_a_state(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    imported = kind.read(place, row.imported(state))
    assert imported is not None
    assert imported.id == state.id
    assert_same(kind, imported.properties, told(kind, state, hidden=row.hidden))


@pytest.mark.parametrize(("kind", "row", "key", "value"), CHANGES)
def test_a_changed_property_is_changed_in_place(
    place: Place, kind: Kind, row: Row, key: str, value: Any
) -> None:
    made = row.made(kind, place)
    present = next((each for each in row.changes[key] if each is not None), None)
    if value is None:
        made = kind.update(place, made, row.inputs(place, {key: _at(place, present)}))
    wanted = _at(place, value)
    state = kind.update(place, made, row.inputs(place, {key: wanted}))
    read = told(kind, kind.read(place, state.id, state.properties))
    assert_same(kind, read, state.properties)
    expected = row.default.get(key) if value is None else wanted
    assert read.get(key) == expected or same_document(read.get(key), expected)
    if key == "tags":
        assert read.get("tagsAll") == expected


def _at(place: Place, value: Any) -> Any:
    return value(place) if callable(value) else value


@every_kind
def test_every_property_that_it_takes_is_fixed_or_is_tried(place: Place, kind: Kind, row: Row) -> None:
    untried = [
        key
        for key in _properties_of(kind.token, "{}Args")
        if key not in row.changes and key not in kind.fixed and key != "region" and key not in row.hidden
    ]
    for key in untried:
        with pytest.raises(UnknownResource, match=key):
            kind.create(place, row.inputs(place, {key: "anything"}))


@every_kind
def test_a_property_that_is_not_known_is_refused_before_anything_is_made(
    place: Place, kind: Kind, row: Row
) -> None:
    row.before(place)
    with pytest.raises(UnknownResource, match="unheardOf"):
        kind.create(place, row.inputs(place, {"unheardOf": True}))
    state = kind.create(place, row.inputs(place))
    with pytest.raises(UnknownResource, match="unheardOf"):
        kind.update(place, state, row.inputs(place, {"unheardOf": True}))


@every_kind
def test_what_is_known_by_its_inputs_alone_can_be_updated_and_deleted(
    place: Place, kind: Kind, row: Row
) -> None:
    """As it is in the state of a create that failed after it had made the resource."""
    made = row.made(kind, place)
    half = State(made.id, row.inputs(place).all())
    updated = kind.update(place, half, row.inputs(place, {key: each[-1] for key, each in _tags(row)}))
    assert updated.id == made.id
    kind.delete(place, half)
    assert kind.read(place, made.id, made.properties) is None


def _tags(row: Row) -> list[tuple[str, tuple[Any, ...]]]:
    return [(key, values) for key, values in row.changes.items() if key == "tags"]


@every_kind
def test_what_was_deleted_is_gone_and_deleting_it_again_succeeds(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    kind.delete(place, state)
    assert kind.read(place, state.id, state.properties) is None
    kind.delete(place, state)


@every_kind
def test_what_never_was_is_gone(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    place.cloud.reset()
    assert kind.read(place, state.id, state.properties) is None
    assert kind.read(place, row.imported(state)) is None
    kind.delete(place, state)


@every_kind
def test_what_others_changed_is_seen(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    if row.drift is None:
        assert not row.changes
        return
    key, drift = row.drift
    drift(place, state)
    read = kind.read(place, state.id, state.properties)
    assert read is not None
    assert read.properties.get(key) != state.properties.get(key)
    # The next update takes it back.
    repaired = kind.update(place, read, row.inputs(place))
    assert repaired.properties.get(key) == state.properties.get(key)


@every_kind
def test_a_second_one_of_the_same_name_is_refused_where_aws_refuses_it(
    place: Place, kind: Kind, row: Row
) -> None:
    state = row.made(kind, place)
    other = _another(place, kind, row)
    if row.taken:
        with pytest.raises(ClientError) as refused:
            kind.create(place, other)
        assert refused.value.response["Error"]["Code"] == row.taken
        assert_same(kind, told(kind, kind.read(place, state.id, state.properties)), state.properties)
    else:
        kind.create(place, other)


def _another(place: Place, kind: Kind, row: Row) -> Inputs:
    """With one property more, or another one: SQS takes a queue that is the same for that queue."""
    changes = {key: values[0] for key, values in row.changes.items() if values and values[0] is not None}
    if "visibilityTimeoutSeconds" in changes:
        return row.inputs(place, {"visibilityTimeoutSeconds": 61})
    return row.inputs(place)


@every_kind
def test_one_of_another_region_is_another_one(place: Place, kind: Kind, row: Row) -> None:
    state = row.made(kind, place)
    elsewhere = Place(place.cloud, "eu-west-1", ACCOUNT)
    seen = kind.read(elsewhere, row.imported(state))
    if row.everywhere:
        assert seen is not None
        return
    assert seen is None
    assert state.properties["region"] == "ap-southeast-2"
    there = row.made(kind, elsewhere)
    assert there.properties["region"] == "eu-west-1"
    kind.delete(elsewhere, there)
    assert kind.read(place, state.id, state.properties) is not None


def _properties_of(token: str, arguments: str) -> list[str]:
    """What a class of pulumi_aws takes, in the words of Pulumi's wire; ``{}`` in its name is the type's."""
    _, path, name = token.split(":")
    service = path.partition("/")[0].replace("lambda", "lambda_")
    module = inspect.getmodule(getattr(importlib.import_module(f"pulumi_aws.{service}"), name))
    names = inspect.signature(vars(module)[arguments.format(name)]).parameters
    return [_camel(each) for each in names]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def test_what_an_update_of_a_function_renews_is_known_beforehand() -> None:
    kind = KINDS["aws:lambda/function:Function"]
    given = {"name": "fn", "role": ROLE, "code": code("a = 1"), "tags": {"team": "ocr"}}
    assert kind.renewed(given, {**given, "tags": {}}) == frozenset()
    assert kind.renewed(given, {**given, "code": code("a = 1")}) == frozenset()
    assert kind.renewed(given, {**given, "timeout": 9}) == {"lastModified"}
    assert kind.renewed(given, {**given, "architectures": ["arm64"]}) == {"lastModified"}
    assert "codeSha256" in kind.renewed(given, {**given, "code": code("a = 2")})


def test_a_function_is_updated_to_the_code_that_the_program_gives(place: Place) -> None:
    row, kind = ROWS["aws:lambda/function:Function"], KINDS["aws:lambda/function:Function"]
    state = row.made(kind, place)
    changed = kind.update(place, state, row.inputs(place, {"code": code("a = 2")}))
    assert changed.properties["codeSha256"] != state.properties["codeSha256"]
    address = place.client("lambda").get_function(FunctionName="fn")["Code"]["Location"]
    with urllib.request.urlopen(address) as answer, zipfile.ZipFile(io.BytesIO(answer.read())) as archive:
        assert archive.read("handler.py") == b"a = 2"
    # What others deployed is put back.
    place.client("lambda").update_function_code(FunctionName="fn", ZipFile=zip_of(code("a = 3")))
    read = kind.read(place, "fn", changed.properties)
    assert read is not None
    repaired = kind.update(place, read, row.inputs(place, {"code": code("a = 2")}))
    assert repaired.properties["codeSha256"] == changed.properties["codeSha256"]


def test_a_permission_is_found_by_its_statement_when_one_function_alone_has_it(place: Place) -> None:
    row, kind = ROWS["aws:lambda/permission:Permission"], KINDS["aws:lambda/permission:Permission"]
    state = row.made(kind, place)
    found = kind.read(place, state.id)
    assert found is not None
    assert found.properties["function"] == "fn"


def test_a_target_of_another_bus_has_the_bus_in_its_id_and_in_that_of_its_rule(place: Place) -> None:
    place.client("events").create_event_bus(Name="own-bus")
    bus = {"eventBusName": "own-bus"}
    rule = make(place, "aws:cloudwatch/eventRule:EventRule", name="rule", eventPattern=PATTERNS[0], **bus)
    target = make(
        place,
        "aws:cloudwatch/eventTarget:EventTarget",
        rule="rule",
        targetId="it",
        arn=place.arn("sqs", "queue"),
        **bus,
    )
    assert (rule.id, target.id) == ("own-bus/rule", "own-bus-rule-it")
    assert rule.properties["arn"] == place.arn("events", "rule/own-bus/rule")
    for kind, state, imported in (
        (KINDS["aws:cloudwatch/eventRule:EventRule"], rule, "own-bus/rule"),
        (KINDS["aws:cloudwatch/eventTarget:EventTarget"], target, "own-bus/rule/it"),
    ):
        for identity in (state.id, imported):
            read = kind.read(place, identity)
            assert read is not None
            assert read.id == state.id
            assert read.properties["eventBusName"] == "own-bus"
