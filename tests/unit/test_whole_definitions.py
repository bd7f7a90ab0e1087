"""Ten whole definitions, after the examples in AWS's documentation, from registration to the next revision.

batch/latest/userguide: example-job-definitions.html, multi-node-job-def.html, eks-jobs.html,
efs-volumes.html, fargate.html, resource-aware-scheduling.html. The strict stand-in of AWS Batch stores
them as Batch does; the real clients read them, and what these send is compared with what Batch returned.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handler.aws.clients import Clients
from handler.run import update
from tests.support.network import SELECTED, Network, intercept, job, make_clients, services, store_network
from tests.support.world import START

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "definitions"
USUAL = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app@{SELECTED}"
DUAL_STACK = f"123456789012.dkr-ecr.eu-west-1.on.aws/team/app@{SELECTED}"
FIPS = f"123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/team/app@{SELECTED}"
PROVENANCE = {
    "ecr-batch-updater/previous-revision": "1",
    "ecr-batch-updater/image-digest": SELECTED,
    "ecr-batch-updater/image-tag": "latest",
    "ecr-batch-updater/event-id": "reconcile",
    "ecr-batch-updater/updated-at": START.isoformat(),
}
_NETWORKS: list[Network] = []


@pytest.fixture(scope="module")
def clients() -> Clients:
    made = make_clients()
    intercept(made, lambda: _NETWORKS[-1])
    return made


class Copy:
    """``described`` is what Batch returned of revision 1, ``sent`` what was registered after it."""

    def __init__(self, clients: Clients, name: str) -> None:
        store, network = store_network()
        _NETWORKS.append(network)
        store.register(json.loads((FIXTURES / f"{name}.json").read_text()))
        self.described: dict[str, Any] = store.describe(name="job")[0][0]
        for key in ("jobDefinitionArn", "revision", "status", "containerOrchestrationType"):
            del self.described[key]
        (outcome,) = update(job(), services(clients)).outcomes
        assert outcome.kind == "updated", outcome
        (body,) = network.sent
        self.sent: dict[str, Any] = json.loads(body)

    def differs_by(
        self, images: dict[tuple[str | int, ...], str], provenance: dict[str, str] | None = None
    ) -> None:
        """Asserts that the images at these places are as given, that ours are the tags, and nothing else."""
        wanted = json.loads(json.dumps(self.described))
        for path, image in images.items():
            place = wanted
            for step in path:
                place = place[step]
            place["image"] = image
        wanted["tags"] = {**(wanted.get("tags") or {}), **(PROVENANCE if provenance is None else provenance)}
        assert self.sent == wanted


def test_fargate_with_secrets(clients: Clients) -> None:
    Copy(clients, "fargate-with-secrets").differs_by({("containerProperties",): USUAL})


def test_ec2_with_gpu(clients: Clients) -> None:
    Copy(clients, "ec2-gpu").differs_by({("containerProperties",): USUAL})


def test_efs_volumes_with_propagated_tags(clients: Clients) -> None:
    only = {"ecr-batch-updater/previous-revision": "1"}
    Copy(clients, "efs-volumes").differs_by({("containerProperties",): USUAL}, provenance=only)


def test_multi_node_mpi_where_one_range_comes_from_elsewhere(clients: Clients) -> None:
    ranges = ("nodeProperties", "nodeRangeProperties")
    Copy(clients, "multi-node-mpi").differs_by(
        {(*ranges, 0, "container"): USUAL, (*ranges, 1, "container"): DUAL_STACK}
    )


def test_multi_container_with_dependencies_and_firelens(clients: Clients) -> None:
    app = ("ecsProperties", "taskProperties", 0, "containers", 2)
    Copy(clients, "multi-container-with-firelens").differs_by({app: USUAL})


def test_eks_with_service_account_and_init_containers(clients: Clients) -> None:
    pod = ("eksProperties", "podProperties")
    Copy(clients, "eks-with-service-account").differs_by(
        {(*pod, "initContainers", 0): USUAL, (*pod, "containers", 0): USUAL}
    )


def test_array_job_with_parameters_and_an_image_without_tag(clients: Clients) -> None:
    Copy(clients, "array-job-with-parameters").differs_by({("containerProperties",): USUAL})


def test_privileged_with_devices_under_the_fips_host(clients: Clients) -> None:
    Copy(clients, "privileged-with-devices").differs_by({("containerProperties",): FIPS})


def test_ephemeral_storage_and_an_image_with_tag_and_digest(clients: Clients) -> None:
    Copy(clients, "ephemeral-storage").differs_by({("containerProperties",): USUAL})


def test_consumable_resources(clients: Clients) -> None:
    Copy(clients, "consumable-resources").differs_by({("containerProperties",): USUAL})


def test_every_fixture_has_its_test() -> None:
    source = Path(__file__).read_text()
    names = [path.stem for path in FIXTURES.glob("*.json")]
    assert len(names) == 10
    assert [name for name in names if f'"{name}"' not in source] == []
