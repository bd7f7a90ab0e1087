"""How long a call may take, for the function's timeout."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from handler.aws import clients


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.mark.parametrize("timeout", [1, 3, 30, 60, 300, 900])
def test_the_slowest_call_leaves_most_of_the_timeout_to_the_run(timeout: float) -> None:
    assert clients.make(clients.new_session(), timeout).slowest_call <= timeout / 3


def test_the_default_timeout_allows_a_call_all_its_attempts() -> None:
    made = clients.make(clients.new_session(), 300)
    config = made.batch.meta.config
    assert made.slowest_call >= config.retries["total_max_attempts"] * config.read_timeout


def test_the_client_that_publishes_is_made_once() -> None:
    made = clients.make(clients.new_session(), 300)
    assert made.events() is made.events()


def test_a_registration_is_never_repeated_by_the_sdk() -> None:
    assert (
        clients.make(clients.new_session(), 300).batch_writer.meta.config.retries["total_max_attempts"] == 1
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
    stock, ours = botocore.session.get_session(), clients.new_session()
    regions = [
        region
        for partition in stock.get_available_partitions()
        for region in stock.get_available_regions(service, partition)
    ]
    # One that is newer than the tables, too.
    for region in [*regions, "eu-west-9", "cn-south-9"]:
        assert endpoints(ours, service, region) == endpoints(stock, service, region)
    assert {"ap-southeast-2", "cn-north-1", "us-gov-west-1"} <= set(regions)
