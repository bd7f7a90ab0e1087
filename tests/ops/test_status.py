from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.ops.support import checkout, environment
from tests.ops.warm.tool import tool

REGION = "ap-southeast-2"
ROOT = Path(__file__).resolve().parents[2]
OTHER = "busybox:latest"


class World:
    """A moto server that stands for AWS, and the tool as a subprocess in a checkout."""

    def __init__(self, endpoint: str, directory: Path) -> None:
        self.endpoint = endpoint
        self.directory = directory
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.session = boto3.Session(region_name=REGION, **keys)
        self.batch = self.client("batch")
        self.ecr = self.client("ecr")
        account = self.client("sts").get_caller_identity()["Account"]
        self.uri = f"{account}.dkr.ecr.{REGION}.amazonaws.com/backend"

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)

    def push(self, tag: str) -> str:
        layer = hashlib.sha256(os.urandom(8)).hexdigest()
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": f"sha256:{layer}"},
            "layers": [{"digest": f"sha256:{layer}", "size": 1}],
        }
        answer = self.ecr.put_image(
            repositoryName="backend", imageManifest=json.dumps(manifest), imageTag=tag
        )
        return str(answer["image"]["imageId"]["imageDigest"])

    def register(self, name: str, image: str, **tags: str) -> int:
        resources = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
        answer = self.batch.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={"image": image, "resourceRequirements": resources},
            tags=tags,
        )
        return int(answer["revision"])

    def run(self, *arguments: str, endpoint: str | None = None) -> subprocess.CompletedProcess[str]:
        options = ["-C", str(self.directory), "--endpoint-url", endpoint or self.endpoint]
        return subprocess.run(
            tool(*options, *arguments),
            env=environment(key="test", AWS_MAX_ATTEMPTS="1"),
            capture_output=True,
            text=True,
            check=False,
        )

    def states(self, *arguments: str) -> dict[str, Any]:
        """Job definition -> its row of ``status``, with the exit code under ``exit code``."""
        result = self.run("-o", "json", *arguments, "status")
        assert result.stdout, result.stderr
        rows: dict[str, Any] = {row["jobDefinition"]: row for row in json.loads(result.stdout)["definitions"]}
        return {**rows, "exit code": result.returncode}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        made = World(f"http://{host}:{port}", checkout(tmp_path))
        # moto keeps its state by process, not by server.
        urllib.request.urlopen(f"{made.endpoint}/moto-api/reset", data=b"").close()
        made.ecr.create_repository(repositoryName="backend")
        yield made
    finally:
        server.stop()


def test_a_definition_is_current_behind_foreign_missing_or_inactive(world: World) -> None:
    latest, stable = world.push("latest"), world.push("stable")
    world.register("ocr-job", f"{world.uri}:latest")
    world.register("news-job", OTHER)
    result = world.states()
    assert [result[name]["state"] for name in ("ocr-job", "news-job", "news-index")] == [
        "behind",
        "foreign",
        "missing",
    ]
    assert result["ocr-job"]["selectedImage"] == {"tag": "latest", "digest": latest}
    assert result["news-job"]["image"] == OTHER
    assert result["exit code"] == 1

    world.register("ocr-job", f"{world.uri}@{latest}")
    world.register("news-job", f"{world.uri}@{stable}")
    world.register("news-index", f"{world.uri}@{stable}")
    world.batch.deregister_job_definition(jobDefinition="news-index:1")
    result = world.states()
    assert [result[name]["state"] for name in ("ocr-job", "news-job", "news-index")] == [
        "current",
        "current",
        "inactive",
    ]
    assert result["ocr-job"]["revision"] == 2


def test_all_current_is_a_yes(world: World) -> None:
    latest = world.push("latest")
    tag = {"ecr-batch-updater/image-tag": "latest", "ecr-batch-updater/previous-revision": "1"}
    world.register("ocr-job", f"{world.uri}:latest")
    world.register("ocr-job", f"{world.uri}@{latest}", **tag)
    result = world.run("-p", "ocr", "status")
    assert result.returncode == 0, result.stderr
    header, row = result.stdout.splitlines()
    columns = "PAIR JOB DEFINITION REVISION IMAGE SELECTED IMAGE STATE AGE LAST OUTCOME"
    assert header.split() == columns.split()
    short = latest.removeprefix("sha256:")[:12]
    assert row.split() == ["ocr", "ocr-job", "2", "latest", short, "latest", short, "current", "-", "-"]


def test_a_definition_on_hold_is_no_current_one(world: World) -> None:
    latest = world.push("latest")
    world.register("ocr-job", f"{world.uri}@{latest}", **{"ecr-batch-updater/hold": "bad model"})
    result = world.states("-p", "ocr")
    assert (result["ocr-job"]["state"], result["exit code"]) == ("held", 1)
    assert "bad model" in result["ocr-job"]["reason"]


def test_no_selected_image_and_no_repository_are_answers_not_errors(world: World) -> None:
    world.register("ocr-job", f"{world.uri}:latest")
    without_image = world.states("-p", "ocr")
    assert (without_image["ocr-job"]["state"], without_image["exit code"]) == ("no image", 1)
    assert without_image["ocr-job"]["selectedImage"] is None
    world.ecr.delete_repository(repositoryName="backend")
    without_repository = world.states("-p", "ocr")
    assert (without_repository["ocr-job"]["state"], without_repository["exit code"]) == ("no repository", 1)


def test_one_pair_is_shown_when_it_is_chosen_and_an_unknown_one_could_not(world: World) -> None:
    world.push("latest")
    assert set(world.states("-p", "ocr")) == {"ocr-job", "exit code"}
    unknown = world.run("-p", "archive", "status")
    assert unknown.returncode == 2
    assert "news, ocr" in unknown.stderr


def test_status_registers_nothing(world: World) -> None:
    world.push("latest")
    world.register("ocr-job", f"{world.uri}:latest")
    assert world.states("-p", "ocr")["ocr-job"]["state"] == "behind"
    found = world.batch.describe_job_definitions(jobDefinitionName="ocr-job")["jobDefinitions"]
    assert [item["revision"] for item in found] == [1]


def test_aws_out_of_reach_could_not_and_leaves_standard_output_empty(world: World) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{bound.getsockname()[1]}"
        result = world.run("-o", "json", "status", endpoint=closed)
    assert (result.returncode, result.stdout) == (2, "")
    assert "can't be reached" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_credentials_could_not(world: World) -> None:
    result = world.run("--profile", "no-such-profile", "status")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no-such-profile" in result.stderr
