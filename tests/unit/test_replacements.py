"""The table of what an update does to a resource: its shape, its look-up, and that it covers pulumi_aws."""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from local.provider import replacements
from local.provider.replacements import NotInTable, arguments, effect, forces_replacement, renewed
from tools.replacements.names import properties
from tools.replacements.samples import SAMPLES, TOKENS

FOLDER = Path(replacements.__file__).parent
TABLE: dict[str, Any] = json.loads((FOLDER / "replacements.json").read_text())
ADDITIONS: dict[str, Any] = json.loads((FOLDER / "additions.json").read_text())

COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"
DEFINITION = "aws:batch/jobDefinition:JobDefinition"
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"

# Arguments that hold a document: what is in it is no argument of its own.
DOCUMENTS = ("assumeRolePolicy.", "policy.")


def arguments_of_pulumi(token: str) -> set[str]:
    """The arguments of pulumi_aws, in classes and the classes that they hold."""
    return {name for name in properties(token).inputs.values() if not name.startswith(DOCUMENTS)}


@pytest.mark.parametrize("token", TOKENS.values())
def test_every_argument_of_pulumi_aws_is_in_the_table_and_nothing_else_is(token: str) -> None:
    assert arguments(token) == arguments_of_pulumi(token), (
        "pulumi_aws has other arguments than the table: run tools/replacement_table.py,"
        " or write what is new into local/provider/additions.json with its source"
    )


def test_the_table_has_the_types_that_the_tool_asks_for() -> None:
    assert set(TABLE["types"]) == set(TOKENS.values())
    assert set(TOKENS) == set(SAMPLES)


def test_the_table_names_the_provider_and_each_addition_its_source() -> None:
    assert "hashicorp/aws 5.100.0" in TABLE["source"]
    for entry in ADDITIONS["types"].values():
        for effects in (entry.get("replace", {}), entry.get("update", {})):
            assert set(effects.values()) <= set(ADDITIONS["sources"])


@pytest.mark.parametrize("entry", TABLE["types"].values(), ids=TABLE["types"])
def test_an_entry_says_one_thing_of_an_argument_and_why_one_was_not_tried(entry: dict[str, Any]) -> None:
    known = {*entry["replace"], *entry["update"]}
    assert not set(entry["replace"]) & set(entry["update"])
    assert {*entry["added"], *entry["removed"]} <= known
    assert {*entry["added"].values(), *entry["removed"].values()} <= {"nothing", "update", "replace"}
    assert set(entry["renewed"]) <= known
    assert all(reason for reasons in entry["untried"].values() for reason in reasons.values())
    for setting in entry.get("settings", {}).values():
        assert {*setting["replace"], *setting["update"]} <= known
        assert setting["when"]


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (QUEUE, "name"),
        (QUEUE, "region"),
        (FUNCTION, "packageType"),
        ("aws:cloudwatch/eventTarget:EventTarget", "rule"),
        ("aws:lambda/permission:Permission", "sourceArn"),
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy"),
    ],
)
def test_what_aws_cannot_change_forces_a_replacement(token: str, path: str) -> None:
    assert forces_replacement(token, path)


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (QUEUE, "visibilityTimeoutSeconds"),
        (QUEUE, 'tags["a.b[0]"]'),
        (FUNCTION, "environment.variables.LOG_LEVEL"),
        (FUNCTION, "layers[2]"),
        ("aws:batch/jobQueue:JobQueue", "computeEnvironmentOrders[0].order"),
        ("aws:iam/role:Role", "assumeRolePolicy.Statement[0].Effect"),
    ],
)
def test_what_aws_can_change_is_updated(token: str, path: str) -> None:
    assert effect(token, path) == "update"


def test_an_argument_that_is_taken_away_can_leave_things_as_they_are() -> None:
    assert effect(QUEUE, "redrivePolicy", "changed") == "update"
    assert effect(QUEUE, "redrivePolicy", "removed") == "nothing"


def test_a_list_that_loses_one_of_its_elements_is_changed_and_not_taken_away() -> None:
    assert effect("aws:iam/role:Role", "inlinePolicies", "removed") == "nothing"
    assert effect("aws:iam/role:Role", "inlinePolicies[1]", "removed") == "update"


def test_another_number_of_blocks_can_force_what_a_changed_block_does_not() -> None:
    assert forces_replacement(DEFINITION, "retryStrategy.evaluateOnExits[1]", "added")
    assert not forces_replacement(DEFINITION, "retryStrategy.evaluateOnExits[1].action")


def test_a_compute_environment_is_updated_in_place_when_it_is_so_before_and_after() -> None:
    fit = {"computeResources": {"allocationStrategy": "BEST_FIT_PROGRESSIVE"}}
    plain: dict[str, Any] = {"computeResources": {"allocationStrategy": "BEST_FIT"}}
    role = {**fit, "serviceRole": "arn:aws:iam::123456789012:role/own"}
    account = "arn:aws:iam::123456789012:role"
    linked = {**fit, "serviceRole": f"{account}/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"}
    path = "computeResources.instanceTypes"
    assert not forces_replacement(COMPUTE, path, resources=[fit, linked])
    for before, after in [(plain, fit), (fit, plain), (role, fit), (fit, role)]:
        assert forces_replacement(COMPUTE, path, resources=[before, after])
    assert forces_replacement(COMPUTE, path)


def test_a_compute_environment_on_fargate_changes_its_network_in_place() -> None:
    fargate = {"computeResources": {"type": "FARGATE"}}
    assert forces_replacement(COMPUTE, "computeResources.subnets[0]")
    assert not forces_replacement(COMPUTE, "computeResources.subnets[0]", resources=[fargate, fargate])


def test_only_some_updates_give_computed_properties_a_new_value() -> None:
    assert renewed(FUNCTION, "code") == {"lastModified"}
    assert renewed(FUNCTION, "tags") == frozenset()
    assert renewed(DEFINITION, "eksProperties.podProperties.containers[0].image") == {"arn", "revision"}
    assert renewed(DEFINITION, "tags.team") == frozenset()


def test_a_function_that_publishes_gets_a_version_with_each_change_of_its_configuration() -> None:
    publishing = {"publish": True}
    assert renewed(FUNCTION, "timeout", resources=[publishing, publishing]) == {
        "qualifiedArn",
        "qualifiedInvokeArn",
        "version",
    }
    assert renewed(FUNCTION, "timeout", resources=[{"publish": False}, publishing]) == frozenset()


def test_what_the_table_does_not_know_is_an_error_that_names_the_table() -> None:
    with pytest.raises(NotInTable, match="aws:ssm/parameter:Parameter is not in"):
        effect("aws:ssm/parameter:Parameter", "value")
    with pytest.raises(NotInTable, match=r"has no argument nonsense\[0\]"):
        forces_replacement(QUEUE, "nonsense[0]")


def test_the_examples_in_the_docstring_are_true() -> None:
    assert doctest.testmod(replacements).attempted == 4
    assert doctest.testmod(replacements).failed == 0
