"""Every shape of a job definition, pinned by digest and by tag."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.replay.aws import Image, digest
from tests.replay.scenario import Document, Scenario, job, ours
from tests.replay.values import URI

_FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "definitions"
_DOCUMENTS: dict[str, Document] = {
    path.stem: json.loads(path.read_text()) for path in sorted(_FIXTURES.glob("*.json"))
}


def _nodes(*groups: Document) -> Document:
    return {
        "jobDefinitionName": "job",
        "type": "multinode",
        "nodeProperties": {
            "mainNode": 0,
            "numNodes": len(groups),
            "nodeRangeProperties": [
                {"targetNodes": f"{index}:{index}", **group} for index, group in enumerate(groups)
            ],
        },
    }


def _task(*containers: Document, **more: Any) -> Document:
    return {"ecsProperties": {"taskProperties": [{"containers": list(containers), **more}]}}


def _pod(**lists: list[Document]) -> Document:
    return {"eksProperties": {"podProperties": lists}}


def _container(name: str, image: str, **more: Any) -> Document:
    return {"name": name, "image": image, **more}


_OTHER = "busybox:1.36"
_MORE: dict[str, Document] = {
    "EC2 without platformCapabilities": {
        "jobDefinitionName": "job",
        "type": "container",
        "containerProperties": {"image": f"{URI}:v1", "vcpus": 1, "memory": 512},
    },
    "ECS, a sidecar of the repository and one of elsewhere": {
        "jobDefinitionName": "job",
        "type": "container",
        **_task(
            _container("side", _OTHER, essential=False),
            _container("main", f"{URI}:v1", dependsOn=[{"containerName": "side", "condition": "START"}]),
            _container("again", f"{URI}@{digest('c')}"),
            executionRoleArn="arn:aws:iam::123456789012:role/execution",
            runtimePlatform={"cpuArchitecture": "ARM64"},
        ),
    },
    "EKS, only the init container is of the repository": {
        "jobDefinitionName": "job",
        "type": "container",
        **_pod(initContainers=[_container("init", f"{URI}:v1")], containers=[_container("main", _OTHER)]),
    },
    "EKS, containers without names": {
        "jobDefinitionName": "job",
        "type": "container",
        **_pod(containers=[{"image": f"{URI}:v1"}, {"image": _OTHER}]),
    },
    "multi-node, a group of the repository and one of elsewhere": _nodes(
        {"container": {"image": f"{URI}:v1"}}, {"container": {"image": _OTHER}}
    ),
    "multi-node with ECS tasks and EKS pods": _nodes(
        _task(_container("main", f"{URI}:v1"), _container("side", _OTHER)),
        _pod(initContainers=[_container("init", f"{URI}:v1")], containers=[_container("main", f"{URI}:v2")]),
    ),
    "the host of the dual-stack endpoint": job("123456789012.dkr-ecr.eu-west-1.on.aws/team/app:v1"),
    "a tag and a digest": job(f":v1@{digest('a')}"),
    "without tag and digest": job(URI),
    "members that no SDK knows": {
        **job(":v1"),
        "futureList": [{"image": f"{URI}:v1", "count": "~1.10~"}, None, {}],
        "futureNumbers": {"a": "~1e3~", "b": "~-0~", "c": 12345678901234567890, "d": "~0.5~"},
        "futureText": 'é \u2028 "quoted" \\',
        "futureNull": None,
        "futureEmpty": [],
    },
    "what Batch normalises": job(
        ":v1",
        environment=[{"name": "Z", "value": "1"}, {"name": "A", "value": ""}],
        fargatePlatformConfiguration={},
    ),
    "propagateTags": {**job(":v1"), "propagateTags": True},
    "without tags": {key: value for key, value in job(":v1").items() if key != "tags"},
    "tags of AWS's own": {**job(":v1"), "tags": {"team": "ocr", "cost centre": "é"}},
}

SCENARIOS: dict[str, Scenario] = {
    f"shape {name}": Scenario(revisions=(document,)) for name, document in {**_DOCUMENTS, **_MORE}.items()
}
SCENARIOS |= {
    f"shape {name}, pin tag": Scenario(revisions=(document,), pair={"pin": "tag"})
    for name, document in _DOCUMENTS.items()
}
SCENARIOS |= {
    "shape: a second run finds what the first one wrote": Scenario(
        revisions=(job(":v1"),), steps=({"action": "reconcile"}, {"action": "reconcile"})
    ),
    "shape: pin tag, the tag moves on and the reference stays": Scenario(
        revisions=(job(":v1"), ours(1, ":latest", tags={"ecr-batch-updater/image-digest": digest("a")})),
        pair={"pin": "tag"},
    ),
    "shape: pin tag, the reference and the digest are there": Scenario(
        revisions=(job(":v1"), ours(1, ":latest", tags={"ecr-batch-updater/image-digest": digest("b")})),
        pair={"pin": "tag"},
    ),
    "shape: pin tag, somebody else wrote the reference": Scenario(
        revisions=(job(":latest"),), pair={"pin": "tag"}
    ),
    "shape: another registry, region, path or name is no image of the repository": Scenario(
        revisions=(
            {
                "jobDefinitionName": "job",
                "type": "container",
                **_task(
                    _container("main", f"{URI}:v1"),
                    _container("account", "999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1"),
                    _container("region", "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1"),
                    _container("path", f"{URI}/sub:v1"),
                    _container("name", f"{URI}-sidecar:v1"),
                    _container("hub", "team/app:v1"),
                    _container("host", "x123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1"),
                ),
            },
        )
    ),
    "shape: two of the repository's containers, one is up to date": Scenario(
        revisions=(
            {
                "jobDefinitionName": "job",
                "type": "container",
                **_task(_container("one", f"{URI}@{digest('b')}"), _container("two", f"{URI}:v1")),
            },
        )
    ),
    "shape: in China": Scenario(
        arn="arn:aws-cn:lambda:cn-north-1:123456789012:function:ecr-batch-updater-dev-ocr",
        environment={"AWS_DEFAULT_REGION": "cn-north-1"},
        revisions=(job("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/app:v1"),),
        steps=({"action": "reconcile"},),
    ),
    "shape: no image in ECR has a time": Scenario(
        images=(Image(letter="b", tags=("latest",), minutes=None),), steps=({"action": "reconcile"},)
    ),
}
