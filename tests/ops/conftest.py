"""The tool as its user runs it, on a stack that is deployed to the local cloud."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from handler.provenance import user_tags
from handler.revision import ADDED_BY_BATCH
from local.deploy import deploy_program
from tests.ops.cloud_fixtures import news, site
from tests.ops.support import ROOT, checkout, environment
from tests.ops.warm import tool as warm

if TYPE_CHECKING:
    from local.cloud import Cloud

__all__ = ["news", "site"]


if sys.platform != "linux":
    # awslambdaric, which runs the function, exists for Linux alone.
    verbs = ("history", "reconcile", "simulate", "rollback", "monitor", "permissions", "redrive", "rehearsal")
    more = ("status_follow", "policy_try", "operations", "wrong_account")
    collect_ignore = [f"test_{name}.py" for name in (*verbs, *more)]

# --- The deployed stack: shared by the tests of every verb -----------------------------------------------

DEPLOYED = """\
config:
  aws:region: ap-southeast-2
  ecr-batch-updater:pairs:
    ocr:
      repository: backend
      jobDefinitions: [ocr-job, ocr-index]
      passRoles: ["arn:aws:iam::123456789012:role/ocr", "arn:aws:iam::123456789012:role/execution"]
    news:
      repository: press
      imageTag: stable
      pin: tag
      jobDefinitions: [news-job]
      passRoles: ["arn:aws:iam::123456789012:role/news"]
"""


class Tool:
    """``python -m ops.cli`` as a subprocess, in a checkout whose stack ``dev`` is deployed to ``cloud``.

    Pair ``ocr`` follows ``backend:latest`` by digest, ``news`` follows ``press:stable`` by tag. Each
    definition has the one revision that somebody registered by hand, with the image ``:first``.
    """

    def __init__(self, cloud: Cloud, directory: Path) -> None:
        self.cloud = cloud
        self.directory = checkout(directory, dev=DEPLOYED)

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs the tool; without ``stdin`` its standard input is closed."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *arguments: str, stdin: str | None = None) -> tuple[int, Any]:
        """The exit code and the JSON document that the tool prints with ``-o json``."""
        done = self.run("-o", "json", *arguments, stdin=stdin)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def command(self, *arguments: str) -> list[str]:
        return warm.tool(*self.options, *arguments)

    @property
    def options(self) -> list[str]:
        return ["-C", str(self.directory), "--endpoint-url", self.cloud.endpoint]

    @property
    def environment(self) -> dict[str, str]:
        return environment(key="local")

    def configure(self, pair: str, **keys: Any) -> None:
        """Changes keys of a pair in the stack's file and deploys the stack again."""
        file = self.directory / "Pulumi.dev.yaml"
        document = yaml.safe_load(file.read_text())
        document["config"]["ecr-batch-updater:pairs"][pair] |= keys
        file.write_text(yaml.safe_dump(document))
        deploy_program(self.cloud, "dev", project_dir=ROOT, config=document["config"])

    def push(self, build: str, tag: str = "latest", repository: str = "backend") -> str:
        """Pushes an image, waits until the function is done with it, and returns the digest."""
        from local.seed import push  # noqa: PLC0415 - see running_cloud

        digest = push(self.cloud, repository, build, tag)
        self.cloud.settle()
        return digest

    def push_unheard(self, build: str) -> str:
        """Pushes an image of which the function of the pair ``ocr`` does not hear; its digest."""
        events, rule = self.cloud.client("events"), "ecr-batch-updater-dev-ocr"
        events.disable_rule(Name=rule)
        digest = self.push(build)
        events.enable_rule(Name=rule)
        return digest

    def register(self, name: str, **changes: Any) -> int:
        """Registers as infrastructure code would: the newest revision, changed, without our tags."""
        active = self.active(name)
        document = {key: value for key, value in active[max(active)].items() if key not in ADDED_BY_BATCH}
        document["tags"] = user_tags(document["tags"])
        answer = self.cloud.client("batch").register_job_definition(**{**document, **changes})
        return int(answer["revision"])

    def active(self, name: str) -> dict[int, dict[str, Any]]:
        """The ACTIVE revisions of a definition, as Batch describes them."""
        pages = self.cloud.client("batch").get_paginator("describe_job_definitions")
        found = pages.paginate(jobDefinitionName=name, status="ACTIVE")
        return {item["revision"]: item for page in found for item in page["jobDefinitions"]}

    def images(self, name: str) -> dict[int, str]:
        """Revision -> what its image reference says after the repository, such as ``:first``."""
        uri = f"{self.cloud.account}.dkr.ecr.{self.cloud.region}.amazonaws.com/"
        return {
            number: item["containerProperties"]["image"].removeprefix(uri).removeprefix("backend")
            for number, item in sorted(self.active(name).items())
        }


@pytest.fixture
def tool(cloud: Cloud, tmp_path: Path) -> Tool:
    """The tool on a stack that has just been deployed."""
    from local.stack_pairs import read_stack, seed_stack  # noqa: PLC0415 - see running_cloud

    made = Tool(cloud, tmp_path)
    seed_stack(cloud, read_stack(made.directory, "dev"))
    made.configure("ocr")
    return made


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """For code of the tool that a test calls without a subprocess."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")


@pytest.fixture
def two(tool: Tool) -> tuple[str, str]:
    """The digests of two images that were rolled out one after the other, as revisions 2 and 3."""
    return tool.push("good"), tool.push("bad")
