"""The component as a package: started as Pulumi starts it, from another place, in a user's project."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from pulumi.runtime import rpc
from pulumi.runtime.proto import errors_pb2, status_pb2

from components import BatchImageUpdater
from handler.settings import Settings
from tests.support.plugin_host import FOLDER, PARENT, Plugin, running
from tests.support.recorder import ACCOUNT, COMPONENT, ROOT, Recording, comparable, evaluate, in_the_clear

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ocr-job"
REPOSITORY = "urn:pulumi:prod::platform::aws:ecr/repository:Repository::backend"
PROVIDER = "urn:pulumi:prod::platform::pulumi:providers:aws::elsewhere::0b5167e3"
PLAIN = {"repository": "backend", "jobDefinitions": ["ocr-job"]}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Pulumi would keep the repository; what the package does not need is left out."""
    root = tmp_path_factory.mktemp("plugins") / "resource-github.com_acme"
    for part in ("plugin", "components", "handler"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    return root


@pytest.fixture(scope="module")
def plugin(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    """Started in a project that has a package `components` of its own."""
    project = tmp_path_factory.mktemp("project")
    (project / "components.py").write_text("raise SystemExit('the components of the user')")
    with running(checkout / "plugin", project) as started:
        yield started


def output(value: Any, *dependencies: str) -> dict[str, Any]:
    """An Output as it travels; without a value it is not known yet."""
    known = {} if value is None else {"value": value}
    return {rpc._special_sig_key: rpc._special_output_value_sig, "dependencies": list(dependencies), **known}


def secret(value: Any) -> dict[str, Any]:
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


def refusal(plugin: Plugin, **keys: Any) -> str:
    """What the engine is told about args that cannot be used."""
    recording = Recording()
    with pytest.raises(grpc.RpcError) as caught:
        plugin.construct(PLAIN | keys, recording)
    assert recording.resources == []
    return str(caught.value.details())


def refused_property(plugin: Plugin, inputs: dict[str, Any]) -> tuple[str, str]:
    """The property that Pulumi's own part of the package refuses, and why."""
    with pytest.raises(grpc.RpcError) as caught:
        plugin.construct(inputs, Recording())
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    error = errors_pb2.InputPropertiesError()
    assert status_pb2.Status.FromString(details).details[0].Unpack(error)
    return error.errors[0].property_path, error.errors[0].reason


def test_the_schema_that_it_answers_is_the_committed_one(plugin: Plugin) -> None:
    committed = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    assert plugin.schema() == committed, "make schema"


def test_it_registers_what_the_component_registers_in_a_python_program(
    plugin: Plugin, checkout: Path
) -> None:
    recording = Recording()
    plugin.construct({**PLAIN, "passRoles": [ROLE], "reconcile": "rate(1 hour)"}, recording)
    direct = evaluate(
        lambda: BatchImageUpdater(
            "ocr",
            {
                "repository": "backend",
                "job_definitions": ["ocr-job"],
                "pass_roles": [ROLE],
                "reconcile": "rate(1 hour)",
            },
        ),
        project="platform",
        stack_name="prod",
    )
    here = json.dumps(comparable(direct), sort_keys=True).replace(str(ROOT), str(checkout))
    assert json.dumps(comparable(recording), sort_keys=True) == here
    assert len(recording.all("Function")) == 1


def test_the_component_is_the_users_and_the_resources_are_the_components(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct(PLAIN, recording)
    component, *children = recording.resources
    assert (component.type, component.name, component.parent) == (COMPONENT, "ocr", PARENT)
    assert {child.short for child in children} >= {"EventRule", "Function", "Role", "Queue", "MetricAlarm"}
    assert {child.parent.partition("$")[2] for child in children} == {f"{COMPONENT}::ocr"}


def test_names_and_tags_are_after_the_users_project_and_stack(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct(PLAIN, recording)
    function = recording.one("Function").inputs
    assert function["name"] == "platform-prod-ocr"
    assert function["tags"] == {"project": "platform", "stack": "prod", "pair": "ocr", "managed-by": "pulumi"}


def test_the_outputs_come_back_under_the_names_of_the_schema(plugin: Plugin) -> None:
    outputs = plugin.construct(PLAIN, Recording())
    assert set(outputs) == set(plugin.schema()["resources"][COMPONENT]["properties"])
    assert outputs["functionArn"].endswith(":function:platform-prod-ocr")
    assert outputs["queueUrl"].endswith("/platform-prod-ocr-dlq")


def test_without_a_dashboard_its_outputs_stay_away(plugin: Plugin) -> None:
    outputs = plugin.construct({**PLAIN, "dashboard": "none"}, Recording())
    assert outputs.get("dashboardName") is None
    assert outputs.get("dashboardUrl") is None


def test_every_whole_number_of_the_schema_arrives_as_one(plugin: Plugin) -> None:
    """Pulumi sends numbers as doubles; a Lambda function's memory of 512.0 would be refused."""
    properties = plugin.schema()["resources"][COMPONENT]["inputProperties"]
    whole = {key: 365 for key, value in properties.items() if value.get("type") == "integer"}
    assert len(whole) == 4
    recording = Recording()
    plugin.construct(PLAIN | whole, recording)
    assert recording.one("Function").inputs["memorySize"] == 365
    environment = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(environment).keep_revisions == 365


def test_a_number_with_a_fraction_is_no_whole_number(plugin: Plugin) -> None:
    assert 'key "memoryMb": found the number 512.5, expected a whole number' in refusal(
        plugin, memoryMb=512.5
    )


def test_policies_gates_choices_and_maps_arrive(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct(
        PLAIN
        | {
            "imagePolicy": {"regex": "^main-([0-9]+)$", "order": "numeric", "allowDowngrade": True},
            "requires": {"maxSeverity": "HIGH", "scanTimeout": "2h"},
            "adopt": {"ocr-job": ["*"]},
            "logLevel": "DEBUG",
            "tags": {"cost_center": "7"},
            "reconcile": "rate(1 hour)",
        },
        recording,
    )
    settings = Settings.from_environment(recording.one("Function").inputs["environment"]["variables"])
    assert settings.policy.specification() == {
        "regex": "^main-([0-9]+)$",
        "order": "numeric",
        "allowDowngrade": True,
    }
    assert settings.requires is not None
    assert settings.requires.specification() == {"maxSeverity": "HIGH", "scanTimeout": "2h"}
    assert (settings.log_level, settings.adopt) == ("DEBUG", {"ocr-job": ("*",)})
    assert recording.one("Function").inputs["tags"]["cost_center"] == "7"


def test_what_other_resources_decide_is_taken_and_depended_on(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct({**PLAIN, "repository": output("backend", REPOSITORY)}, recording)
    function = recording.one("Function")
    assert function.inputs["environment"]["variables"]["ECR_REPOSITORY_NAME"] == "backend"
    assert REPOSITORY in function.depends_on


def test_a_preview_waits_for_nothing_that_is_not_known_yet(plugin: Plugin) -> None:
    recording = Recording()
    unknown = {"repository": output(None, REPOSITORY), "passRoles": [output(None, REPOSITORY)]}
    plugin.construct(PLAIN | unknown, recording, preview=True)
    assert recording.one("Function").inputs["name"] == "platform-prod-ocr"


def test_the_aws_provider_that_the_user_gave_it_makes_the_resources_and_the_lookups(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct(PLAIN, recording, provider=PROVIDER)
    assert {resource.provider for resource in recording.resources} == {PROVIDER}
    assert {provider for _, provider in recording.invokes} == {PROVIDER}


def test_a_list_with_a_secret_in_it_is_taken(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct({**PLAIN, "jobDefinitions": ["a", secret("b")]}, recording)
    environment = recording.one("Function").inputs["environment"]["value"]
    assert environment["variables"]["BATCH_JOB_DEFINITION_NAMES"] == "a,b"


def test_what_is_secret_stays_so_in_all_that_is_made_of_it(plugin: Plugin) -> None:
    recording = Recording()
    plugin.construct(
        {
            "repository": secret("hush"),
            "jobDefinitions": [secret("hush")],
            "passRoles": [secret(ROLE.replace("ocr", "hush"))],
            "tags": {"team": secret("hush"), "stage": "prod"},
        },
        recording,
    )
    assert "hush" not in in_the_clear(recording)
    assert "hush" in json.dumps(recording.one("Function").sent)


def test_an_error_in_what_is_secret_does_not_tell_it(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        plugin.construct({**PLAIN, "repository": secret("HUSH")}, Recording())
    assert 'key "repository": found a secret value, expected the name' in caught.value.details()
    assert "HUSH" not in caught.value.details()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"keepRevisions": 0},
            'pair "ocr", key "keepRevisions": found the number 0, expected a whole number, 1 or more',
        ),
        (
            {"imageTag": "a", "imagePolicy": {"glob": "*"}},
            "found both imageTag and imagePolicy, expected one of the two. Remedy: keep imageTag to follow",
        ),
        ({"requires": {"minAge": "soon"}}, 'key "requires.minAge": found'),
        ({"jobDefinitions": ["a b"]}, "key \"jobDefinitions[0]\": found the string 'a b'"),
        ({"imageTag": "-x"}, "key \"imageTag\": found the string '-x'"),
    ],
)
def test_an_error_names_the_key_as_the_user_wrote_it_and_comes_before_any_resource(
    plugin: Plugin, keys: dict[str, Any], message: str
) -> None:
    told = refusal(plugin, **keys)
    assert message in told
    assert not re.search(r'key "[a-z]+_', told)


def test_an_error_in_what_is_known_late_names_the_key_too(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        plugin.construct({**PLAIN, "jobDefinitions": [output("a b", REPOSITORY)]}, Recording())
    assert "key \"jobDefinitions[0]\": found the string 'a b'" in caught.value.details()


def test_what_is_missing_and_what_is_no_choice_are_refused_by_their_property(plugin: Plugin) -> None:
    assert refused_property(plugin, {"repository": "backend"})[0] == "jobDefinitions"
    key, reason = refused_property(plugin, {**PLAIN, "requires": {"maxSeverity": "AWFUL"}})
    assert (key, "AWFUL" in reason) == ("requires.maxSeverity", True)


def test_the_example_in_yaml_is_constructed(plugin: Plugin) -> None:
    page = (ROOT / "docs/plugin.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    properties = yaml.safe_load(example)["resources"]["ocr"]["properties"]
    assert properties["repository"] == "${backend.name}"
    later = {"repository": output("backend", REPOSITORY), "passRoles": [output(ROLE, REPOSITORY)]}
    recording = Recording()
    plugin.construct(properties | later, recording)
    assert recording.one("Function").inputs["name"] == "platform-prod-ocr"


def test_it_installs_what_the_program_installs_as_the_program_does() -> None:
    lines = (FOLDER / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt"]
    program = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    package = yaml.safe_load((FOLDER / "PulumiPlugin.yaml").read_text())
    assert package == {key: program[key] for key in ("runtime", "requiredPulumiVersion")}
