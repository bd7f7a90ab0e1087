"""The schema of the component, from which Pulumi makes what programs in other languages use.

It is the one in ``plugin/schema.json``; test_plugin.py compares it with what the running package answers.
"""

from __future__ import annotations

import json
import re
from typing import Any

from components.pair import Pair, keys
from components.problems import Spelling
from tests.support import component_args
from tests.support.recorder import COMPONENT, ROOT

SCHEMA = json.loads((ROOT / "plugin/schema.json").read_text(encoding="utf-8"))
RESOURCE = SCHEMA["resources"][COMPONENT]
INPUTS: dict[str, Any] = RESOURCE["inputProperties"]
OUTPUTS: dict[str, Any] = RESOURCE["properties"]
TYPES: dict[str, Any] = {token.rpartition(":")[2]: kind for token, kind in SCHEMA["types"].items()}


def members(kind: dict[str, Any]) -> dict[str, Any]:
    """The properties of a type; a choice has none."""
    return dict(kind.get("properties", {}))


def test_the_component_is_all_that_the_package_holds() -> None:
    assert SCHEMA["name"] == "ecr-batch-updater"
    assert list(SCHEMA["resources"]) == [COMPONENT]
    assert RESOURCE["isComponent"] is True


def test_the_args_are_those_that_the_model_of_a_pair_makes() -> None:
    assert component_args.FILE.read_text(encoding="utf-8") == component_args.text(), "make schema"


def test_the_inputs_are_the_keys_of_a_pair_and_protect() -> None:
    assert set(INPUTS) == {*keys(Spelling.YAML), "protect"}


def test_an_input_is_optional_when_the_pair_has_a_default_for_it() -> None:
    required = [name for name, field in Pair.model_fields.items() if field.is_required()]
    assert required == ["repository", "job_definitions"]
    assert RESOURCE["requiredInputs"] == ["jobDefinitions", "repository"]


def test_only_what_may_be_known_later_takes_outputs() -> None:
    taking = {name for name, kind in INPUTS.items() if not kind.get("plain")}
    of_items = {name for name, kind in INPUTS.items() if "items" in kind and not kind["items"].get("plain")}
    of_values = {
        name
        for name, kind in INPUTS.items()
        if "additionalProperties" in kind and not kind["additionalProperties"].get("plain")
    }
    assert taking == {"repository"}
    assert of_items == {"jobDefinitions", "passRoles", "alarmTopics"}
    assert of_values == {"tags"}


def test_choices_are_enums_with_the_words_of_the_configuration() -> None:
    found = {
        name: [member["value"] for member in kind["enum"]] for name, kind in TYPES.items() if "enum" in kind
    }
    assert found == {
        "Pin": ["digest", "tag"],
        "Dashboard": ["own", "overview", "none"],
        "LogLevel": ["DEBUG", "INFO", "WARNING", "ERROR"],
        "Order": ["pushed", "numeric", "alphabetical"],
        "Severity": ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"],
    }
    for key, choice in {"pin": "Pin", "dashboard": "Dashboard", "logLevel": "LogLevel"}.items():
        assert INPUTS[key]["$ref"] == f"#/types/ecr-batch-updater:index:{choice}"


def test_maps_say_what_they_hold() -> None:
    assert INPUTS["adopt"]["additionalProperties"]["items"]["type"] == "string"
    assert INPUTS["tags"]["additionalProperties"]["type"] == "string"
    for key in ("imagePolicy", "requires"):
        nested = TYPES[INPUTS[key]["$ref"].rpartition(":")[2]]
        assert members(nested), key
        assert "required" not in nested, key


def test_every_input_output_type_and_choice_is_described_and_in_camel_case() -> None:
    properties = {**INPUTS, **OUTPUTS}
    for name, kind in TYPES.items():
        assert kind["description"], name
        assert all(member["description"] for member in kind.get("enum", [])), name
        properties |= members(kind)
    assert RESOURCE["description"]
    assert [name for name, kind in properties.items() if not kind.get("description")] == []
    assert [name for name in properties if not re.fullmatch("[a-z]+([A-Z][a-z]+)*", name)] == []


def test_the_outputs_are_those_of_the_stack_output() -> None:
    assert set(OUTPUTS) == {
        *("functionArn", "ruleArn", "roleName", "policyName", "logGroup", "queueUrl"),
        *("dashboardName", "dashboardUrl"),
    }
    assert set(OUTPUTS) - set(RESOURCE["required"]) == {"dashboardName", "dashboardUrl"}
