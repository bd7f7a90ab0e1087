"""Pulumi's own engine for every test here; without one they are skipped, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

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
