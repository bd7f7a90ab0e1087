"""A section of a page as a play on the local cloud, and the shipped example as its stage."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from handler.revision import ADDED_BY_BATCH
from local.cloud import Cloud
from tests.ops.cloud_fixtures import Site
from tests.ops.documents import ROOT, Command, sections

PAGE = sections(ROOT / "docs" / "operations.md")
PAIR, REPOSITORY = "newsarchivepro", "newsarchive-backend"
JOB = "newsarchivepro-ocr-job-definition"
RULE = f"ecr-batch-updater-dev-{PAIR}"
ADDRESS = "ops@example.com"
Done = subprocess.CompletedProcess[str]


class Play:
    """One section of a page, docs/operations.md unless another is given; each call takes its next command."""

    def __init__(self, site: Site, title: str, page: Mapping[str, Sequence[Command]] = PAGE) -> None:
        self.site = site
        self._left = deque(page[title])
        self._title = title

    def __call__(self, beginning: str, code: int = 0) -> str:
        """Runs the next command in a shell, answering "y" to what asks; what it prints.

        It must begin with ``beginning`` and end with ``code``.
        """
        line = self._next(beginning, by_others=False)
        done = self._shell(line)
        assert done.returncode == code, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def elsewhere(self, beginning: str) -> None:
        """Passes over the next command, which other tests run, or none can."""
        self._next(beginning, by_others=True)

    def end(self) -> None:
        assert not self._left, f"{self._title} has more commands: {[each.line for each in self._left]}"

    def _next(self, beginning: str, *, by_others: bool) -> str:
        command = self._left.popleft()
        assert command.line.startswith(beginning), f"{self._title}: {command.line}"
        assert command.by_others is by_others, command.line
        return command.line

    def _shell(self, line: str) -> Done:
        ours, its = pty.openpty()
        try:
            os.write(ours, b"y\n")
            return subprocess.run(
                ["sh", "-c", line],
                cwd=self.site.directory,
                env=self._environment(),
                stdin=its,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(its)

    def _environment(self) -> dict[str, str]:
        """What ``python -m local up`` tells to set; the programs are those of this checkout."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
        programs = self.site.directory / ".venv" / "bin"
        return {
            **kept,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "AWS_ENDPOINT_URL": self.site.cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": self.site.cloud.region,
            "AWS_PAGER": "",
        }


def pair(**keys: Any) -> dict[str, Any]:
    """The pairs of the shipped example, with further keys."""
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["ecr-batch-updater:pairs"]
    return {PAIR: {**config[PAIR], **keys}}


def staged(cloud: Cloud, directory: Path, pairs: dict[str, Any], **keys: Any) -> Site:
    """A deployed stack in a checkout with its programs; ``keys`` as for Site."""
    made = Site(cloud, directory, pairs, **keys)
    programs = directory / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, module in {"ecr-batch": "ops.cli", "aws": "awscli"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    (programs / "activate").touch()
    return made


@pytest.fixture
def shipped(cloud: Cloud, tmp_path: Path) -> Site:
    """The shipped example in a checkout, deployed; its alarms have a reader."""
    made = staged(cloud, tmp_path, pair(), alarmEmails=[ADDRESS])
    cloud.subscriptions.confirm(ADDRESS)
    return made


def images(site: Site) -> dict[int, str]:
    """ACTIVE revision -> its image, without the repository's address."""
    return {
        each["revision"]: each["containerProperties"]["image"].partition(REPOSITORY)[2]
        for each in site.revisions(JOB)
        if each["status"] == "ACTIVE"
    }


def register(site: Site, **container: str) -> None:
    """Registers what infrastructure code would: the first revision, with changes to its container."""
    document = {key: value for key, value in site.revisions(JOB)[0].items() if key not in ADDED_BY_BATCH}
    document["containerProperties"] = {**document["containerProperties"], **container}
    site.cloud.client("batch").register_job_definition(**document)
