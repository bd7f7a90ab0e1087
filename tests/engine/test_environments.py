"""Every environment that the docs name is made by its own steps and runs the program there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cloud import Cloud
from local.provider.server import serve
from tests.engine.stage import PAIR, Stage
from tests.support.patience import PATIENCE
from tests.support.recorder import ROOT

ACTION = ROOT / ".github/actions/pulumi/action.yml"
SHIM = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tools.engine.__main__ import Path, run
sys.exit(run(Path({cli!r}), sys.argv[1:]))
"""


@pytest.fixture
def commands(tmp_path: Path, cli: Path) -> Path:
    """A folder for the path: the `pulumi` of these tests, and one `python`, as on a runner."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pulumi").write_text(SHIM.format(python=sys.executable, root=str(ROOT), cli=str(cli)))
    (folder / "pulumi").chmod(0o755)
    for name in ("python", "python3"):
        (folder / name).symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return folder


@pytest.fixture
def stage(cloud: Cloud, tmp_path: Path) -> Any:
    """The program as a checkout has it: without an environment."""
    with serve(cloud) as provider:
        stage = Stage(cloud, provider.port, tmp_path)
        (stage.root / ".venv").unlink()
        for name in ("requirements.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, stage.root)
        stage.init({"ocr": PAIR})
        yield stage


def run(script: str, stage: Stage, commands: Path, **variables: str) -> str:
    """Runs a step as a runner does."""
    project = stage.project
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=project.folder,
        env={**project.variables(), "PATH": f"{commands}:{os.environ['PATH']}", **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def distributions(stage: Stage, where: str = ".venv") -> set[str]:
    """What is installed there."""
    listed = subprocess.run(
        [stage.root / where / "bin" / "python", "-m", "pip", "list", "--format=json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {each["name"].lower().replace("_", "-") for each in json.loads(listed.stdout)}


def steps_of_github() -> dict[str, Mapping[str, Any]]:
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    return {step["name"]: step for step in steps}


def test_the_steps_of_githubs_workflows_make_an_environment_that_previews(
    stage: Stage, commands: Path, tmp_path: Path
) -> None:
    steps = steps_of_github()
    run(steps["Install what the program needs"]["run"], stage, commands)
    found = distributions(stage)
    assert "pulumi-aws" in found
    assert "botocore" not in found
    output = tmp_path / "output"
    run(steps["Read the stack's region"]["run"], stage, commands, STACK="dev", GITHUB_OUTPUT=str(output))
    assert output.read_text() == f"region={stage.cloud.region}\n"
    # What pulumi/actions runs for the command `preview`, and then for `up`.
    assert "ocr-function" in stage.project.preview("--stack", "dev").changes()
    stage.project.up("--stack", "dev")


def test_the_steps_of_gitlab_make_an_environment_that_previews(stage: Stage, commands: Path) -> None:
    page = (ROOT / "docs/deploying-gitlab.md").read_text()
    jobs = yaml.safe_load(page.partition("```yaml\n")[2].partition("\n```\n")[0])
    own = {key: value for key, value in jobs[".pulumi"]["variables"].items() if "$" not in value}
    token = str(commands.parent / "aws-id-token")
    variables = {**own, "AWS_WEB_IDENTITY_TOKEN_FILE": token, "STACK": "dev", "AWS_ID_TOKEN": "t"}
    # GitLab joins them, so that what the first exports, the others have; curl is for GitLab itself.
    lines = [*jobs[".pulumi"]["before_script"], *jobs["preview"]["script"]]
    script = "\n".join(line for line in lines if not line.startswith("curl"))
    # The local cloud has no such token; the keys of the environment are taken first.
    run(script, stage, commands, **variables)
    assert "botocore" not in distributions(stage)
    assert "ocr-function" in (stage.root / "note.md").read_text()
    run("\n".join(jobs["dev"]["script"]), stage, commands, **variables)
    assert stage.outputs()["pairs"]["ocr"]["functionArn"]


def test_the_package_is_installed_and_started_from_its_folder_as_pulumi_package_add_does(
    stage: Stage,
) -> None:
    schema = json.loads(stage.project.pulumi("package", "get-schema", str(stage.root / "plugin")).stdout)
    assert list(schema["resources"]) == ["ecr-batch-updater:index:BatchImageUpdater"]
    assert "botocore" not in distributions(stage, "plugin/.venv")
