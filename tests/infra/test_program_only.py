"""The program runs in the environment that its users get: with what requirements.txt brings, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.program_only import OthersRefused, brought
from tests.support.recorder import ROOT

RUNNER = ROOT / "tests/support/program_only.py"
LOCKED = brought((ROOT / "requirements.txt").read_text())


def run(program: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUNNER), str(program)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_program_of_the_repository_runs_with_what_the_requirements_bring() -> None:
    answer = run(ROOT / "tests/infra/evaluated_stacks.py")
    assert answer.returncode == 0, answer.stderr
    counts = json.loads(answer.stdout)
    assert {"Pulumi.dev.yaml", "complete"} <= set(counts)
    assert min(counts.values()) > 15


@pytest.mark.parametrize("module", ["botocore", "boto3", "moto", "typer"])
def test_what_the_requirements_do_not_bring_is_refused(module: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import json\nimport {module}.anything\n")
    answer = run(program)
    assert answer.returncode != 0
    assert f"ModuleNotFoundError: {module} is of" in answer.stderr


def test_the_refusal_knows_every_distribution_of_the_lock_file_by_its_modules() -> None:
    """A name that is spelled otherwise in the lock file than where it is installed would be refused."""
    refusing = OthersRefused(LOCKED)
    for module, homes in packages_distributions().items():
        if "pulumi" in module or "pydantic" in homes:
            refusing.find_spec(module)
    assert {"pulumi", "pulumi-aws", "pydantic", "grpcio"} <= LOCKED
    assert "botocore" not in LOCKED
