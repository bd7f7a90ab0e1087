from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.support import STACK, checkout
from tests.ops.support import environment as tool_environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where the command ``ecr-batch`` is this checkout's."""
    command = tmp_path / "bin" / "ecr-batch"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m ops.cli "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}:{os.environ['PATH']}"
    return tool_environment(PATH=path, HOME=str(tmp_path))


def proposals(environment: dict[str, str], *words: str) -> list[str]:
    """What bash proposes for the last of the words, with the script that --show-completion prints."""
    script = (
        'eval "$(ecr-batch --show-completion bash)"\n'
        f"COMP_WORDS=({shlex.join(['ecr-batch', *words])})\nCOMP_CWORD={len(words)}\n"
        '_ecr_batch_completion ecr-batch\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    result = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    return result.stdout.split()


def test_verbs_and_their_options_are_proposed(environment: dict[str, str]) -> None:
    assert proposals(environment, "sta") == ["status"]
    assert proposals(environment, "status", "--wa") == ["--watch", "--wait"]


def test_stacks_are_those_that_have_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    directory = checkout(tmp_path, dev=STACK, prod=STACK, preview=STACK)
    assert proposals(environment, "-C", str(directory), "--stack", "pr") == ["preview", "prod"]


def test_pairs_are_those_of_the_stack_that_is_meant(environment: dict[str, str], tmp_path: Path) -> None:
    directory = str(checkout(tmp_path, dev=STACK, prod=STACK.replace("ocr:", "maps:")))
    assert proposals(environment, "-C", directory, "-s", "dev", "-p", "") == ["news", "ocr"]
    assert proposals(environment, "-C", directory, "-s", "prod", "--pair", "m") == ["maps"]


def test_where_there_is_no_stack_nothing_is_proposed(environment: dict[str, str], tmp_path: Path) -> None:
    assert proposals(environment, "-C", str(tmp_path), "--pair", "") == []
    assert proposals(environment, "-C", str(tmp_path), "--stack", "") == []


def test_a_stack_that_cannot_be_read_proposes_no_pair(environment: dict[str, str], tmp_path: Path) -> None:
    directory = checkout(tmp_path, dev="config: [")
    assert proposals(environment, "-C", str(directory), "--pair", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(environment: dict[str, str], shell: str) -> None:
    result = subprocess.run(
        ["ecr-batch", "--show-completion", shell], env=environment, capture_output=True, text=True, check=True
    )
    assert "_ECR_BATCH_COMPLETE" in result.stdout


def test_installing_completion_writes_it_where_bash_looks(
    environment: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run(
        ["ecr-batch", "--install-completion", "bash"], env=environment, capture_output=True, check=True
    )
    (script,) = (tmp_path / ".bash_completions").iterdir()
    assert "_ECR_BATCH_COMPLETE" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()
