"""docs/configuration.md: its tables have the keys, types, defaults and values that the program has."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

import stack_config
from components.checks import RETENTION_DAYS
from components.pair import ImagePolicy, Pair, Requires
from components.quotas import RULES
from ops.pulumi_files.project import read_project
from ops.pulumi_files.stack import read_stack
from tests.support.pages import ROOT, blocks, page

PAGE = page("configuration.md")
STACK = "The keys of the stack"
MODELS: dict[str, type[BaseModel]] = {
    "The keys of a pair": Pair,
    "imagePolicy": ImagePolicy,
    "requires": Requires,
}
REQUIRED: dict[str, Any] = {"repository": "ocr", "jobDefinitions": ["ocr-prod"]}
# The gates and the order that an example stands for go with these.
BESIDE: dict[str, Any] = {"reconcile": "rate(1 hour)"}
OF_THE_STACK: dict[str, tuple[str, Any]] = {
    "pairs": ("map", ...),
    "defaults": ("map", {}),
    "alarmEmails": ("list of strings", []),
    "protect": ("boolean", False),
    "rulesPerBus": ("integer", RULES),
}


@dataclass(frozen=True)
class Row:
    """One line of a table: what stands in its cells."""

    key: str
    type: str
    default: str
    allowed: str
    example: str

    @property
    def written(self) -> dict[str, Any]:
        """The YAML of the example."""
        found: dict[str, Any] = yaml.safe_load(self.example.strip("`"))
        return found


def rows(title: str) -> dict[str, Row]:
    """The rows of the tables of a section, by their keys."""
    (section,) = [
        text for text in re.split(r"^##+ ", PAGE, flags=re.MULTILINE) if text.startswith(f"{title}\n")
    ]
    found = [
        Row(key.strip("`"), *cells[:4])
        for line in re.findall(r"^\| (`\w+` \|.+) \|$", section, re.MULTILINE)
        for key, *cells in [line.split(" | ")]
    ]
    assert len({row.key for row in found}) == len(found)
    return {row.key: row for row in found}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of each key; what may be left out and enums are looked through."""
    whole = model.model_json_schema(by_alias=True)

    def resolved(schema: dict[str, Any]) -> dict[str, Any]:
        (option,) = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
        found: dict[str, Any] = (
            whole["$defs"][option["$ref"].rpartition("/")[2]] if "$ref" in option else option
        )
        return found

    return {key: resolved(schema) for key, schema in whole["properties"].items()}


def word(schema: dict[str, Any]) -> str:
    kind = str(schema["type"])
    if kind == "array":
        assert schema["items"]["type"] == "string"
        return "list of strings"
    return "map" if kind == "object" else kind


def default(value: Any) -> str:
    """A default as the page writes it."""
    if value is ...:
        return "required"
    plain = value.value if isinstance(value, Enum) else value
    if plain is None or plain in ((), [], {}):
        return "none"
    return f"`{str(plain).lower() if isinstance(plain, bool) else plain}`"


def cases() -> list[Any]:
    return [
        pytest.param(title, to_camel(name), id=f"{title}: {to_camel(name)}")
        for title, model in MODELS.items()
        for name in model.model_fields
    ]


@pytest.mark.parametrize("title", MODELS)
def test_the_keys_are_those_of_the_program(title: str) -> None:
    assert sorted(rows(title)) == sorted(map(to_camel, MODELS[title].model_fields))


@pytest.mark.parametrize(("title", "key"), cases())
def test_the_type_and_the_default_of_a_key_are_the_programs(title: str, key: str) -> None:
    row, model = rows(title)[key], MODELS[title]
    (field,) = [each for name, each in model.model_fields.items() if to_camel(name) == key]
    value = ... if field.is_required() else field.get_default(call_default_factory=True)
    assert (row.type, row.default) == (word(schema_of(model)[key]), default(value))


@pytest.mark.parametrize(("title", "key"), cases())
def test_the_values_that_a_key_allows_are_the_programs(title: str, key: str) -> None:
    allowed, schema = rows(title)[key].allowed, schema_of(MODELS[title])[key]
    if "enum" in schema:
        assert re.findall(r"`(\w+)`", allowed.partition(";")[0]) == schema["enum"]
    elif schema["type"] == "boolean":
        assert allowed == "`true`, `false`"
    elif {"minimum", "maximum"} <= schema.keys():
        assert allowed == f"{schema['minimum']} to {schema['maximum']}"
    elif "minimum" in schema:
        assert allowed == f"{schema['minimum']} or more"
    elif key == "logRetentionDays":
        assert allowed == ", ".join(map(str, RETENTION_DAYS))
    elif key in MODELS:
        named = re.findall(r"`(\w+)`", allowed.partition(";")[0])
        assert set(named) <= set(map(to_camel, MODELS[key].model_fields))
    else:
        assert allowed


@pytest.mark.parametrize(("title", "key"), cases())
def test_the_example_of_a_key_is_taken(title: str, key: str) -> None:
    written = rows(title)[key].written
    assert key in (written if title == "The keys of a pair" else written[title])
    stack_config.load({"pairs": {"ocr": REQUIRED | BESIDE | written}}, project="p", stack="prod")


def test_the_keys_of_the_stack_are_those_that_the_program_reads() -> None:
    found = rows(STACK)
    assert {key: (row.type, row.default) for key, row in found.items()} == {
        key: (kind, default(value)) for key, (kind, value) in OF_THE_STACK.items()
    }
    assert tuple(OF_THE_STACK) == stack_config.KEYS
    for row in found.values():
        stack_config.load({"pairs": {"ocr": REQUIRED}} | row.written, project="p", stack="prod")


def test_what_the_project_file_declares_has_the_types_and_defaults_of_the_page() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    kinds = {"object": "map", "array": "list of strings"}
    assert {
        key: (kinds.get(each["type"], each["type"]), each.get("default", ...))
        for key, each in declared.items()
    } == OF_THE_STACK


def test_the_whole_example_is_taken_and_has_what_the_text_says(tmp_path: Path) -> None:
    (text,) = blocks(PAGE, "yaml")
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    texts = read_stack(read_project(ROOT / "Pulumi.yaml"), tmp_path / "Pulumi.prod.yaml").texts
    config = stack_config.from_pulumi(texts, "ecr-batch-updater")
    loaded = stack_config.load(config, project="ecr-batch-updater", stack="prod")
    assert {pair.dashboard.value for pair in loaded.pairs.values()} == {"overview"}
    assert loaded.protect
    assert loaded.alarm_emails == ("ops@example.com",)


def test_the_outputs_are_the_components() -> None:
    (component,) = json.loads((ROOT / "plugin/schema.json").read_text())["resources"].values()
    (section,) = re.findall(r"^## Outputs\n(.+?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`(\w+)`", section) == list(component["properties"])
