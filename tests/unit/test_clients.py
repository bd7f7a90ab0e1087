"""The AWS clients: how long a call may take, where it goes, and what making them reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.loaders import JSONFileLoader

from handler import cold_start
from handler.aws import clients


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.mark.parametrize("timeout", [1, 3, 30, 60, 300, 900])
def test_the_slowest_call_leaves_most_of_the_timeout_to_the_run(timeout: float) -> None:
    assert clients.make(cold_start.new_session(), timeout).slowest_call <= timeout / 3


def test_the_default_timeout_allows_a_call_all_its_attempts() -> None:
    made = clients.make(cold_start.new_session(), 300)
    config = made.batch.meta.config
    assert made.slowest_call >= config.retries["total_max_attempts"] * config.read_timeout


def test_a_call_tells_cloudtrail_who_called() -> None:
    made = clients.make(cold_start.new_session(), 300)
    for client in (made.batch, made.batch_writer, made.ecr, made.events):
        assert client.meta.config.user_agent.startswith("ecr-batch-updater ")


def test_what_clients_are_made_from_is_read_ahead_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    cold_start.load()
    read: set[str] = set()
    load_file = JSONFileLoader.load_file

    def noted(loader: JSONFileLoader, path: str) -> Any:
        found = load_file(loader, path)
        if found is not None:
            read.add(Path(path).name)
        return found

    monkeypatch.setattr(JSONFileLoader, "load_file", noted)
    clients.make(cold_start.session(), 300)
    small = {"sdk-default-configuration"}
    assert read <= small
    clients.make(cold_start.new_session(), 300)
    assert read - small == {"partitions", "service-2", "endpoint-rule-set-1"}


def test_a_session_knows_the_services_that_the_function_calls_and_no_others() -> None:
    assert cold_start.new_session().get_available_services() == ["batch", "ecr", "events"]


def test_a_registration_is_never_repeated_by_the_sdk() -> None:
    assert (
        clients.make(cold_start.new_session(), 300).batch_writer.meta.config.retries["total_max_attempts"]
        == 1
    )


def endpoints(session: Any, service: str, region: str) -> tuple[str, str, str]:
    """Where calls go, and what they are signed for."""
    client = session.create_client(service, region_name=region)
    signer = client._request_signer
    return client.meta.endpoint_url, signer.region_name, signer.signing_name


@pytest.mark.parametrize("service", ["batch", "ecr", "events"])
def test_calls_go_where_botocore_would_send_them_in_every_region(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    stock, ours = botocore.session.get_session(), cold_start.new_session()
    regions = [
        region
        for partition in stock.get_available_partitions()
        for region in stock.get_available_regions(service, partition)
    ]
    # One that is newer than the tables, too.
    for region in [*regions, "eu-west-9", "cn-south-9"]:
        assert endpoints(ours, service, region) == endpoints(stock, service, region)
    assert {"ap-southeast-2", "cn-north-1", "us-gov-west-1"} <= set(regions)
