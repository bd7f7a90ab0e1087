"""The provider's Check: which arguments are refused, in which words, and what is filled in."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.check import DEFAULTS, Misfit, Naming, failures, fitting, named
from local.provider.schema import Type, schema_of
from local.provider.wire import UNKNOWN, Secret

FUNCTION = schema_of("aws:lambda/function:Function").inputs


def refused(values: dict[str, Any], type_: Type = FUNCTION) -> dict[str, str]:
    return {each.property: each.reason for each in failures(type_, values, "f")}


def test_arguments_that_fit_are_not_refused() -> None:
    values = {
        "role": UNKNOWN,
        "timeout": "30",
        "architectures": ["arm64"],
        "environment": {"variables": {"A": 1, "B": Secret("x"), "C": True}},
        "tags": Secret({"a": "b"}),
    }
    assert refused(values) == {}


def test_an_unknown_argument_is_refused_at_any_depth() -> None:
    found = refused({"role": "r", "timeOut": 3, "loggingConfig": {"logFormat": "JSON", "level": "INFO"}})
    assert found == {
        "timeOut": "Invalid or unknown key. Examine values at 'f.timeOut'.",
        "loggingConfig.level": "Invalid or unknown key. Examine values at 'f.loggingConfig.level'.",
    }


def test_a_missing_argument_is_refused_at_any_depth() -> None:
    assert refused({"fileSystemConfig": {"arn": "a"}}) == {
        "role": "Missing required property 'role'",
        "fileSystemConfig.localMountPath": "Missing required property 'fileSystemConfig.localMountPath'",
    }


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("timeout", "soon", "expected a whole number, got a string"),
        ("timeout", 1.5, "expected a whole number, got a number"),
        ("timeout", True, "expected a whole number, got a boolean"),
        ("publish", "perhaps", "expected a boolean, got a string"),
        ("architectures", "arm64", "expected a list, got a string"),
        ("handler", ["a"], "expected a string, got a list"),
        ("environment", "A=1", "expected an object, got a string"),
        ("tags", ["a"], "expected a map, got a list"),
    ],
)
def test_an_argument_of_another_type_is_refused(key: str, value: object, reason: str) -> None:
    assert refused({"role": "r", key: value}) == {key: f"{reason}. Examine values at 'f.{key}'."}


def test_a_value_that_can_be_read_as_its_type_is_taken_as_that() -> None:
    values = {
        "timeout": "30",
        "publish": "true",
        "handler": 5,
        "environment": {"variables": {"A": True, "B": Secret(2), "C": UNKNOWN}},
        "__internal": 1,
    }
    assert fitting(FUNCTION, values) == {
        "timeout": 30,
        "publish": True,
        "handler": "5",
        "environment": {"variables": {"A": "true", "B": Secret("2"), "C": UNKNOWN}},
        "__internal": 1,
    }
    with pytest.raises(Misfit):
        fitting(FUNCTION, {"timeout": "soon"})


def of(
    news: dict[str, Any], olds: dict[str, Any] | None = None, naming: Naming | None = None
) -> dict[str, Any]:
    return named(news, olds or {}, key="name", logical="ocr", naming=naming or Naming(seed=b"seed"))


def test_a_name_is_made_of_the_logical_one_and_seven_characters_of_the_engines_seed() -> None:
    found = of({"role": "r"})
    prefix, _, random = found["name"].rpartition("-")
    assert (prefix, len(random)) == ("ocr", 7)
    assert int(random, 16) >= 0
    assert found[DEFAULTS] == ["name"]
    assert of({"role": "r"}) == found
    assert of({"role": "r"}, naming=Naming(seed=b"another")) != found
    assert of({}, naming=Naming()) != of({}, naming=Naming())


def test_a_name_that_was_made_before_is_kept() -> None:
    assert of({}, {"name": "ocr-0000000", DEFAULTS: ["name"]}) == {"name": "ocr-0000000", DEFAULTS: ["name"]}


def test_a_name_that_the_program_takes_back_is_made_anew() -> None:
    assert of({}, {"name": "own", DEFAULTS: []})["name"] != "own"


def test_a_name_or_a_prefix_of_the_program_stays() -> None:
    assert of({"name": "own"}, {"name": "x", DEFAULTS: ["name"]}) == {"name": "own", DEFAULTS: []}
    assert of({"namePrefix": "own-"}) == {"namePrefix": "own-", DEFAULTS: []}


def test_the_stacks_own_way_of_naming_is_taken() -> None:
    assert of({}, naming=Naming("enforce", "mine"))["name"] == "mine"
    assert of({}, naming=Naming("propose", "mine"))["name"] == "mine"
    assert "name" not in of({}, naming=Naming("disable"))
