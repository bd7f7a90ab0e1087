"""The properties of a resource: in a preview, after AWS's answer, when refreshed, when imported."""

from __future__ import annotations

from typing import Any

import pulumi

from local.provider.kinds import KINDS
from local.provider.outputs import (
    expected_of_create,
    expected_of_update,
    imported_inputs,
    refreshed_inputs,
    settled,
)
from local.provider.schema import schema_of
from local.provider.wire import UNKNOWN, Blob, Secret

QUEUE = schema_of("aws:sqs/queue:Queue")
FUNCTION = schema_of("aws:lambda/function:Function")
INPUTS = {"name": "q", "tags": {"a": "1"}, "__defaults": ["name"]}
STATE = {
    "name": "q",
    "arn": "arn:q",
    "url": "http://q",
    "region": "eu-west-1",
    "visibilityTimeoutSeconds": 30,
    "tags": {"a": "1"},
    "tagsAll": {"a": "1"},
}


def of_queue(news: dict[str, Any], *renewed: str, old_inputs: dict[str, Any] = INPUTS) -> dict[str, Any]:
    return expected_of_update(QUEUE, state=STATE, old_inputs=old_inputs, news=news, renewed=renewed)


def test_the_preview_of_a_new_resource_knows_its_inputs_its_tags_and_its_region() -> None:
    found = expected_of_create(QUEUE, {**INPUTS, "policy": UNKNOWN}, "eu-west-1")
    assert (found["name"], found["tags"], found["tagsAll"]) == ("q", {"a": "1"}, {"a": "1"})
    assert found["region"] == "eu-west-1"
    assert {found[key] for key in ("arn", "url", "policy", "sqsManagedSseEnabled")} == {UNKNOWN}
    assert found["visibilityTimeoutSeconds"] == 30
    assert "__defaults" not in found


def test_a_resource_without_a_region_gets_none() -> None:
    assert "region" not in expected_of_create(schema_of("aws:iam/role:Role"), {"name": "r"}, "eu-west-1")


def test_the_preview_of_a_changed_tag_knows_everything() -> None:
    found = of_queue({**INPUTS, "tags": {"a": "2"}})
    assert found == {**STATE, "tags": {"a": "2"}, "tagsAll": {"a": "2"}}


def test_the_preview_of_an_update_leaves_open_what_is_unknown_or_renewed() -> None:
    found = of_queue({**INPUTS, "policy": UNKNOWN, "tags": {"a": UNKNOWN}}, "url")
    assert (found["policy"], found["url"], found["arn"]) == (UNKNOWN, UNKNOWN, "arn:q")
    assert found["tagsAll"] == {"a": UNKNOWN}


def test_what_the_program_no_longer_sets_is_not_shown() -> None:
    found = of_queue({"name": "q"})
    assert "tags" not in found
    assert found["tagsAll"] == {}


def test_what_the_program_no_longer_sets_is_the_providers_own_again() -> None:
    found = of_queue(INPUTS, old_inputs={**INPUTS, "visibilityTimeoutSeconds": 60, "policy": "{}"})
    assert found["visibilityTimeoutSeconds"] == 30
    assert "policy" not in found


def test_a_preview_keeps_what_aws_has_filled_into_an_object() -> None:
    old = {"loggingConfig": {"logFormat": "JSON"}}
    state = {"loggingConfig": {"logFormat": "JSON", "logGroup": "/g"}}
    news = {"loggingConfig": {"logFormat": "Text"}}
    found = expected_of_update(FUNCTION, state=state, old_inputs=old, news=news, renewed=())
    assert found["loggingConfig"] == {"logFormat": "Text", "logGroup": "/g"}


def of_function(properties: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return settled(FUNCTION, properties, given, region="eu-west-1", same=lambda *_: False)


def test_an_archive_comes_back_as_it_was_given() -> None:
    blob = Blob({"hash": "one"})
    found = of_function({"code": pulumi.AssetArchive({}), "arn": "a"}, {"code": blob})
    assert (found["code"], found["arn"]) == (blob, "a")
    assert "code" not in of_function({"code": pulumi.AssetArchive({})}, {})


def test_a_secret_stays_one_wherever_it_comes_back() -> None:
    given = {"environment": {"variables": {"A": Secret("x"), "B": "y"}}, "tags": {"t": Secret("z")}}
    tags = {"tags": {"t": "z"}, "tagsAll": {"t": "z"}}
    properties = {"environment": {"variables": {"A": "x", "B": "y"}}, **tags}
    found = of_function(properties, given)
    assert found["environment"] == {"variables": {"A": Secret("x"), "B": "y"}}
    assert found["tags"] == found["tagsAll"] == {"t": Secret("z")}


def of_queue_with_policy(policy: str) -> Any:
    properties, given = {"policy": policy}, {"policy": '{"a":1}'}
    return settled(QUEUE, properties, given, region="eu-west-1", same=KINDS[QUEUE.token].same)["policy"]


def test_a_document_keeps_its_spelling_while_it_says_the_same() -> None:
    assert of_queue_with_policy('{ "a": 1 }') == '{"a":1}'
    assert of_queue_with_policy('{ "a": 2 }') == '{ "a": 2 }'


def test_a_refresh_shows_todays_values_of_what_the_program_sets() -> None:
    state = {**STATE, "tags": {"a": "2", "b": "3"}, "visibilityTimeoutSeconds": 60}
    assert refreshed_inputs(QUEUE, INPUTS, state) == {
        "name": "q",
        "tags": {"a": "2", "b": "3"},
        "__defaults": ["name"],
    }


def test_a_refresh_drops_what_is_gone_and_keeps_what_is_secret() -> None:
    old = {"name": "q", "tags": {"a": Secret("1")}, "kmsMasterKeyId": "k", "__defaults": []}
    found = refreshed_inputs(QUEUE, old, {**STATE, "tags": {"a": Secret("2")}})
    assert found == {"name": "q", "tags": {"a": Secret("2")}, "__defaults": []}


def test_a_refresh_takes_only_the_keys_of_an_object_that_the_program_has_set() -> None:
    blob = Blob({"hash": "one"})
    old = {"loggingConfig": {"logFormat": "JSON"}, "code": blob}
    state = {"loggingConfig": {"logFormat": "Text", "logGroup": "/g"}}
    assert refreshed_inputs(FUNCTION, old, state) == {"loggingConfig": {"logFormat": "Text"}, "code": blob}


def test_an_import_says_what_is_not_so_by_itself() -> None:
    state = {**STATE, "delaySeconds": 9, "policy": "", "sqsManagedSseEnabled": True}
    assert imported_inputs(QUEUE, state) == {
        "name": "q",
        "tags": {"a": "1"},
        "delaySeconds": 9,
        "sqsManagedSseEnabled": True,
        "__defaults": [],
    }


def test_an_import_leaves_out_what_is_empty_within_an_object() -> None:
    state = {"loggingConfig": {"logFormat": "Text", "logGroup": "", "applicationLogLevel": None}}
    assert imported_inputs(FUNCTION, state)["loggingConfig"] == {"logFormat": "Text"}
