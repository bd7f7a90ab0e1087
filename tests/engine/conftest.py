"""Pulumi's own engine for every test here; without one they are skipped, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud import Cloud
from local.provider.server import serve
from tests.engine.stage import Stage
from tests.support.engine import Project
from tools.engine.cli import NoCliError, pulumi_cli


@pytest.fixture(scope="session", autouse=True)
def cli() -> Path:
    """The Pulumi CLI."""
    try:
        return pulumi_cli()
    except NoCliError as error:
        pytest.skip(f"needs Pulumi's engine: {error}")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder for a program of the test's own, with a state beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, tmp_path / "state")


@pytest.fixture
def stage(cloud: Cloud, tmp_path: Path) -> Iterator[Stage]:
    """The program on the local cloud; without a stack yet."""
    with serve(cloud) as provider:
        yield Stage(cloud, provider.port, tmp_path)
