"""The function, its code and its settings.

Each test breaks exactly one link, and exactly that finding appears.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from components.archive import RUNTIME, archive_files, zip_bytes
from tests.ops.check.world import BASE, RECONCILE, REDEPLOY, World, assert_finding


def test_a_missing_function_is_one_finding_although_it_has_no_environment_either(world: World) -> None:
    world.client("lambda").delete_function(FunctionName=BASE)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "function", BASE, "no such Lambda function", REDEPLOY)


@pytest.mark.parametrize(("state", "remedy"), [("Inactive", RECONCILE), ("Failed", REDEPLOY)])
def test_a_function_that_is_not_active_is_found(world: World, state: str, remedy: str) -> None:
    function = world.cloud._backends.function(BASE, world.cloud.region)
    assert function is not None
    function.state = state
    world.afterwards(lambda: setattr(function, "state", "Active"))
    assert_finding(world.finding(), "function", BASE, f"it is {state}", remedy)


def test_a_function_that_may_never_run_is_found(world: World) -> None:
    functions = world.client("lambda")
    functions.put_function_concurrency(FunctionName=BASE, ReservedConcurrentExecutions=0)
    world.afterwards(lambda: functions.delete_function_concurrency(FunctionName=BASE))
    assert_finding(
        world.finding(), "function", BASE, "reserved concurrency is 0", "delete-function-concurrency"
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"Timeout": 3}, "timeoutSeconds 3, this checkout deploys 300"),
        ({"Runtime": "python3.12"}, f"runtime python3.12, this checkout deploys {RUNTIME}"),
    ],
)
def test_settings_of_the_function_that_differ_are_named(
    world: World, change: dict[str, Any], found: str
) -> None:
    world.client("lambda").update_function_configuration(FunctionName=BASE, **change)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "function", BASE, found, REDEPLOY)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"IMAGE_PIN": "tag"}, "IMAGE_PIN is 'tag', this checkout deploys 'digest'"),
        ({"PAIR_NAME": None}, "PAIR_NAME is missing"),
        ({"BY_HAND": "secret"}, "BY_HAND is set, this checkout does not set it"),
    ],
)
def test_an_environment_that_differs_is_named_by_variable(
    world: World, changes: dict[str, str | None], found: str
) -> None:
    functions = world.client("lambda")
    configuration = functions.get_function_configuration(FunctionName=BASE)
    variables = configuration["Environment"]["Variables"] | changes
    kept = {key: value for key, value in variables.items() if value is not None}
    functions.update_function_configuration(FunctionName=BASE, Environment={"Variables": kept})
    world.redeploy_afterwards()
    finding = world.finding()
    assert_finding(finding, "environment", BASE, found, REDEPLOY)
    assert "secret" not in finding["found"]


def test_code_that_is_not_of_this_checkout_is_named_by_file(world: World) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in archive_files().items():
            archive.writestr(name, path.read_bytes() + b"\n" * (name == "handler/plan.py"))
        archive.writestr("handler/extra.py", "")
    world.client("lambda").update_function_code(FunctionName=BASE, ZipFile=buffer.getvalue())
    world.redeploy_afterwards()
    finding = world.finding()
    assert_finding(finding, "code", BASE, "handler/plan.py differs", "`pulumi up --stack dev`")
    assert "handler/extra.py is not of this checkout" in finding["found"]
    assert "--replace '**ocr-function'" in finding["remedy"]


def test_code_that_was_only_packed_in_another_way_is_good(world: World) -> None:
    functions = world.client("lambda")
    before = functions.get_function(FunctionName=BASE)["Configuration"]["CodeSha256"]
    functions.update_function_code(FunctionName=BASE, ZipFile=zip_bytes())
    world.redeploy_afterwards()
    assert functions.get_function(FunctionName=BASE)["Configuration"]["CodeSha256"] != before
    assert "as in this checkout" in world.note("code")


def test_a_function_whose_failed_events_are_lost_is_found(world: World) -> None:
    world.client("lambda").delete_function_event_invoke_config(FunctionName=BASE)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "failed events", BASE, "no on-failure destination", REDEPLOY)
