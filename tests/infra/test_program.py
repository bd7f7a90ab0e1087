"""The program as a whole: refuses wrong configurations, and gives the same deployment every time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.archive import zip_bytes
from tests.support.recorder import ROOT, Recording, comparable, evaluate, evaluate_main

SECOND = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
import hashlib
import yaml
from pathlib import Path
from components.archive import zip_bytes
from tests.support.recorder import comparable, evaluate_main
config = yaml.safe_load(Path({str(ROOT / "Pulumi.dev.yaml")!r}).read_text())["config"]
recording = evaluate_main(config)
print(json.dumps([hashlib.sha256(zip_bytes()).hexdigest(), comparable(recording)]))
"""


def example() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return config


def test_a_second_evaluation_in_another_directory_under_another_umask_and_zone_is_equal(
    tmp_path: Path,
) -> None:
    first = json.loads(json.dumps(comparable(evaluate_main(example()))))
    answer = subprocess.run(
        [sys.executable, "-c", SECOND],
        cwd=tmp_path,
        env={**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"},
        umask=0o077,
        capture_output=True,
        text=True,
        check=True,
    )
    archive, second = json.loads(answer.stdout)
    assert second == first
    assert archive == hashlib.sha256(zip_bytes()).hexdigest()
    # What was compared includes the contents of the archive.
    assert "handler/entry.py" in first["aws:lambda/function:Function::newsarchivepro-function"]["code"]


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
