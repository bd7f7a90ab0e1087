from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ops.errors import ConfigurationError, OpsError, StackError
from ops.stack import Stack, open_stack
from tests.ops.support import STACK, checkout

PAIRS = {"ocr": {"repository": "from-export", "jobDefinitions": ["ocr-job"]}}


def opened(cwd: Path, chosen: str | None = None, config: Path | None = None, **environment: str) -> Stack:
    return open_stack(cwd, chosen=chosen, environment=environment, config=config)


def export(directory: Path, content: Any) -> Path:
    file = directory / "config.json"
    file.write_text(json.dumps(content))
    return file


def test_the_only_stack_file_is_taken(tmp_path: Path) -> None:
    stack = opened(checkout(tmp_path, prod=STACK))
    assert (stack.project, stack.name, stack.region) == ("ecr-batch-updater", "prod", "ap-southeast-2")
    assert list(stack.config.pairs) == ["news", "ocr"]


def test_the_option_wins_over_the_environment_and_that_over_the_only_file(tmp_path: Path) -> None:
    checkout(tmp_path, dev=STACK, prod=STACK)
    assert opened(tmp_path, chosen="dev", PULUMI_STACK="prod").name == "dev"
    assert opened(tmp_path, PULUMI_STACK="prod").name == "prod"


@pytest.mark.parametrize("chosen", ["dev", "acme/dev", "acme/ecr-batch-updater/dev"])
def test_a_stack_may_be_named_with_its_organization_and_project(tmp_path: Path, chosen: str) -> None:
    assert opened(checkout(tmp_path, dev=STACK, prod=STACK), chosen).name == "dev"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("acme/website/dev", "belongs to project website"),
        ("a/b/c/d", "is no stack name"),
        ("acme/", "is no stack name"),
        ("staging", "stacks with a file: dev, prod"),
        (None, "several stacks in .*: dev, prod"),
    ],
)
def test_a_stack_that_cannot_be_told_is_an_error_that_says_which_there_are(
    tmp_path: Path, chosen: str | None, message: str
) -> None:
    checkout(tmp_path, dev=STACK, prod=STACK)
    with pytest.raises(StackError, match=message):
        opened(tmp_path, chosen)


def test_no_stack_file_and_no_project_are_errors(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"no Pulumi\.yaml"):
        opened(tmp_path)
    (checkout(tmp_path) / "Pulumi.dev.yaml").unlink()
    with pytest.raises(StackError, match="no stack file"):
        opened(tmp_path)


def test_the_project_is_found_from_a_directory_below_it(tmp_path: Path) -> None:
    below = checkout(tmp_path) / "docs" / "decisions"
    below.mkdir(parents=True)
    assert opened(below).name == "dev"


def test_defaults_of_the_project_file_are_merged_below_the_stack(tmp_path: Path) -> None:
    checkout(tmp_path)
    project = (tmp_path / "Pulumi.yaml").read_text()
    (tmp_path / "Pulumi.yaml").write_text(
        project.replace("default: {}", "default: {imageTag: candidate}") + "  aws:profile: {value: team}\n"
    )
    stack = opened(tmp_path)
    tags = {name: pair.image_tag for name, pair in stack.config.pairs.items()}
    assert tags == {"ocr": "candidate", "news": "stable"}
    assert stack.profile == "team"


def test_an_export_replaces_the_stack_file(tmp_path: Path) -> None:
    checkout(tmp_path)
    content = {
        "aws:region": {"value": "eu-central-1", "secret": False},
        "ecr-batch-updater:pairs": {"value": json.dumps(PAIRS), "objectValue": PAIRS, "secret": False},
    }
    stack = opened(tmp_path, config=export(tmp_path, content))
    assert stack.region == "eu-central-1"
    assert [pair.repository for pair in stack.config.pairs.values()] == ["from-export"]


def test_an_export_needs_no_object_value_and_no_stack_file(tmp_path: Path) -> None:
    (checkout(tmp_path) / "Pulumi.dev.yaml").unlink()
    content = {"ecr-batch-updater:pairs": {"value": json.dumps(PAIRS), "secret": True}}
    assert opened(tmp_path, "acme/esc", config=export(tmp_path, content)).name == "esc"


def test_an_export_is_read_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"ecr-batch-updater:pairs": {"value": json.dumps(PAIRS), "secret": False}}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(content)))
    assert list(opened(checkout(tmp_path), config=Path("-")).config.pairs) == ["ocr"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"ecr-batch-updater:pairs": {"secret": True}}, "a secret that was not shown"),
        ({"ecr-batch-updater:pairs": "x"}, "holds no value object"),
        ([], "is no JSON object"),
    ],
)
def test_an_export_that_cannot_be_used_names_the_command_that_makes_one(
    tmp_path: Path, content: Any, message: str
) -> None:
    with pytest.raises(StackError, match=message) as raised:
        opened(checkout(tmp_path), config=export(tmp_path, content))
    assert "pulumi config --json --show-secrets" in raised.value.remedy


def test_an_export_that_is_missing_or_no_json_is_an_error(tmp_path: Path) -> None:
    checkout(tmp_path)
    with pytest.raises(StackError, match="No such file"):
        opened(tmp_path, config=tmp_path / "nowhere.json")
    with pytest.raises(StackError, match="is no JSON"):
        opened(tmp_path, config=tmp_path / "Pulumi.yaml")


ENCRYPTED = "config: {'ecr-batch-updater:pairs': {ocr: {secure: v1:abc}}}"


def pulumi_that(does: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pulumi` on the path, and the file in which it writes where and how it was called."""
    called = directory / "called"
    (directory / "bin").mkdir()
    script = directory / "bin" / "pulumi"
    script.write_text(f'#!/bin/sh\necho "$PWD $*" > "{called}"\n{does}\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    return called


def test_an_encrypted_value_is_an_error_that_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checkout(tmp_path, dev=ENCRYPTED)
    with pytest.raises(ConfigurationError, match=r"encrypted(.|\n)*--config FILE(.|\n)*--show-secrets"):
        opened(tmp_path)


def test_an_encrypted_value_is_asked_of_pulumi_where_that_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"ecr-batch-updater:pairs": {"value": json.dumps(PAIRS), "objectValue": PAIRS, "secret": True}}
    called = pulumi_that(f"echo '{json.dumps(values)}'", tmp_path, monkeypatch)
    stack = opened(checkout(tmp_path, dev=ENCRYPTED), "acme/dev")
    assert list(stack.config.pairs) == ["ocr"]
    arguments = "config --json --show-secrets --stack acme/dev --non-interactive"
    assert called.read_text() == f"{tmp_path} {arguments}\n"


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("echo 'error: incorrect passphrase' >&2; exit 255", "incorrect passphrase"),
        ("echo text", "printed no JSON"),
        ("echo '[]'", "is no JSON object"),
    ],
)
def test_what_keeps_pulumi_from_decrypting_is_told_with_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, message: str
) -> None:
    pulumi_that(does, tmp_path, monkeypatch)
    with pytest.raises(OpsError, match=message) as raised:
        opened(checkout(tmp_path, dev=ENCRYPTED))
    assert "--config FILE" in raised.value.remedy


@pytest.mark.parametrize(
    "more", ["", "  aws:secretKey: {secure: v1:abc}\n", "  other:token: [{secure: v1:abc}]\n"]
)
def test_pulumi_is_not_asked_where_the_tool_needs_nothing_that_is_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    called = pulumi_that("exit 1", tmp_path, monkeypatch)
    assert opened(checkout(tmp_path, dev=STACK + more)).config.pairs
    assert not called.exists()


def test_what_is_wrong_within_a_pair_is_told_with_the_line_of_its_key(tmp_path: Path) -> None:
    text = "config:\n  pairs:\n    ocr:\n      repository: r\n      requires:\n        minAgo: 1h\n"
    with pytest.raises(ConfigurationError) as raised:
        opened(checkout(tmp_path, dev=text))
    assert 'Pulumi.dev.yaml, line 6: pair "ocr", key "requires.minAgo"' in raised.value.message
    assert 'Pulumi.dev.yaml, line 3: pair "ocr", key "jobDefinitions": found nothing' in raised.value.message


def test_what_pulumi_config_set_makes_of_truth_values_and_numbers_is_taken(tmp_path: Path) -> None:
    project = (checkout(tmp_path) / "Pulumi.yaml").read_text()
    keys = "  protect: {type: boolean, default: false}\n  rulesPerBus: {type: integer, default: 300}\n"
    (tmp_path / "Pulumi.yaml").write_text(project + keys)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK + '  protect: "true"\n  rulesPerBus: "1"\n')
    with pytest.raises(ConfigurationError, match="rulesPerBus"):
        opened(tmp_path)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK + '  protect: "true"\n  rulesPerBus: "500"\n')
    assert opened(tmp_path).config.protect is True


def test_pairs_in_an_esc_environment_are_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    checkout(tmp_path, dev="environment: [team/dev]\nconfig: {'aws:region': eu-central-1}")
    with pytest.raises(StackError, match="ESC environment") as raised:
        opened(tmp_path)
    assert "--config FILE" in raised.value.remedy


def test_an_esc_environment_beside_pairs_of_the_stacks_own_is_a_doubt_unless_the_values_are_given(
    tmp_path: Path,
) -> None:
    checkout(tmp_path, dev=f"environment: [team/dev]\n{STACK}")
    stack = opened(tmp_path)
    assert list(stack.config.pairs) == ["news", "ocr"]
    assert "imports an ESC environment, which this tool can't read" in stack.doubt
    assert "--config FILE" in stack.doubt
    content = {"ecr-batch-updater:pairs": {"value": json.dumps(PAIRS), "secret": False}}
    assert opened(tmp_path, config=export(tmp_path, content)).doubt == ""
    assert opened(checkout(tmp_path)).doubt == ""


def test_a_bad_configuration_lists_every_problem(tmp_path: Path) -> None:
    bad = STACK.replace("[ocr-job]", "[]").replace("imageTag: stable", "imageTagg: stable")
    with pytest.raises(ConfigurationError) as raised:
        opened(checkout(tmp_path, dev=bad))
    assert 'pair "ocr", key "jobDefinitions"' in raised.value.message
    assert 'pair "news", key "imageTagg"' in raised.value.message


@pytest.mark.parametrize("written", ['["012345678901"]', "'[\"012345678901\"]'"])
def test_the_accounts_that_a_stack_allows_are_read_as_yaml_or_as_json_text(
    tmp_path: Path, written: str
) -> None:
    stack = opened(checkout(tmp_path, dev=f"{STACK}  aws:allowedAccountIds: {written}\n"))
    assert stack.accounts == ("012345678901",)


def test_accounts_that_are_no_list_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="allowedAccountIds"):
        opened(checkout(tmp_path, dev=f"{STACK}  aws:allowedAccountIds: '012345678901'\n"))


@pytest.mark.parametrize("text", ["[1, 2]", "config: [", "just text"])
def test_a_stack_file_that_is_no_map_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(StackError, match=r"Pulumi\.dev\.yaml"):
        opened(checkout(tmp_path, dev=text))
