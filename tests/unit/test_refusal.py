"""What AWS Batch refuses, and that every page of what it returns is read; by the real clients."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handler.aws.clients import Clients
from handler.errors import AccessDenied, RegistrationRefused
from handler.report.outcome import Outcome
from handler.run import update
from local.batch.store import BatchStore
from local.http import ApiError, Request, Response
from tests.support.network import Network, intercept, job, make_clients, services, store_network
from tests.support.world import definition, uri

_NETWORKS: list[Network] = []


@pytest.fixture(scope="module")
def clients() -> Clients:
    made = make_clients()
    intercept(made, lambda: _NETWORKS[-1])
    return made


@pytest.fixture
def store() -> BatchStore:
    store, network = store_network()
    _NETWORKS.append(network)
    return store


def refuse(code: str = "ClientException", status: int = 400, message: str = "Unknown field") -> None:
    """From now on Batch refuses registrations."""
    network = _NETWORKS[-1]
    answer = network.batch

    def batch(request: Request) -> Response | None:
        if request.operation == "RegisterJobDefinition":
            raise ApiError(code, message, status=status)
        return answer(request)

    network.batch = batch


def run(clients: Clients, **target: Any) -> Outcome:
    return update(job(**target), services(clients)).outcomes[0]


def with_new_fields() -> dict[str, Any]:
    document = definition(uri("a"), futureTop=[1])
    document["containerProperties"]["futureField"] = {"a": None}
    document["containerProperties"]["environment"][0]["deep"] = True
    document["containerProperties"]["environment"][1]["deep"] = False
    return document


def test_a_refusal_names_the_keys_that_the_sdk_does_not_know_and_omit_fields(
    clients: Clients, store: BatchStore
) -> None:
    store.register(with_new_fields())
    refuse()
    outcome = run(clients)
    assert isinstance(outcome.error, RegistrationRefused)
    listed = "containerProperties.environment.deep, containerProperties.futureField, futureTop."
    assert sorted(outcome.reason.split("not know: ")[1].split(". Remedy")[0].split(", ")) == sorted(
        listed.rstrip(".").split(", ")
    )
    assert "omitFields: [" in outcome.reason
    assert "Unknown field" in outcome.reason


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, " and 1 more."), (45, " and 25 more.")])
def test_a_refusal_lists_twenty_keys_and_counts_the_others(
    clients: Clients, store: BatchStore, count: int, more: str
) -> None:
    store.register(definition(uri("a")) | {f"future{number}": number for number in range(count)})
    refuse()
    listed = run(clients).reason.split("does not know: ")[1].split(" Remedy")[0]
    assert listed.count("future") == 20
    assert listed.endswith(more or "future19.")


def test_the_paths_that_a_refusal_names_are_those_that_omit_fields_takes(
    clients: Clients, store: BatchStore
) -> None:
    store.register(with_new_fields())
    refused = ("futureTop", "containerProperties.futureField", "containerProperties.environment.deep")
    assert run(clients, omit_fields=refused).kind == "updated"
    assert "future" not in json.dumps(store.requests[-1])
    assert "deep" not in json.dumps(store.requests[-1])


def test_a_refusal_of_known_keys_alone_names_none(clients: Clients, store: BatchStore) -> None:
    store.register(definition(uri("a")))
    refuse(message="vcpu is wrong")
    outcome = run(clients)
    assert isinstance(outcome.error, RegistrationRefused)
    assert "does not know" not in outcome.reason
    assert "vcpu is wrong" in outcome.reason


def test_a_denial_is_no_refusal(clients: Clients, store: BatchStore) -> None:
    store.register(with_new_fields())
    refuse("AccessDeniedException", 403)
    assert isinstance(run(clients).error, AccessDenied)


@pytest.mark.parametrize("empty_pages", [False, True])
def test_the_newest_of_hundreds_of_revisions_is_found_whatever_the_pages(
    clients: Clients, store: BatchStore, empty_pages: bool
) -> None:
    for number in range(1, 251):
        store.register(definition(uri("a"), timeout={"attemptDurationSeconds": 60 + number}))
        store.register(definition(uri("a"), name="job-2"))
    store.deregister("job:250")
    store.empty_pages, store.page_size = empty_pages, 7
    outcome = run(clients)
    assert (outcome.previous_revision, outcome.new_revision) == (249, 251)
    assert json.loads(_NETWORKS[-1].sent[-1])["timeout"] == {"attemptDurationSeconds": 60 + 249}


def test_revisions_of_other_definitions_on_the_pages_do_not_count(
    clients: Clients, store: BatchStore
) -> None:
    store.register(definition(uri("a")))
    store.register(definition(uri("a"), name="job-2"))
    store.register(definition(uri("a"), name="job-2"))
    network = _NETWORKS[-1]
    answer = network.batch

    def everything(request: Request) -> Response | None:
        body = {key: value for key, value in request.json().items() if key != "jobDefinitionName"}
        whole = Request(**{**vars(request), "body": json.dumps(body).encode()})
        return answer(whole if request.operation == "DescribeJobDefinitions" else request)

    network.batch = everything
    outcome = run(clients)
    assert (outcome.previous_revision, outcome.new_revision) == (1, 2)
    assert len(store.requests) == 4
