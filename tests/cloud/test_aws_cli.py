"""The stock AWS CLI against ``python -m local up``, with nothing of ours between them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.seed import manifest
from tests.cloud.conftest import ROOT, archive
from tests.support.patience import PATIENCE, until

FUNCTION = "ecr-batch-updater-dev-newsarchivepro"
DEFINITION = "newsarchivepro-ocr-job-definition"


class Up:
    """A local cloud that runs as its user runs it."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            cwd=ROOT,
            # One that is killed cannot tidy up.
            env={**os.environ, "TMPDIR": str(directory)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.stdout = self.process.stdout
        self.variables: dict[str, str] = {}
        self.suggested: list[str] = []
        for line in self.stdout:
            if found := re.fullmatch(r"export (\w+)=(\S+)\n", line):
                self.variables[found[1]] = found[2]
            if line.startswith(("aws ", "ecr-batch ")):
                self.suggested.append(line)
            if len(self.suggested) == 5:
                break

    def environment(self) -> dict[str, str]:
        """What the printed lines make of a shell: no settings of the person who runs the tests."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        return {"PATH": path, "HOME": "/nonexistent", "AWS_PAGER": "", **nowhere, **self.variables}

    def end(self, how: int = signal.SIGINT) -> str:
        """Ends it, and returns what else it printed."""
        self.process.send_signal(how)
        rest = self.stdout.read()
        self.process.wait(PATIENCE)
        self.stdout.close()
        return rest

    def aws(self, *arguments: str) -> Any:
        """Runs the AWS CLI and returns what it prints, parsed."""
        done = subprocess.run(
            [sys.executable, "-m", "awscli", *arguments, "--output", "json"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running = Up(tmp_path)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def newest(up: Up) -> dict[str, Any]:
    answer = up.aws("batch", "describe-job-definitions", "--job-definition-name", DEFINITION)
    definition: dict[str, Any] = max(answer["jobDefinitions"], key=lambda each: each["revision"])
    return definition


def wait_for_revision(up: Up, number: int) -> dict[str, Any]:
    until(lambda: newest(up)["revision"] >= number, f"revision {number} appears")
    return newest(up)


def test_the_aws_cli_pushes_and_sees_revision_logs_and_metrics(up: Up) -> None:
    pushed = up.aws(
        *("ecr", "put-image", "--repository-name", "newsarchive-backend", "--image-tag", "latest"),
        *("--image-manifest", manifest("build")),
    )
    digest = pushed["image"]["imageId"]["imageDigest"]
    definition = wait_for_revision(up, 2)
    assert definition["containerProperties"]["image"].endswith(f"newsarchive-backend@{digest}")
    assert definition["tags"]["ecr-batch-updater/image-digest"] == digest

    def done() -> list[Any]:
        report = up.aws(
            *("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{FUNCTION}"),
            *("--filter-pattern", '{ $.type = "platform.report" }'),
        )
        return list(report["events"])

    until(lambda: bool(done()), "the run is reported")
    outcomes = up.aws(
        *("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{FUNCTION}"),
        *("--filter-pattern", '{ $.outcome = "updated" }'),
    )["events"]
    assert [json.loads(event["message"])["newRevision"] for event in outcomes] == [2]
    metrics = up.aws("cloudwatch", "list-metrics", "--namespace", "EcrBatchUpdater")["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {
        "Updated",
        "Skipped",
        "Gated",
        "Failed",
        "Behind",
        "Held",
        "PushToRevision",
    }
    now = datetime.now(UTC)
    points = up.aws(
        *("cloudwatch", "get-metric-statistics", "--namespace", "EcrBatchUpdater"),
        *("--metric-name", "Updated", "--dimensions", "Name=Pair,Value=ecr-batch-updater-dev-newsarchivepro"),
        *("--start-time", (now - timedelta(hours=1)).isoformat()),
        *("--end-time", (now + timedelta(hours=1)).isoformat()),
        *("--period", "7200", "--statistics", "Sum"),
    )["Datapoints"]
    assert sum(point["Sum"] for point in points) == 1


def test_the_commands_that_it_suggests_work_as_printed(up: Up) -> None:
    push, describe, logs, status, monitor = up.suggested
    environment = up.environment()

    def shell(command: str) -> str:
        # No script of the AWS CLI need be installed beside this Python, and ecr-batch is this checkout's.
        program, _, rest = command.partition(" ")
        module = {"aws": "awscli", "ecr-batch": "ops.cli"}[program]
        line = f"{sys.executable} -m {module} {rest}"
        done = subprocess.run(
            ["sh", "-c", line], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    digest = json.loads(shell(push))["image"]["imageId"]["imageDigest"]
    wait_for_revision(up, 2)
    assert digest in shell(describe)
    until(lambda: digest in shell(logs), "the outcome is logged")
    assert "current" in shell(status)
    assert digest in shell(monitor)


def children_of(process_id: int) -> set[int]:
    path = Path("/proc")
    found = set()
    for status in path.glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == process_id and fields[0] != "Z":
            found.add(int(status.parent.name))
    return found


def exists(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_however_it_ends_no_process_of_a_function_stays(up: Up, how: int, status: int) -> None:
    up.aws("lambda", "get-function", "--function-name", FUNCTION)
    up.aws(
        *("ecr", "put-image", "--repository-name", "newsarchive-backend", "--image-tag", "latest"),
        *("--image-manifest", manifest("build")),
    )
    wait_for_revision(up, 2)
    children = children_of(up.process.pid)
    assert children
    printed = up.end(how)
    assert up.process.returncode == status
    assert "Traceback" not in printed
    until(lambda: not any(map(exists, children)), "no process of the function outlives the cloud")


def test_a_function_that_is_busy_dies_with_a_cloud_that_is_killed(up: Up, tmp_path: Path) -> None:
    session = boto3.session.Session(
        aws_access_key_id="k", aws_secret_access_key="s", region_name=up.variables["AWS_DEFAULT_REGION"]
    )
    clients = {
        name: session.client(name, endpoint_url=up.variables["AWS_ENDPOINT_URL"])
        for name in ("iam", "lambda")
    }
    role = clients["iam"].create_role(RoleName="busy", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = """
        import os, pathlib, time

        def handle(event, context):
            pathlib.Path(event["started"]).write_text(str(os.getpid()))
            time.sleep(600)
    """
    clients["lambda"].create_function(
        FunctionName="busy",
        Runtime="python3.13",
        Role=role,
        Handler="handler.entry.handle",
        Code={"ZipFile": archive(code)},
        Timeout=900,
    )
    started = tmp_path / "started"
    payload = json.dumps({"started": str(started)})
    clients["lambda"].invoke(FunctionName="busy", InvocationType="Event", Payload=payload)
    until(lambda: started.exists() and bool(started.read_text()), "the function has started")
    up.end(signal.SIGKILL)
    until(lambda: not exists(int(started.read_text())), "a busy function does not outlive the cloud")


def test_a_stack_that_cannot_be_read_ends_it_with_a_message() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", "up", "--stack", "none"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Pulumi.none.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stack_that_is_no_yaml_ends_it_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: ecr-batch-updater\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {")
    done = subprocess.run(
        [sys.executable, "-m", "local", "up", "--project-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / 'Pulumi.dev.yaml'}, line 2: ")
    assert "Traceback" not in done.stderr
