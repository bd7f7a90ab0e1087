"""The tool as a subprocess, against a stack that is deployed on the local cloud.

The cloud runs as long as the tests of one module.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import push, seed_pair
from tests.ops.support import ROOT, checkout, environment
from tests.ops.warm.tool import cold, tool
from tests.support.patience import PATIENCE, until

OPERATOR = "OPERATOR"
ROLE = "arn:aws:iam::123456789012:role"
OCR = {"repository": "backend", "jobDefinitions": ["ocr-job", "ocr-index"], "passRoles": [f"{ROLE}/ocr"]}
NEWS = {"repository": "news-backend", "jobDefinitions": ["news-job"], "passRoles": [f"{ROLE}/news"]}
PAIRS: dict[str, Any] = {"ocr": OCR, "news": NEWS}


class Running:
    """A run of the tool that is under way."""

    def __init__(self, process: subprocess.Popen[str], cloud: Cloud) -> None:
        self.process = process
        self._cloud = cloud

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def looked(self, action: str) -> None:
        """Waits until it has made the call twice more, so that all between the two is done."""

        def calls() -> int:
            return sum(access.action == action for access in self._cloud.needs_of(OPERATOR))

        before = calls()
        until(lambda: calls() >= before + 2 or self.process.poll() is not None, f"two more calls of {action}")
        assert self.process.poll() is None, "it has ended"

    def end(self) -> subprocess.CompletedProcess[str]:
        """Waits for the end; fails the test when it does not come."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return subprocess.CompletedProcess(self.process.args, self.process.returncode, out, err)


class Site:
    """A deployed stack, and the tool in a checkout of it; ``keys`` are of the stack as a whole."""

    def __init__(
        self, cloud: Cloud, directory: Path, pairs: dict[str, Any], *, stack: str = "dev", **keys: Any
    ) -> None:
        """``keys`` are further keys of the stack's configuration, such as ``alarmEmails``."""
        self.cloud = cloud
        self._stack = stack
        self.directory = directory
        self._keys = {f"ecr-batch-updater:{key}": value for key, value in keys.items()}
        for pair in pairs.values():
            seed_pair(
                cloud,
                repository=pair["repository"],
                job_definitions=pair["jobDefinitions"],
                roles=pair.get("passRoles", ()),
            )
        self.deploy(pairs)

    def deploy(self, pairs: dict[str, Any]) -> None:
        """Writes the stack file and deploys it, for the first time or again."""
        config = {"aws:region": "ap-southeast-2", "ecr-batch-updater:pairs": pairs, **self._keys}
        checkout(self.directory, **{self._stack: yaml.safe_dump({"config": config}, sort_keys=False)})
        with warnings.catch_warnings():
            # pulumi_aws warns of deprecated resources while it is imported, whoever uses them.
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            self.outputs = deploy_program(self.cloud, self._stack, project_dir=ROOT, config=config)["pairs"]

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, key: str = OPERATOR, warm: bool = True
    ) -> Running:
        """Starts the tool; standard input is no terminal unless ``stdin`` is one.

        One that is not ``warm`` has got a signal once it is sent (``tests.ops.warm.tool.cold``).
        """
        options = ["-C", str(self.directory), "--endpoint-url", self.cloud.endpoint]
        process = subprocess.Popen(
            (tool if warm else cold)(*options, *arguments),
            env=environment(key=key),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process, self.cloud)

    def answer(self, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the tool with a terminal for its standard input, in which somebody types ``text``."""
        ours, its = pty.openpty()
        try:
            os.write(ours, text.encode())
            return self.start(*arguments, stdin=its).end()
        finally:
            os.close(ours)
            os.close(its)

    def run(self, *arguments: str, key: str = OPERATOR) -> subprocess.CompletedProcess[str]:
        """Runs the tool to its end, with that access key."""
        return self.start(*arguments, key=key).end()

    def json(self, *arguments: str) -> tuple[Any, int]:
        """What the tool writes with ``-o json``, and its exit code."""
        result = self.run("-o", "json", *arguments)
        assert result.stdout, result.stderr
        return json.loads(result.stdout), result.returncode

    def push(self, build: str, repository: str = "backend", tag: str = "latest") -> str:
        """Pushes an image and waits for what follows; its digest."""
        digest = self.push_only(build, repository, tag)
        self.cloud.settle()
        return digest

    def push_only(self, build: str, repository: str = "backend", tag: str = "latest") -> str:
        """Pushes an image and does not wait."""
        return push(self.cloud, repository, build, tag)

    def revisions(self, name: str) -> list[dict[str, Any]]:
        """All revisions of a definition, oldest first."""
        found = self.cloud.client("batch").describe_job_definitions(jobDefinitionName=name)["jobDefinitions"]
        return sorted(found, key=lambda document: int(document["revision"]))

    def queue_url(self, pair: str) -> str:
        """The pair's failure queue."""
        url: str = self.outputs[pair]["queueUrl"]
        return url

    def waiting(self, pair: str) -> int:
        """How many messages of the pair's failure queue anybody could receive now."""
        attributes = self.cloud.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(pair), AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    def function(self, pair: str) -> str:
        """The name of the pair's function."""
        name: str = self.outputs[pair]["functionArn"].rpartition(":")[2]
        return name


@pytest.fixture
def site(cloud: Cloud, tmp_path: Path) -> Site:
    """The pairs ocr (two definitions) and news (one), deployed."""
    return Site(cloud, tmp_path, PAIRS)


@pytest.fixture
def news(site: Site) -> Site:
    """The pair news is current: its definition is at revision 2."""
    site.push("one", "news-backend")
    return site
