"""The examples in docs/plugin.md use what the schema has."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from tests.support.recorder import COMPONENT, ROOT

PAGE = (ROOT / "docs/plugin.md").read_text(encoding="utf-8")
RESOURCE = json.loads((ROOT / "plugin/schema.json").read_text(encoding="utf-8"))["resources"][COMPONENT]
# How a property of the args begins in each language, at the beginning of a line.
PROPERTY = {
    "ts": r"(\w+): ",
    "go": r"(\w+): +\S",
    "csharp": r"(\w+) = ",
    "java": r"\.(?!build)(\w+)\(",
    "python": r"(\w+)=",
}


def example(language: str) -> str:
    """The one block of a language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def in_camel_case(name: str) -> str:
    return to_camel(name[0].lower() + name[1:])


@pytest.mark.parametrize("language", PROPERTY)
def test_the_properties_of_an_example_are_the_components(language: str) -> None:
    written = re.findall(rf"^ +{PROPERTY[language]}", example(language), re.MULTILINE)
    used = [in_camel_case(name) for name in written]
    assert len(used) == 5
    assert set(RESOURCE["requiredInputs"]) <= set(used) <= set(RESOURCE["inputProperties"])


@pytest.mark.parametrize("language", [*PROPERTY, "yaml"])
def test_the_output_of_an_example_is_the_components(language: str) -> None:
    (used,) = re.findall(r"\bocr\.(\w+)", example(language))
    assert in_camel_case(used) in RESOURCE["properties"]


def test_the_example_in_python_is_python() -> None:
    ast.parse(example("python"))


def test_the_example_in_yaml_names_the_component_and_its_properties() -> None:
    resource: dict[str, Any] = yaml.safe_load(example("yaml"))["resources"]["ocr"]
    assert resource["type"] == COMPONENT
    assert set(RESOURCE["requiredInputs"]) <= set(resource["properties"]) <= set(RESOURCE["inputProperties"])
