"""Pulumi.yaml and a stack's file are read as Pulumi's engine reads them: its recorded answers are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.problems import ConfigErrors
from ops.errors import StackError
from ops.pulumi_files.project import Project, read_project
from ops.pulumi_files.stack import StackFile, read_stack
from tests.support.recorder import ROOT
from tests.support.stack_files import all_files, comparable, record

FILES = all_files()
RECORD = record()
OWN = (ROOT / "Pulumi.yaml").read_text()


def written(folder: Path, stack: str, project: str = OWN) -> Path:
    (folder / "Pulumi.yaml").write_bytes(project.encode())
    (folder / "Pulumi.dev.yaml").write_bytes(stack.encode())
    return folder


def read(folder: Path, stack: str, project: str = OWN) -> StackFile:
    written(folder, stack, project)
    return read_stack(read_project(folder / "Pulumi.yaml"), folder / "Pulumi.dev.yaml")


def refused(folder: Path, stack: str, project: str = OWN) -> str:
    with pytest.raises((StackError, ConfigErrors)) as raised:
        read(folder, stack, project)
    return str(raised.value)


def test_the_record_is_that_of_the_files() -> None:
    assert set(RECORD) == set(FILES)
    verdicts = ["values" in answer for answer in RECORD.values()]
    assert min(verdicts.count(True), verdicts.count(False)) > 40


@pytest.mark.parametrize("name", [name for name, answer in RECORD.items() if "values" in answer])
def test_what_the_engine_takes_has_the_engines_values(tmp_path: Path, name: str) -> None:
    files = FILES[name]
    texts = read(tmp_path, files.stack, files.project).texts
    expected = RECORD[name]["values"]
    assert {key: comparable(text) for key, text in texts.items()} == {
        key: comparable(text) for key, text in expected.items()
    }


@pytest.mark.parametrize("name", [name for name, answer in RECORD.items() if "refused" in answer])
def test_what_the_engine_refuses_is_refused_with_the_file_that_is_wrong(tmp_path: Path, name: str) -> None:
    files = FILES[name]
    assert "Pulumi." in refused(tmp_path, files.stack, files.project)


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        (
            "config:\n  pairs: {}\n  protect: yes\n",
            "Pulumi.dev.yaml, line 3: key \"protect\": found the string 'yes'",
        ),
        ("config:\n  pairs: {}\n  protect: yes\n", "Remedy: write true or false"),
        ("config:\n  pairs: {}\n  protect:\n", "Remedy: give it a value, or remove the key"),
        ("config:\n  pairs: '{}'\n", "Remedy: write it as YAML and not as a text in quotes"),
        ("config:\n  pairs: x\n", "pulumi config set --path 'pairs.KEY' VALUE"),
        ("config:\n  pairs: {}\n  alarmEmails: x\n", "pulumi config set --path 'alarmEmails[0]' VALUE"),
        ("config:\n  pairs: {}\n  rulesPerBus: 1.5\n", "line 3: key \"rulesPerBus\": found the string '1.5'"),
        ("config:\n  protect: true\n", 'key "pairs": found nothing, expected a map. Remedy: set'),
        ("config:\n  pairs: {}\n\n  pairs: {}\n", "line 4: the key 'pairs' stands on line 2 already"),
        ("config: {pairs: {a: 1,\n a: 2}}\n", "line 2: the key 'a' stands on line 1 already"),
        ("config:\n  pairs: {}\n  1: x\n", 'line 3: key "1": found a key that is no string'),
        ("config:\n  pairs: {}\n  a:b:c: x\n", 'line 3: key "a:b:c": found a key that is none'),
        ("config:\n  pairs: {}\n  x: .inf\n", 'line 3: key "x": found inf is no number'),
        ("config:\n\tpairs: {}\n", "Pulumi.dev.yaml, line 2: "),
        ("config:\n  pairs: [\n\n", "line 4: while parsing a flow node that begins on line 4"),
        ("config:\n  pairs: {a: [b\n\n", "line 4: while parsing a flow sequence that begins on line 2"),
        ("config: []\n", "Pulumi.dev.yaml, line 1: config is an empty list, expected a map of keys"),
    ],
)
def test_a_refusal_says_where_what_and_how_to_repair_it(tmp_path: Path, stack: str, message: str) -> None:
    assert message in refused(tmp_path, stack)


def test_every_wrong_key_is_told_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, "config:\n  pairs: []\n  protect: on\n  rulesPerBus: x\n")
    assert [f"line {number}" in said for number in (2, 3, 4)] == [True] * 3


@pytest.mark.parametrize("again", ["pairs", "p:pairs", "p:config:pairs"])
def test_one_key_in_two_spellings_is_refused_since_the_engine_takes_one_at_random(
    tmp_path: Path, again: str
) -> None:
    first = "pairs" if again != "pairs" else "p:pairs"
    said = refused(tmp_path, f"config:\n  {first}: {{}}\n  {again}: {{}}\n", "name: p\n")
    assert f'line 3: key "{again}": found what {first} sets too' in said


def test_what_is_wrong_with_a_declaration_is_told_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, "", "name: p\nconfig:\n  x: {type: integer, default: a}\n  y: {types: x}\n")
    assert "Pulumi.yaml, line 3: key \"x\": found as default the string 'a', expected a whole number" in said
    assert (
        'line 4: key "y": found the attribute types, expected a known one. Remedy: did you mean type' in said
    )


def test_a_key_that_a_project_needs_may_come_from_an_environment(tmp_path: Path) -> None:
    assert read(tmp_path, "environment: [team/dev]\n").imports
    assert not read(tmp_path, "environment: []\nconfig: {pairs: {}}\n").imports


@pytest.mark.parametrize(
    ("description", "folder"),
    [
        ("name: p\n", "."),
        ("name: p\nstackConfigDir: stacks\n", "stacks"),
        ("name: p\nstackConfigDir: /stacks\n", "stacks"),
        ("name: p\nconfig: stacks\n", "stacks"),
    ],
)
def test_the_stacks_files_may_be_in_a_folder_of_their_own(
    tmp_path: Path, description: str, folder: str
) -> None:
    written(tmp_path, "", description)
    assert read_project(tmp_path / "Pulumi.yaml").directory == tmp_path / folder


@pytest.mark.parametrize("wrong", ["config: a\nstackConfigDir: b\n", "stackConfigDir: [a]\n"])
def test_a_folder_that_cannot_be_told_is_refused(tmp_path: Path, wrong: str) -> None:
    assert "stackConfigDir" in refused(tmp_path, "", f"name: p\n{wrong}")


def test_a_secret_is_told_from_a_map_that_only_has_such_a_key(tmp_path: Path) -> None:
    stack = "config:\n  pairs: {a: [{secure: v1:x}]}\n  aws:k: {secure: v1:x}\n  aws:l: {secure: 5}\n"
    values = read(tmp_path, stack).values
    assert {key for key, value in values.items() if value.encrypted} == {"ecr-batch-updater:pairs", "aws:k"}


def test_a_key_that_is_to_be_a_secret_may_not_stand_in_the_clear(tmp_path: Path) -> None:
    project = "name: p\nconfig: {x: {type: string, secret: true}}\n"
    assert "pulumi config set --secret x" in refused(tmp_path, "config: {x: a}\n", project)
    assert read(tmp_path, "config: {x: {secure: v1:x}}\n", project).values["p:x"].encrypted


@pytest.mark.parametrize(
    ("key", "full"), [("a", "p:a"), ("p:a", "p:a"), ("p:config:a", "p:a"), ("b:a", "b:a"), ("a:b:c", None)]
)
def test_a_key_without_namespace_is_the_projects_own(key: str, full: str | None) -> None:
    assert Project("p", Path(), Path(), {}).full_key(key) == full
