"""Providers of the local cloud: their configuration, and several of them on one port."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from local.cloud import Cloud
from local.provider.server import Serving, serve
from local.provider.wire import decode, encode
from tests.cloud.conftest import ACCOUNT, REGION
from tests.cloud.provider_client import QUEUE, Client, connected

OTHER = "us-east-1"


@pytest.fixture
def serving(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with serve(cloud) as running:
        yield running


def checked(client: Client, **news: str) -> provider_pb2.CheckResponse:
    found: provider_pb2.CheckResponse = client.stub.CheckConfig(provider_pb2.CheckRequest(news=encode(news)))
    return found


def test_two_providers_on_one_port_keep_their_regions_apart(cloud: Cloud, serving: Serving) -> None:
    with connected(serving.port, region=REGION) as here, connected(serving.port, region=OTHER) as there:
        first = here.create(QUEUE, "q", {"name": "jobs"})
        second = there.create(QUEUE, "q", {"name": "jobs"})
        assert first.outputs["arn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
        assert second.outputs["arn"] == f"arn:aws:sqs:{OTHER}:{ACCOUNT}:jobs"
        there.delete(QUEUE, "q", second)
        assert here.read(QUEUE, "q", first).id == first.id
        assert there.read(QUEUE, "q", second).id == ""


def test_a_region_of_the_resource_itself_wins(cloud: Cloud, serving: Serving) -> None:
    with connected(serving.port, region=REGION) as client:
        made = client.create(QUEUE, "q", {"name": "jobs", "region": OTHER})
        assert (made.outputs["region"], made.outputs["arn"].split(":")[3]) == (OTHER, OTHER)
        assert client.read(QUEUE, "q", made).outputs == made.outputs
        moved = client.diff(QUEUE, "q", made, {"name": "jobs", "__defaults": []})
        assert list(moved.replaces) == ["region"]


def test_the_region_is_that_of_the_configuration_else_of_the_environment(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(serving.port) as client:
        assert decode(checked(client, region=OTHER).inputs)["region"] == OTHER
        assert decode(checked(client).inputs)["region"] == REGION
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        assert decode(checked(client).inputs)["region"] == "eu-west-1"
        monkeypatch.setenv("AWS_REGION", "eu-west-2")
        assert decode(checked(client).inputs)["region"] == "eu-west-2"


def test_an_unknown_key_of_the_configuration_is_refused(serving: Serving) -> None:
    with connected(serving.port) as client:
        (failure,) = checked(client, region=REGION, regoin=OTHER).failures
        assert "`aws:regoin` is not a valid configuration key for the aws provider" in failure.reason


def test_what_the_local_cloud_can_not_honour_is_refused(serving: Serving) -> None:
    with connected(serving.port) as client:
        (failure,) = checked(client, region=REGION, httpProxy="http://proxy").failures
        assert failure.reason == "the local cloud does not know what aws:httpProxy does"


def test_another_region_means_that_the_provider_is_replaced(serving: Serving) -> None:
    with connected(serving.port) as client:
        for key, value, replaces in (("region", OTHER, ["region"]), ("accessKey", "b", [])):
            old = {"region": REGION, "accessKey": "a"}
            found = client.stub.DiffConfig(
                provider_pb2.DiffRequest(old_inputs=encode(old), news=encode({**old, key: value}))
            )
            assert (list(found.diffs), list(found.replaces)) == ([key], replaces)


def test_the_account_is_that_of_the_credentials(serving: Serving) -> None:
    with connected(serving.port) as client:
        allowed = f'["{ACCOUNT}"]'
        client.configure(region=REGION, accessKey="own", secretKey="own", allowedAccountIds=allowed)
        with pytest.raises(grpc.RpcError, match=f"AWS account ID not allowed: {ACCOUNT}"):
            client.configure(region=REGION, forbiddenAccountIds=allowed)


def test_a_role_is_assumed_in_the_account_of_the_cloud_alone(serving: Serving) -> None:
    with connected(serving.port) as client:
        roles = '[{"roleArn": "arn:aws:iam::%s:role/deployer"}]'
        client.configure(region=REGION, assumeRoles=roles % ACCOUNT)
        client.create(QUEUE, "q", {"name": "jobs"})
        with pytest.raises(grpc.RpcError, match="role/deployer is a role of 210987654321; the local cloud"):
            client.configure(region=REGION, assumeRoles=roles % "210987654321")


def test_a_connection_that_brought_no_configuration_is_told_so(serving: Serving) -> None:
    with (
        connected(serving.port) as client,
        pytest.raises(grpc.RpcError, match="has brought no configuration"),
    ):
        client.create(QUEUE, "q", {"name": "jobs"})
