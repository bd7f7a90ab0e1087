"""Pulumi can make a schema of the component, for programs in other languages."""

from __future__ import annotations

from pulumi.provider.experimental.analyzer import Analyzer, AnalyzeResult, PropertyDefinition

from components import BatchImageUpdater
from components.pair import Pair, Spelling, keys


def analyzed() -> AnalyzeResult:
    return Analyzer("ecr-batch-updater").analyze([BatchImageUpdater])


def inputs() -> dict[str, PropertyDefinition]:
    return analyzed()["component_definitions"]["BatchImageUpdater"].inputs


def test_the_inputs_are_the_keys_of_a_pair_and_protect() -> None:
    assert set(inputs()) == {*keys(Spelling.YAML), "protect"}


def test_an_input_is_optional_when_the_pair_has_a_default_for_it() -> None:
    required = [name for name, field in Pair.model_fields.items() if field.is_required()]
    assert required == ["repository", "job_definitions"]
    assert [name for name, definition in inputs().items() if not definition.optional] == [
        "repository",
        "jobDefinitions",
    ]


def test_only_what_may_be_known_later_takes_outputs() -> None:
    taking = {name for name, definition in inputs().items() if not definition.plain}
    of_items = {
        name for name, definition in inputs().items() if definition.items and not definition.items.plain
    }
    assert (taking, of_items) == ({"repository"}, {"jobDefinitions", "passRoles", "alarmTopics"})


def test_choices_are_enums_with_the_words_of_the_configuration() -> None:
    found = {
        name: [member.value for member in kind.enum]
        for name, kind in analyzed()["type_definitions"].items()
        if kind.enum
    }
    assert found["Pin"] == ["digest", "tag"]
    assert found["Dashboard"] == ["own", "overview", "none"]
    assert found["LogLevel"] == ["DEBUG", "INFO", "WARNING", "ERROR"]


def test_every_input_output_type_and_choice_is_described() -> None:
    result = analyzed()
    component = result["component_definitions"]["BatchImageUpdater"]
    described = {**component.inputs, **component.outputs}
    for name, kind in result["type_definitions"].items():
        assert kind.description, name
        described |= {f"{name}.{key}": value for key, value in kind.properties.items()}
        assert all(member.description for member in kind.enum or [])
    assert [name for name, definition in described.items() if not definition.description] == []


def test_the_outputs_are_those_of_the_stack_output() -> None:
    assert set(analyzed()["component_definitions"]["BatchImageUpdater"].outputs) == {
        *("functionArn", "ruleArn", "roleName", "policyName", "logGroup", "queueUrl"),
        *("dashboardName", "dashboardUrl"),
    }
