"""How the tool behind the table makes up its cases, and what it makes of the plans."""

from __future__ import annotations

from typing import Any

from tools.replacements.cases import Case, Samples, Setting, cases
from tools.replacements.findings import Finding
from tools.replacements.names import Properties, properties, pulumi_path
from tools.replacements.schema import Argument, ResourceType
from tools.replacements.state import state
from tools.replacements.table import entry

KIND = ResourceType(
    "aws_thing",
    0,
    {
        "attributes": {
            "id": {"type": "string", "optional": True, "computed": True},
            "arn": {"type": "string", "computed": True},
            "name": {"type": "string", "required": True},
            "role": {"type": "string", "optional": True},
            "tags": {"type": ["map", "string"], "optional": True},
        },
        "block_types": {
            "network": {
                "nesting_mode": "list",
                "block": {
                    "attributes": {
                        "subnets": {"type": ["set", "string"], "required": True},
                        "public": {"type": "bool", "optional": True},
                    }
                },
            }
        },
    },
)
SAMPLES = Samples(settings={"": Setting({"name": "alpha"})}, values={"network.subnets": (["a"], ["b"])})


def of(path: str, samples: Samples = SAMPLES) -> list[Case]:
    return [case for case in cases(KIND, samples) if ".".join(case.argument.path) == path]


def test_an_argument_is_changed_added_and_removed_with_nothing_else_changed() -> None:
    changed, *others = of("tags")
    assert changed.before == {"name": "alpha", "tags": {"key": "alpha"}}
    assert changed.after == {"name": "alpha", "tags": {"key": "beta"}}
    assert [case.change for case in others] == ["added", "removed", "added", "removed"]
    assert all({"name": "alpha"} in (case.before, case.after) for case in others)


def test_a_required_argument_is_only_changed() -> None:
    assert [case.change for case in of("name")] == ["changed"]


def test_what_a_block_requires_stands_beside_the_argument_that_is_tried() -> None:
    changed = of("network.public")[0]
    assert changed.before["network"] == [{"subnets": ["a"], "public": False}]
    assert changed.after["network"] == [{"subnets": ["a"], "public": True}]


def test_a_block_of_which_there_can_be_several_is_changed_by_one_more() -> None:
    changed, added, removed = of("network")
    assert (len(changed.before["network"]), len(changed.after["network"])) == (1, 2)
    assert changed.after["network"] == [{"subnets": ["a"]}, {"subnets": ["b"]}]
    assert "network" not in added.before
    assert removed.before["network"] == [{"subnets": ["a"]}]


def test_what_the_provider_computes_is_no_argument() -> None:
    assert {case.argument.path[0] for case in cases(KIND, SAMPLES)} == {"name", "role", "tags", "network"}


def test_what_cannot_stand_beside_an_argument_is_taken_away_and_what_it_needs_is_there() -> None:
    around = Samples(settings=SAMPLES.settings, around={"tags": {"role": "mine", "name": None}})
    assert of("tags", around)[0].before == {"role": "mine", "tags": {"key": "alpha"}}


def test_a_state_has_something_of_the_right_type_for_what_is_not_known_yet() -> None:
    planned = {
        "after": {"name": "alpha", "network": [{"subnets": ["a"]}]},
        "after_unknown": {"arn": True, "tags": True, "network": [{"subnets": [False], "public": True}]},
    }
    assert state(KIND, planned, {"arn": "arn:aws:thing"}) == {
        "name": "alpha",
        "arn": "arn:aws:thing",
        "tags": {},
        "network": [{"subnets": ["a"], "public": False}],
    }


def test_names_are_those_of_pulumi_with_lists_in_the_plural_and_elements_marked() -> None:
    known = properties("aws:batch/jobQueue:JobQueue").inputs
    assert pulumi_path(("priority",), known, {}) == "priority"
    assert (
        pulumi_path(("compute_environment_order", "order"), known, {}) == "computeEnvironmentOrders[].order"
    )
    assert pulumi_path(("compute_environments",), known, {}) is None
    permission = properties("aws:lambda/permission:Permission").inputs
    assert pulumi_path(("function_name",), permission, {"function_name": "function"}) == "function"


def test_an_entry_lists_what_differs_from_a_change_and_what_could_not_be_tried() -> None:
    names: dict[tuple[str, ...], str] = {("name",): "name", ("role",): "role", ("arn",): "arn"}
    found: dict[tuple[str, ...], Finding] = {
        ("name",): Finding(Argument(("name",), "string", True), {"changed": "replace"}),
        ("role",): Finding(
            Argument(("role",), "string", False),
            {"changed": "update", "removed": "nothing"},
            renewed={("arn",)},
            untried={"added": "the provider refuses it"},
        ),
        ("other",): Finding(Argument(("other",), "string", False), {"changed": "update"}),
    }
    told: dict[str, Any] = entry({"": found}, SAMPLES.settings, Properties(names, names), {})
    assert told == {
        "replace": ["name"],
        "update": ["role"],
        "added": {},
        "removed": {"role": "nothing"},
        "renewed": {"role": ["arn"]},
        "untried": {"role": {"added": "the provider refuses it"}},
        "missing": ["other"],
    }
