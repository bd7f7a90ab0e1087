"""What goes wrong in the local provider: AWS's refusals, half-made resources, a provider that dies."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from local.cloud import Cloud
from local.provider.errors import ProviderDied
from local.provider.server import serve
from local.provider.wire import Secret, decode
from tests.cloud.conftest import REGION
from tests.cloud.provider_client import QUEUE, ROLE, Client, Found, connected, init_failed

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TRUST = '{"Version":"2012-10-17","Statement":[]}'


@pytest.fixture
def client(cloud: Cloud) -> Iterator[Client]:
    with serve(cloud) as running, connected(running.port, region=REGION) as connection:
        yield connection


def test_a_refusal_of_aws_names_the_resource_the_action_and_awss_words(client: Client) -> None:
    client.create(ROLE, "first", {"name": "deployer", "assumeRolePolicy": TRUST})
    with pytest.raises(grpc.RpcError) as caught:
        client.create(ROLE, "second", {"name": "deployer", "assumeRolePolicy": TRUST})
    told = caught.value.details()
    assert told.startswith(
        "creating IAM Role (second): operation error IAM: CreateRole, https response error StatusCode: 409"
    )
    assert "EntityAlreadyExists: Role with name deployer already exists" in told
    assert init_failed(caught.value) is None


def test_a_failed_update_has_the_state_of_what_aws_has_now(cloud: Cloud, client: Client) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "tags": {"a": Secret("1")}})
    cloud.faults.add("sqs:TagQueue", "access-denied")
    with pytest.raises(grpc.RpcError) as caught:
        client.update(QUEUE, "q", made, {**made.inputs, "visibilityTimeoutSeconds": 60, "tags": {"a": "2"}})
    assert caught.value.details().startswith("updating SQS Queue (q): operation error SQS: TagQueue")
    detail = init_failed(caught.value)
    assert detail.id == made.id
    found = decode(detail.properties)
    assert (found["visibilityTimeoutSeconds"], found["tags"]) == (60, {"a": Secret("1")})
    assert list(detail.reasons) == [caught.value.details()]


def test_what_was_half_made_is_kept_in_the_state(cloud: Cloud, client: Client) -> None:
    cloud.faults.add("logs:PutRetentionPolicy", "access-denied")
    wanted = {"name": "/jobs", "retentionInDays": 7, "tags": {"a": Secret("1")}}
    with pytest.raises(grpc.RpcError) as caught:
        client.create(LOG_GROUP, "logs", wanted)
    told = caught.value.details()
    assert told.startswith("creating CloudWatch Logs Log Group (logs): operation error CloudWatch Logs")
    assert told.endswith("AccessDeniedException: Access denied by an injected fault")
    detail = init_failed(caught.value)
    assert (detail.id, list(detail.reasons)) == ("/jobs", [told])
    state = decode(detail.properties)
    assert (state["tags"], state["arn"].split(":")[5:]) == ({"a": Secret("1")}, ["log-group", "/jobs"])
    # The next up goes on from there.
    checked = client.checked(LOG_GROUP, "logs", wanted)
    half = Found(detail.id, checked, state)
    assert "retentionInDays" in client.diff(LOG_GROUP, "logs", half, checked).diffs
    assert client.update(LOG_GROUP, "logs", half, checked).outputs["retentionInDays"] == 7


class Dies:
    """Ends the provider around its first deletion, and keeps what the hook was called with."""

    def __init__(self, phase: str) -> None:
        self.phase = phase
        self.calls: list[tuple[str, str, str]] = []

    def __call__(self, phase: str, method: str, urn: str) -> None:
        self.calls.append((phase, method, urn.rpartition("::")[2]))
        if (phase, method) == (self.phase, "Delete"):
            raise ProviderDied


@pytest.mark.parametrize(("phase", "stands"), [("before", True), ("after", False)])
def test_a_provider_that_dies_has_acted_or_not_and_answers_nothing_more(
    cloud: Cloud, phase: str, stands: bool
) -> None:
    hook = Dies(phase)
    with serve(cloud, hook=hook) as running, connected(running.port, region=REGION) as client:
        made = client.create(QUEUE, "q", {"name": "jobs"})
        for call in (client.delete, client.read):
            with pytest.raises(grpc.RpcError) as caught:
                call(QUEUE, "q", made)
            assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    assert hook.calls[:3] == [("before", "Create", "q"), ("after", "Create", "q"), ("before", "Delete", "q")]
    assert ("QueueUrls" in cloud.client("sqs", REGION).list_queues()) == stands
    with serve(cloud) as again, connected(again.port, region=REGION) as client:
        assert bool(client.read(QUEUE, "q", made).id) == stands


def test_previews_are_no_business_of_the_hook(cloud: Cloud) -> None:
    hook = Dies("never")
    with serve(cloud, hook=hook) as running, connected(running.port, region=REGION) as client:
        made = client.create(QUEUE, "q", {"name": "jobs"})
        client.update(QUEUE, "q", made, {**made.inputs, "delaySeconds": 5}, preview=True)
    assert [call[1] for call in hook.calls] == ["Create", "Create"]
