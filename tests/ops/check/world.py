"""The deployed stack that the tests of ``check`` break and mend."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import push, seed_pair
from tests.ops.submitter import submit_nightly
from tests.ops.support import PROJECT, ROOT, environment
from tests.ops.warm.tool import tool

PAIR, DEFINITION, REPOSITORY = "ocr", "ocr-job", "team/backend"
BASE = "ecr-batch-updater-dev-ocr"
JOB_ROLE = "arn:aws:iam::123456789012:role/ocr-job"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/ocr-execution"
ADDRESS = "ops@example.com"
TOPIC = "arn:aws:sns:ap-southeast-2:123456789012:ecr-batch-updater-dev-alarms"
SCHEDULE, QUEUE, LOG_GROUP = f"{BASE}-reconcile", f"{BASE}-dlq", f"/aws/lambda/{BASE}"
FUNCTION_ARN = f"arn:aws:lambda:ap-southeast-2:123456789012:function:{BASE}"
# How remedies begin.
REDEPLOY = "`pulumi up --refresh --stack dev`"
RECONCILE = "`ecr-batch --stack dev --pair ocr reconcile`"
AWS = "`aws --region ap-southeast-2"


class World:
    """The stack dev of one pair, deployed; its first image was followed by a second one.

    ``older`` and ``newer`` are their digests: revision 2 has the older one, revision 3 the newer.
    """

    def __init__(self, cloud: Cloud, directory: Path) -> None:
        self.cloud = cloud
        self.directory = directory
        self._mends: list[Callable[[], object]] = []
        (directory / "Pulumi.yaml").write_text(PROJECT)
        self.configure()
        seed_pair(
            cloud, repository=REPOSITORY, job_definitions=[DEFINITION], roles=[JOB_ROLE, EXECUTION_ROLE]
        )
        self.deploy()
        self.submit_nightly(DEFINITION)
        cloud.subscriptions.confirm(ADDRESS)
        self.older = self._rolled_out("older")
        self.newer = self._rolled_out("newer")

    def _rolled_out(self, build: str) -> str:
        digest = push(self.cloud, REPOSITORY, build)
        self.cloud.settle()
        return digest

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def configure(self, *, stack: str = "dev", config: Mapping[str, Any] | None = None, **keys: Any) -> None:
        """Writes the stack's file: ``keys`` of the pair, ``config`` of the stack; None takes a key out."""
        pair = {
            "repository": REPOSITORY,
            "jobDefinitions": [DEFINITION],
            "passRoles": [JOB_ROLE, EXECUTION_ROLE],
            "reconcile": "rate(1 hour)",
            **keys,
        }
        document = {
            "aws:region": "ap-southeast-2",
            "ecr-batch-updater:pairs": {PAIR: _without_none(pair)},
            "ecr-batch-updater:alarmEmails": [ADDRESS],
            **(config or {}),
        }
        text = yaml.safe_dump({"config": _without_none(document)})
        (self.directory / f"Pulumi.{stack}.yaml").write_text(text)

    def deploy(self) -> None:
        """Deploys what the stack's file says, which resets whatever was changed by hand."""
        config = yaml.safe_load((self.directory / "Pulumi.dev.yaml").read_text())["config"]
        deploy_program(self.cloud, "dev", project_dir=ROOT, config=config)

    def afterwards(self, mend: Callable[[], object]) -> None:
        """Runs ``mend`` after the test; the last one first."""
        self._mends.append(mend)

    def mend(self) -> None:
        while self._mends:
            self._mends.pop()()
        self.cloud.settle()

    def redeploy_afterwards(self) -> None:
        """Brings the configuration and the deployment back after the test."""
        self.afterwards(self.deploy)
        self.afterwards(self.configure)

    def deployed_with(self, **keys: Any) -> None:
        """Deploys another configuration for the length of the test."""
        self.configure(**keys)
        self.redeploy_afterwards()
        self.deploy()

    def submit_nightly(self, definition: str, bus: str = "default") -> None:
        """A rule of somebody else's that submits jobs of ``definition``."""
        submit_nightly(self.cloud, definition, bus)

    def register(self, *, image: str = "", tags: Mapping[str, str] | None = None, **changes: Any) -> int:
        """Registers a revision like the newest one but for what is given, for the length of the test."""
        batch = self.client("batch")
        found = batch.describe_job_definitions(jobDefinitionName=DEFINITION, status="ACTIVE")
        newest = found["jobDefinitions"][0]
        container = {**newest["containerProperties"], **changes.pop("containerProperties", {})}
        container["image"] = image or container["image"]
        number: int = batch.register_job_definition(
            jobDefinitionName=DEFINITION,
            type="container",
            platformCapabilities=["FARGATE"],
            containerProperties=container,
            tags=dict(tags or {}),
            **changes,
        )["revision"]
        revision = f"{DEFINITION}:{number}"
        self.afterwards(lambda: batch.deregister_job_definition(jobDefinition=revision))
        return number

    def image(self, digest: str) -> str:
        return f"123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/{REPOSITORY}@{digest}"

    def run(self, *arguments: str, stack: str = "dev", **variables: str) -> subprocess.CompletedProcess[str]:
        own = {"AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", **variables}
        command = tool("-C", str(self.directory), "-s", stack, *arguments)
        everything = environment(key="test", endpoint=self.cloud.endpoint, **own)
        everything = {name: value for name, value in everything.items() if value}
        return subprocess.run(command, env=everything, capture_output=True, text=True, check=False)

    def check(self, *arguments: str, stack: str = "dev") -> tuple[int, dict[str, Any]]:
        """The exit code of ``check`` and its JSON document."""
        result = self.run("-o", "json", *arguments, "check", stack=stack)
        assert result.stdout, result.stderr
        document: dict[str, Any] = json.loads(result.stdout)
        return result.returncode, document

    def finding(self, *arguments: str, stack: str = "dev") -> dict[str, str]:
        """The one finding of a check that has exactly one."""
        code, document = self.check(*arguments, stack=stack)
        assert (code, document["ok"], document["unseen"]) == (1, False, [])
        assert len(document["findings"]) == 1, document["findings"]
        found: dict[str, str] = document["findings"][0]
        assert [found["link"], found["subject"]] not in [
            [item["link"], item["subject"]] for item in document["passed"]
        ]
        return found

    def note(self, link: str) -> str:
        """The note on a link that is good, as everything else is."""
        code, document = self.check()
        assert (code, document["findings"]) == (0, [])
        notes: list[str] = [item["note"] for item in document["passed"] if item["link"] == link]
        return "; ".join(notes)


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def assert_finding(finding: dict[str, str], link: str, subject: str, found: str, remedy: str) -> None:
    """Compares; of what was found and of the remedy, a part that matters."""
    assert (finding["link"], finding["subject"]) == (link, subject)
    assert found in finding["found"]
    assert remedy in finding["remedy"]
