"""``python -m local up --engine``: what it prints is what Pulumi needs to deploy to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local.provider.rehearsal import rehearsal
from tests.cloud.conftest import REGION, ROOT
from tests.cloud.provider_client import QUEUE, connected

_LAST = "ecr-batch --stack dev monitor"


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[list[str]]:
    """The lines of a local cloud that runs for a project of its own."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    with subprocess.Popen(
        [sys.executable, "-m", "local", "up", "--engine", "--project-dir", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(_LAST):
                break
        yield lines
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0


def exported(lines: list[str]) -> dict[str, str]:
    found = [re.fullmatch(r"export (\w+)=(\S+)", line) for line in lines]
    return {each[1]: each[2] for each in found if each}


def test_the_printed_lines_lead_to_a_provider_and_a_seeded_cloud_that_nothing_is_deployed_to(
    printed: list[str], tmp_path: Path
) -> None:
    variables = exported(printed)
    assert variables["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/build/pulumi"
    assert (tmp_path / "build" / "pulumi").is_dir()
    assert {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_SKIP_UPDATE_CHECK"} <= variables.keys()
    package, _, port = variables["PULUMI_DEBUG_PROVIDERS"].partition(":")
    assert package == "aws"
    with connected(int(port), region=REGION) as client:
        made = client.create(QUEUE, "q", {"name": "jobs"})
        assert made.id.startswith(variables["AWS_ENDPOINT_URL"])

    session = boto3.session.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=variables["AWS_DEFAULT_REGION"],
    )
    endpoint = variables["AWS_ENDPOINT_URL"]
    repositories = session.client("ecr", endpoint_url=endpoint).describe_repositories()["repositories"]
    assert [each["repositoryName"] for each in repositories] == ["newsarchive-backend"]
    definitions = session.client("batch", endpoint_url=endpoint).describe_job_definitions()["jobDefinitions"]
    assert [each["revision"] for each in definitions] == [1]
    assert session.client("lambda", endpoint_url=endpoint).list_functions()["Functions"] == []


def test_a_first_rehearsal_makes_the_stack_and_a_later_one_makes_its_resources_anew(tmp_path: Path) -> None:
    def commands() -> list[str]:
        lines = rehearsal("aws:1", tmp_path, "project", "dev")
        return [line.split("#")[0].strip() for line in lines if line.startswith("pulumi ")]

    assert commands() == ["pulumi stack init dev", "pulumi up"]
    state = tmp_path / "build" / "pulumi" / ".pulumi" / "stacks" / "project" / "dev.json"
    state.parent.mkdir(parents=True)
    state.touch()
    assert commands() == ["pulumi stack select dev", "pulumi up --refresh"]


def test_no_command_is_told_when_no_stack_is_meant(tmp_path: Path) -> None:
    lines = rehearsal("aws:1", tmp_path, "", "")
    assert "export PULUMI_DEBUG_PROVIDERS=aws:1" in lines
    assert not [line for line in lines if line.startswith("pulumi ")]


def test_how_to_do_without_a_cli_is_told_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = "alias pulumi='python -m tools.engine'"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [line for line in rehearsal("aws:1", tmp_path, "p", "dev") if line.startswith(alias)]
    (tmp_path / "pulumi").touch(mode=0o755)
    assert not [line for line in rehearsal("aws:1", tmp_path, "p", "dev") if line.startswith(alias)]
