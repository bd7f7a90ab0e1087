"""What an update means to the provider: which paths differ, whether it is a replacement, what goes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.provider.diff import Change, Plan, Rules, plan
from local.provider.kinds import KINDS
from local.provider.schema import schema_of
from local.provider.wire import UNKNOWN, Blob, Secret

TOKEN = "aws:sqs/queue:Queue"


def replacing(*listed: str) -> Callable[..., str]:
    """The effect of a change: a replacement of what is listed, else an update."""
    return lambda path, _change, **_resources: "replace" if path in listed else "update"


QUEUE = Rules(
    schema_of(TOKEN).inputs,
    replacing("name", "region", "fifoQueue"),
    same=KINDS[TOKEN].same,
    named="name",
)
ENVIRONMENT = Rules(
    schema_of("aws:batch/computeEnvironment:ComputeEnvironment").inputs,
    replacing("computeResources.type"),
)
FUNCTION = Rules(schema_of("aws:lambda/function:Function").inputs, replacing())
STATE = {"name": "q", "arn": "arn:q", "visibilityTimeoutSeconds": 30, "tags": {"a": "1"}, "delaySeconds": 0}
INPUTS = {"name": "q", "tags": {"a": "1"}, "__defaults": []}


def of_queue(news: dict[str, Any], *, state: dict[str, Any] = STATE, **others: Any) -> Plan:
    return plan(QUEUE, old_inputs=others.pop("old_inputs", INPUTS), state=state, news=news, **others)


def paths(found: Plan) -> dict[str, Change]:
    return {each.path: each.change for each in found.differences}


def replaced(found: Plan) -> list[str]:
    return [each.path for each in found.differences if each.replaces]


def test_the_same_inputs_are_no_difference_whatever_aws_has_filled_in() -> None:
    assert of_queue(INPUTS) == Plan((), delete_first=False)


def test_a_value_that_the_state_has_already_is_no_difference() -> None:
    assert paths(of_queue({**INPUTS, "visibilityTimeoutSeconds": 30})) == {}
    assert paths(of_queue({**INPUTS, "visibilityTimeoutSeconds": "30"})) == {}


def test_each_path_says_whether_it_is_added_changed_or_gone() -> None:
    found = of_queue({**INPUTS, "tags": {"b": "2", "a b": "3"}, "visibilityTimeoutSeconds": 60})
    assert paths(found) == {
        "tags.a": Change.DELETE,
        "tags.b": Change.ADD,
        'tags["a b"]': Change.ADD,
        "visibilityTimeoutSeconds": Change.UPDATE,
    }
    assert not found.replaces


@pytest.mark.parametrize("value", ["", 0, False, [], {}])
def test_an_empty_value_is_the_same_as_none(value: object) -> None:
    assert paths(of_queue({**INPUTS, "delaySeconds": value})) == {}
    assert paths(of_queue(INPUTS, old_inputs={**INPUTS, "policy": value})) == {}


def test_a_property_that_the_program_no_longer_sets_is_deleted() -> None:
    found = of_queue(
        INPUTS, old_inputs={**INPUTS, "kmsMasterKeyId": "k"}, state={**STATE, "kmsMasterKeyId": "k"}
    )
    assert paths(found) == {"kmsMasterKeyId": Change.DELETE}


def test_tags_of_another_hand_are_a_difference_though_the_program_sets_none() -> None:
    bare = {"name": "q", "__defaults": []}
    assert paths(of_queue(bare, old_inputs=bare)) == {"tags": Change.DELETE}


def test_a_document_is_the_same_when_its_json_is() -> None:
    state = {**STATE, "policy": '{"b": [1, 2], "a": 1}'}
    assert paths(of_queue({**INPUTS, "policy": '{"a":1,"b":[1,2]}'}, state=state)) == {}
    assert paths(of_queue({**INPUTS, "policy": '{"a":1,"b":[2,1]}'}, state=state)) == {
        "policy": Change.UPDATE
    }


def test_secrets_are_compared_by_what_they_hold() -> None:
    state = {**STATE, "tags": Secret({"a": "1"})}
    assert paths(of_queue({**INPUTS, "tags": {"a": Secret("1")}}, state=state)) == {}
    assert paths(of_queue({**INPUTS, "tags": {"a": Secret("2")}}, state=state)) == {"tags.a": Change.UPDATE}


def test_an_unknown_value_is_a_difference_and_a_replacement_where_a_change_is_one() -> None:
    assert paths(of_queue({**INPUTS, "policy": UNKNOWN})) == {"policy": Change.ADD}
    assert replaced(of_queue({**INPUTS, "name": UNKNOWN})) == ["name"]


def test_a_replaced_resource_with_a_name_of_its_own_goes_first() -> None:
    found = of_queue({**INPUTS, "fifoQueue": True})
    assert replaced(found) == ["fifoQueue"]
    assert found.delete_first


def test_a_replaced_resource_whose_name_pulumi_made_goes_last() -> None:
    assert not of_queue({**INPUTS, "__defaults": ["name"], "fifoQueue": True}).delete_first


def test_nothing_goes_first_without_a_replacement_or_without_a_known_origin_of_the_name() -> None:
    assert not of_queue({**INPUTS, "delaySeconds": 5}).delete_first
    assert not of_queue({"name": "other"}).delete_first


def test_ignored_changes_are_no_difference() -> None:
    news = {**INPUTS, "tags": {"a": "2", "b": "3"}, "delaySeconds": 5}
    assert paths(of_queue(news, ignored=["tags.a", "delaySeconds"])) == {"tags.b": Change.ADD}
    assert paths(of_queue(news, ignored=["tags"])) == {"delaySeconds": Change.UPDATE}


def of_environment(old: dict[str, Any], new: dict[str, Any]) -> Plan:
    old_inputs, news = {"computeResources": old}, {"computeResources": new}
    return plan(ENVIRONMENT, old_inputs=old_inputs, state=old_inputs, news=news)


def test_only_the_nested_property_that_is_listed_forces_a_replacement() -> None:
    old = {"type": "FARGATE", "maxVcpus": 4, "subnets": ["a", "b"]}
    assert replaced(of_environment(old, {**old, "maxVcpus": 8})) == []
    assert replaced(of_environment(old, {**old, "type": "EC2"})) == ["computeResources.type"]
    found = of_environment(old, {**old, "subnets": ["a", "c", "d"]})
    assert paths(found) == {
        "computeResources.subnets[1]": Change.UPDATE,
        "computeResources.subnets[2]": Change.ADD,
    }


def test_the_table_decides_by_path_by_change_and_by_the_resource_what_a_difference_does() -> None:
    asked = []

    def effect(path: str, change: str, *, resources: Any) -> str:
        asked.append((path, change, [each.get("type") for each in resources]))
        return "nothing" if change == "removed" else "replace"

    rules = Rules(ENVIRONMENT.inputs, effect)
    old = {"type": "MANAGED", "state": "ENABLED", "serviceRole": "r"}
    found = plan(rules, old_inputs=old, state=old, news={"type": "UNMANAGED", "state": "ENABLED"})
    assert asked == [
        ("serviceRole", "removed", ["MANAGED", "UNMANAGED"]),
        ("type", "changed", ["MANAGED", "UNMANAGED"]),
    ]
    assert (paths(found), replaced(found)) == ({"type": Change.UPDATE}, ["type"])


def test_what_aws_has_filled_into_an_object_is_no_difference() -> None:
    old_inputs = {"loggingConfig": {"logFormat": "JSON", "systemLogLevel": "WARN"}}
    state = {"loggingConfig": {**old_inputs["loggingConfig"], "logGroup": "/aws/lambda/f"}}
    assert paths(plan(FUNCTION, old_inputs=old_inputs, state=state, news=old_inputs)) == {}
    found = plan(FUNCTION, old_inputs=old_inputs, state=state, news={"loggingConfig": {"logFormat": "JSON"}})
    assert paths(found) == {"loggingConfig.systemLogLevel": Change.DELETE}


def test_an_archive_with_another_hash_is_a_difference() -> None:
    old, new = {"code": Blob({"hash": "one"})}, {"code": Blob({"hash": "two"})}
    assert paths(plan(FUNCTION, old_inputs=old, state=old, news=old)) == {}
    assert paths(plan(FUNCTION, old_inputs=old, state=old, news=new)) == {"code": Change.UPDATE}


def test_a_job_definition_is_the_same_with_what_batch_fills_in() -> None:
    kind = KINDS["aws:batch/jobDefinition:JobDefinition"]
    rules = Rules(schema_of(kind.token).inputs, replacing(), same=kind.same)
    written = '{"image": "a", "environment": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]}'
    registered = (
        '{"image": "%s", "environment": [{"name": "A", "value": "2"}, {"name": "B", "value": "1"}],'
        ' "volumes": [], "fargatePlatformConfiguration": {"platformVersion": "LATEST"}}'
    )
    for image, expected in (("a", {}), ("b", {"containerProperties": Change.UPDATE})):
        found = plan(
            rules,
            old_inputs={"containerProperties": written},
            state={"containerProperties": registered % image},
            news={"containerProperties": written},
        )
        assert paths(found) == expected
