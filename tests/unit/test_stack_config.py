"""From a stack's configuration, whatever its source, to validated pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import stack_config
from components.problems import ConfigErrors, Problem
from components.quotas import MOST_PAIRS
from handler.settings import Pin
from ops.pulumi_files.project import read_project
from ops.pulumi_files.stack import read_stack

ROOT = Path(__file__).resolve().parents[2]
PAIR = {"repository": "backend", "jobDefinitions": ["ocr-job"]}


def load(config: dict[str, Any], *, stack: str = "dev") -> stack_config.StackConfig:
    return stack_config.load(config, project="ecr-batch-updater", stack=stack)


def problems(config: dict[str, Any], *, stack: str = "dev") -> tuple[Problem, ...]:
    with pytest.raises(ConfigErrors) as caught:
        load(config, stack=stack)
    return caught.value.problems


def only(config: dict[str, Any], *, stack: str = "dev") -> Problem:
    found = problems(config, stack=stack)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, "nothing"),
        ({"pairs": None}, "nothing"),
        ({"pairs": {}}, "an empty map"),
        ({"pairs": [PAIR]}, "a list of 1"),
    ],
)
def test_a_stack_without_pairs_is_told_what_a_pair_needs(config: dict[str, Any], found: str) -> None:
    problem = only(config)
    assert (problem.key, problem.found) == ("pairs", found)
    assert "repository and jobDefinitions" in problem.remedy


def test_a_pair_that_is_no_map_is_named() -> None:
    problem = only({"pairs": {"ocr": "backend"}})
    assert (problem.pair, problem.found, problem.expected) == ("ocr", "the string 'backend'", "a map of keys")


def test_a_pair_whose_name_is_a_number_is_told_to_be_quoted() -> None:
    problem = only({"pairs": {1: PAIR}})
    assert (problem.key, problem.found, problem.remedy) == ("pairs.1", "the number 1", "put quotes around it")


@pytest.mark.parametrize("name", ["OCR", "a_b", "-a", "a-", "a.b", ""])
def test_a_pair_name_of_other_characters_is_refused(name: str) -> None:
    problem = only({"pairs": {name: PAIR}})
    assert (problem.pair, problem.found) == (name, repr(name))
    assert "lower-case letters, digits and '-'" in problem.expected


def test_a_pair_name_that_is_too_long_behind_project_and_stack_says_how_long_it_may_be() -> None:
    room = 64 - len("ecr-batch-updater-dev-")
    assert load({"pairs": {"a" * room: PAIR}}).pairs
    problem = only({"pairs": {"a" * (room + 1): PAIR}})
    assert f"ecr-batch-updater-dev-{'a' * (room + 1)}" in problem.found
    assert problem.expected == f"at most 64 characters, so at most {room} for the pair's own name"


def test_the_name_of_the_rule_of_changes_counts_where_there_is_one() -> None:
    room = 64 - len("ecr-batch-updater-dev-") - len("-changes")
    follows = {**PAIR, "followChanges": True}
    assert load({"pairs": {"a" * room: follows}}).pairs
    problem = only({"pairs": {"a" * (room + 1): follows}})
    assert f"ecr-batch-updater-dev-{'a' * (room + 1)}-changes" in problem.found
    assert problem.expected == f"at most 64 characters, so at most {room} for the pair's own name"


def test_the_name_of_the_scheduled_rule_counts_where_there_is_one() -> None:
    room = 64 - len("ecr-batch-updater-dev-") - len("-reconcile")
    scheduled = {**PAIR, "reconcile": "rate(1 hour)"}
    assert load({"pairs": {"a" * room: scheduled}}).pairs
    assert load({"pairs": {"a" * (room + 1): PAIR}}).pairs
    for config in (
        {"pairs": {"a" * (room + 1): scheduled}},
        {"pairs": {"a" * (room + 1): PAIR}, "defaults": {"reconcile": "rate(1 hour)"}},
    ):
        problem = only(config)
        assert f"ecr-batch-updater-dev-{'a' * (room + 1)}-reconcile" in problem.found
        assert problem.expected == f"at most 64 characters, so at most {room} for the pair's own name"


def test_a_pair_name_that_is_that_of_another_pairs_scheduled_rule_is_refused() -> None:
    problem = only({"pairs": {"ocr-reconcile": PAIR}})
    assert (
        problem.found == "ecr-batch-updater-dev-ocr-reconcile, the name of the scheduled rule of a pair ocr"
    )
    assert load({"pairs": {"reconcile": PAIR}}).pairs


def test_a_pair_name_that_is_too_long_for_its_role_is_refused() -> None:
    with pytest.raises(ConfigErrors, match="at most 51 characters, for the role's name"):
        stack_config.load({"pairs": {"a" * 52: PAIR}}, project="p", stack="s")
    assert stack_config.load({"pairs": {"a" * 51: PAIR}}, project="p", stack="s").pairs


def test_a_stack_name_that_aws_does_not_take_in_a_function_name_is_refused() -> None:
    problem = only({"pairs": {"ocr": PAIR}}, stack="v1.0")
    assert "ecr-batch-updater-v1.0-ocr" in problem.found
    assert problem.remedy == "rename the project or the stack"


def test_the_same_job_definition_in_two_pairs_is_refused_and_both_are_named() -> None:
    problem = only({"pairs": {"a": PAIR, "b": {**PAIR, "jobDefinitions": ["x", "ocr-job"]}}})
    assert (problem.pair, problem.key) == ("b", "jobDefinitions")
    assert problem.found == "ocr-job, which pair a has too"


def test_defaults_apply_where_a_pair_says_nothing_and_are_replaced_whole() -> None:
    loaded = load(
        {
            "pairs": {"a": PAIR, "b": {"repository": "b2", "jobDefinitions": ["b"], "tags": {"own": "1"}}},
            "defaults": {"pin": "tag", "tags": {"team": "ocr"}},
        }
    )
    assert {name: (pair.pin, pair.tags) for name, pair in loaded.pairs.items()} == {
        "a": (Pin.TAG, {"team": "ocr"}),
        "b": (Pin.TAG, {"own": "1"}),
    }


def test_a_wrong_default_is_reported_once_and_not_for_each_pair() -> None:
    other = {"repository": "b2", "jobDefinitions": ["b"]}
    found = problems(
        {"pairs": {"a": PAIR, "b": other}, "defaults": {"memoryMb": 1, "pins": "x", "dashboard": "big"}}
    )
    assert [(problem.pair, problem.key) for problem in found] == [
        (None, "defaults.dashboard"),
        (None, "defaults.memoryMb"),
        (None, "defaults.pins"),
    ]


@pytest.mark.parametrize("key", ["repository", "jobDefinitions"])
def test_what_each_pair_needs_for_itself_is_no_default(key: str) -> None:
    problem = only({"pairs": {"a": PAIR}, "defaults": {key: PAIR[key]}})
    assert (problem.key, problem.remedy) == (f"defaults.{key}", "move it into the pairs")


def test_the_choice_of_a_pair_between_tag_and_policy_replaces_the_choice_of_the_defaults() -> None:
    pairs = {"a": {**PAIR, "imagePolicy": {"glob": "v*"}}, "b": {**PAIR, "jobDefinitions": ["b"]}}
    loaded = stack_config.load({"pairs": pairs, "defaults": {"imageTag": "stable"}}, project="p", stack="s")
    policies = {name: pair.policy.specification() for name, pair in loaded.pairs.items()}
    assert policies == {"a": {"glob": "v*"}, "b": {"tag": "stable"}}


def test_gates_among_the_defaults_may_rely_on_what_each_pair_says_itself() -> None:
    own = {"a": {**PAIR, "reconcile": "rate(1 hour)"}, "b": {**PAIR, "jobDefinitions": ["b"]}}
    found = problems({"pairs": own, "defaults": {"requires": {"minAge": "10m"}}})
    assert [(problem.pair, problem.key) for problem in found] == [("b", "requires.minAge")]


@pytest.mark.parametrize(
    "config", [{"pairs": {"ocr": {**PAIR, "alarmEmails": []}}}, {"defaults": {"alarmEmails": []}}]
)
def test_a_key_of_the_stack_within_a_pair_or_the_defaults_is_told_its_place(config: dict[str, Any]) -> None:
    problem = only({"pairs": {"ocr": PAIR}, **config})
    assert problem.key.endswith("alarmEmails")
    assert problem.remedy == "write it beside pairs: alarmEmails is a key of the whole stack"


def test_an_unknown_key_of_the_stack_is_answered_with_the_nearest_known_one() -> None:
    problem = only({"pairs": {"a": PAIR}, "alarmEmail": []})
    assert (problem.pair, problem.key, problem.remedy) == (None, "alarmEmail", "did you mean alarmEmails")


@pytest.mark.parametrize(
    ("config", "key", "found"),
    [
        ({"alarmEmails": "a@example.com"}, "alarmEmails", "the string 'a@example.com'"),
        ({"alarmEmails": ["ops"]}, "alarmEmails[0]", "the string 'ops'"),
        ({"alarmEmails": [3]}, "alarmEmails[0]", "the number 3"),
        ({"protect": "yes"}, "protect", "the string 'yes'"),
        ({"defaults": ["x"]}, "defaults", "a list of 1"),
    ],
)
def test_a_wrong_value_for_the_whole_stack_is_named(config: dict[str, Any], key: str, found: str) -> None:
    problem = only({"pairs": {"a": PAIR}, **config})
    assert (problem.key, problem.found) == (key, found)


def test_the_problems_of_all_pairs_and_of_the_stack_come_together() -> None:
    found = problems({"pairs": {"A": {}, "b": {**PAIR, "pin": 1}}, "protect": 1, "x": 1})
    assert [(problem.pair, problem.key) for problem in found] == [
        (None, "x"),
        ("A", "(name)"),
        ("A", "repository"),
        ("A", "jobDefinitions"),
        ("b", "pin"),
        (None, "protect"),
    ]


def test_a_text_is_read_by_the_type_of_its_key() -> None:
    texts = {
        "p:pairs": '{"a": {"timeoutSeconds": 60}}',
        "p:alarmEmails": "[]",
        "p:protect": "true",
        "p:rulesPerBus": "+0500",
        "aws:region": "eu-central-1",
    }
    assert stack_config.from_pulumi(texts, "p") == {
        "pairs": {"a": {"timeoutSeconds": 60}},
        "alarmEmails": [],
        "protect": True,
        "rulesPerBus": 500,
    }


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("pairs", "{"),
        ("alarmEmails", "ops@example.com"),
        ("protect", "yes"),
        ("protect", "1"),
        ("rulesPerBus", "5.5"),
        ("rulesPerBus", "true"),
    ],
)
def test_a_text_that_is_not_of_its_keys_type_stays_one_and_is_refused(key: str, text: str) -> None:
    read = stack_config.from_pulumi({f"p:{key}": text}, "p")
    assert read == {key: text}
    assert only({"pairs": {"a": PAIR}, **read}).found.startswith("the string")


def test_an_unknown_key_keeps_its_text_whatever_that_looks_like() -> None:
    assert stack_config.from_pulumi({"p:other": "true", "p:more": "{}"}, "p") == {
        "other": "true",
        "more": "{}",
    }


def test_the_project_file_declares_every_key_with_type_and_description() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert {key: each["type"] for key, each in declared.items()} == stack_config.TYPES
    assert all(each["description"] for each in declared.values())
    # A declared key without a default would have to be in every stack file.
    assert [key for key, declaration in declared.items() if "default" not in declaration] == ["pairs"]


def test_the_example_stack_is_valid_and_holds_the_documented_pair() -> None:
    texts = read_stack(read_project(ROOT / "Pulumi.yaml"), ROOT / "Pulumi.dev.yaml").texts
    (name, pair), *others = load(stack_config.from_pulumi(texts, "ecr-batch-updater")).pairs.items()
    assert (name, pair.repository, others) == ("newsarchivepro", "newsarchive-backend", [])
    assert pair.job_definitions == ("newsarchivepro-ocr-job-definition",)
    assert pair.reconcile == "rate(1 hour)"


def test_more_pairs_than_an_overview_holds_are_refused_before_anything_is_deployed() -> None:
    def stack(count: int) -> dict[str, Any]:
        return {f"pair-{n}": PAIR | {"jobDefinitions": [f"job-{n}"]} for n in range(count)}

    overview = {"defaults": {"dashboard": "overview"}, "rulesPerBus": MOST_PAIRS + 1}
    assert load({"pairs": stack(MOST_PAIRS), **overview}).pairs
    problem = only({"pairs": stack(MOST_PAIRS + 1), **overview})
    assert (problem.key, problem.found) == ("dashboard", f"an overview of {MOST_PAIRS + 1} pairs")
    assert load({**overview, "pairs": stack(MOST_PAIRS + 1), "defaults": {}}).pairs
