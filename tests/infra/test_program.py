"""The program as a whole: refuses wrong configurations, and gives the same deployment every time."""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.archive import zip_bytes
from tests.support.recorder import ROOT, Recording, comparable, evaluate, evaluate_main

# Run with the root of a copy as its argument.
SECOND = """
import hashlib, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from components.archive import zip_bytes
from tests.infra.test_program import stacks
print(json.dumps([hashlib.sha256(zip_bytes()).hexdigest(), stacks()]))
"""
# What tests, editors and merges leave in the package, beside the bytecode of every module.
LEFTOVERS = (
    *(".entry.py.swp", "entry.py~", "#entry.py#", ".#entry.py", "entry.py.orig", "entry.py.rej", "entry.pyc"),
    *("entry (copy).py", "policy/.glob.py.swo", "policy/.ipynb_checkpoints/glob.py", ".DS_Store"),
)


def example() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return config


def stacks() -> dict[str, Any]:
    """What each stack of the repository registers, by the name of the stack."""
    files = {path.name.split(".")[1]: path for path in sorted(ROOT.glob("Pulumi.*.yaml"))}
    return {
        name: comparable(evaluate_main(yaml.safe_load(path.read_text())["config"], stack_name=name))
        for name, path in files.items()
    }


def copy_of_the_repository(target: Path) -> Path:
    """The program and its test support as another checkout has them: other times and modes, and leftovers."""
    for name in ("handler", "components", "tests"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (ROOT / "__main__.py", ROOT / "stack_config.py", *ROOT.glob("Pulumi*.yaml")):
        shutil.copy(path, target)
    for path in target.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (915_148_800, 915_148_800))
    compileall.compile_dir(target / "handler", quiet=1)
    for name in LEFTOVERS:
        leftover = target / "handler" / name
        leftover.parent.mkdir(exist_ok=True)
        leftover.write_text("left over")
    return target


def test_a_copy_elsewhere_with_leftovers_under_another_umask_and_zone_asks_for_the_same(
    tmp_path: Path,
) -> None:
    copy = copy_of_the_repository(tmp_path / "another" / "checkout")
    answer = subprocess.run(
        [sys.executable, "-c", SECOND, str(copy)],
        cwd=tmp_path,
        env={**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"},
        umask=0o077,
        capture_output=True,
        text=True,
        check=True,
    )
    # The copy was evaluated, and nothing of this checkout.
    assert str(copy) in answer.stdout
    assert str(ROOT) not in answer.stdout
    # Pulumi compares files by content: paths are allowed to differ, and only in where the checkout is.
    archive, second = json.loads(answer.stdout.replace(str(copy), str(ROOT)))
    first = json.loads(json.dumps(stacks()))
    assert second == first
    assert archive == hashlib.sha256(zip_bytes()).hexdigest()
    # What was compared includes the contents of the archive.
    assert "handler/entry.py" in first["dev"]["aws:lambda/function:Function::newsarchivepro-function"]["code"]


def test_a_third_evaluation_in_the_same_process_is_equal() -> None:
    assert comparable(evaluate_main(example())) == comparable(evaluate_main(example()))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, ['key "pairs"', "found nothing", "at least one pair"]),
        (
            {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["a"], "imageTag": 1.1}}},
            ['pair "ocr", key "imageTag"', "found the number 1.1", "put quotes around it"],
        ),
        (
            {"pairs": {name: {"repository": "backend", "jobDefinitions": ["a"]} for name in "xy"}},
            ['pair "y", key "jobDefinitions"', "a, which pair x has too"],
        ),
        (
            {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["a"]}}, "alarmEmail": ["a@b.cd"]},
            ['key "alarmEmail"', "an unknown key", "did you mean alarmEmails"],
        ),
    ],
)
def test_a_wrong_configuration_ends_the_program_before_anything_is_registered(
    config: dict[str, Any], words: list[str]
) -> None:
    recording = Recording()
    with pytest.raises(pulumi.RunError) as caught:
        evaluate_main(
            {f"ecr-batch-updater:{key}": value for key, value in config.items()}, recording=recording
        )
    assert recording.resources == []
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_the_recorder_refuses_a_program_that_registers_nothing() -> None:
    with pytest.raises(AssertionError, match="registered nothing"):
        evaluate(lambda: None)


def test_the_recorder_refuses_a_resource_type_that_it_does_not_know() -> None:
    class Unknown(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("my:index:Unknown", "x", {})

    with pytest.raises(AssertionError, match="unknown resource type my:index:Unknown"):
        evaluate(Unknown)
