"""What happens when the engine replaces a resource: AWS knows things by their names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra import test_complete_example
from tests.infra.example import PAIR, example, with_keys
from tests.support.recorder import TYPES, Recording, evaluate_main

EVERY_OPTION: dict[str, Any] = {
    "dashboard": "own",
    "reconcile": "rate(1 hour)",
    "requires": {"maxSeverity": "HIGH"},
    "followChanges": True,
}


@pytest.fixture(scope="module")
def whole() -> Recording:
    """Every resource that the program can register."""
    one = with_keys(**EVERY_OPTION)["ecr-batch-updater:pairs"][PAIR]
    other = one | {"jobDefinitions": ["other"], "dashboard": "overview"}
    return evaluate_main(
        example()
        | {
            "ecr-batch-updater:pairs": {PAIR: one, "other": other},
            "ecr-batch-updater:alarmEmails": ["ops@example.com"],
        }
    )


def named_by_pulumi(recording: Recording) -> set[str]:
    """The resource types of which a second one can stand beside the first."""
    return {resource.short for resource in recording.resources if not resource.deleted_first}


def test_what_has_a_fixed_name_or_is_a_setting_of_another_resource_is_deleted_before_its_replacement_is_made(
    whole: Recording,
) -> None:
    assert named_by_pulumi(whole) == {"BatchImageUpdater", "Role"}
    in_a_program = {kind.rpartition(":")[2] for kind in TYPES if ":cloudwatch/" in kind or ":sns/" in kind}
    assert in_a_program - {"TopicPolicy"} <= {resource.short for resource in whole.resources}


def test_the_role_is_named_by_pulumi_so_that_a_function_always_has_one(whole: Recording) -> None:
    assert [role.inputs.get("name") for role in whole.all("Role")] == [None, None]


def test_so_it_is_in_the_complete_example() -> None:
    recording = test_complete_example.run()
    assert named_by_pulumi(recording) == {"BatchImageUpdater", "ComputeEnvironment", "Role"}
