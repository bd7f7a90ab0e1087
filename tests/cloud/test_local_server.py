"""The HTTP front: bad requests, injected faults, a port that is taken."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from local.cloud import Cloud
from local.server import PortTaken, Server
from tests.support.patience import PATIENCE, until

BODY: dict[str, Any] = {
    "jobDefinitionName": "job",
    "type": "container",
    "containerProperties": {"image": "x"},
}
SIGNED = "AWS4-HMAC-SHA256 Credential=k/20260101/ap-southeast-2/{}/aws4_request, Signature=x"


def client(cloud: Cloud, service: str = "batch", *, patience: float = PATIENCE) -> Any:
    config = Config(read_timeout=patience, retries={"total_max_attempts": 1})
    return boto3.session.Session().client(
        service,
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id="k",
        aws_secret_access_key="s",
        config=config,
    )


def raw(cloud: Cloud, data: bytes) -> bytes:
    address = urlsplit(cloud.endpoint)
    with socket.create_connection(
        (str(address.hostname), int(address.port or 0)), timeout=PATIENCE
    ) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096)


def alive(cloud: Cloud) -> bool:
    return bool(cloud.client("batch").describe_job_definitions()["jobDefinitions"] == [])


@pytest.mark.parametrize(
    "data",
    [
        b"GET /\xff\xfe/%00%zz HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nX-Amz-Target: A.B\r\nContent-Length: 2\r\n\r\n[[",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /2015-03-31/functions//invocations HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_nonsense_does_not_end_the_server(cloud: Cloud, data: bytes) -> None:
    raw(cloud, data)
    assert alive(cloud)


@pytest.mark.parametrize(
    ("service", "path", "target"),
    [
        ("batch", "/v1/registerjobdefinition", ""),
        ("lambda", "/2015-03-31/functions/none/invocations", ""),
        ("ecr", "/", "AmazonEC2ContainerRegistry_V20150921.PutImage"),
        ("events", "/", "AWSEvents.PutEvents"),
    ],
)
def test_a_body_that_is_no_json_gets_an_error_answer(
    cloud: Cloud, service: str, path: str, target: str
) -> None:
    connection = http.client.HTTPConnection(urlsplit(cloud.endpoint).netloc, timeout=PATIENCE)
    headers = {"Authorization": SIGNED.format(service), **({"X-Amz-Target": target} if target else {})}
    connection.request("POST", path, body=b"{oops", headers=headers)
    answer = connection.getresponse()
    assert 400 <= answer.status < 500
    answer.read()
    connection.close()
    assert alive(cloud)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "TooManyRequestsException", 429),
        ("not-found", "ClientException", 404),
        ("conflict", "ClientException", 409),
        ("server-error", "ServerException", 500),
        ("access-denied", "AccessDeniedException", 403),
    ],
)
def test_a_fault_answers_with_its_error_and_without_effect(
    cloud: Cloud, kind: str, code: str, status: int
) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", kind)
    batch = client(cloud)
    with pytest.raises(ClientError) as caught:
        batch.register_job_definition(**BODY)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert cloud.batch.requests == []
    assert batch.register_job_definition(**BODY)["revision"] == 1


@pytest.mark.parametrize(("kind", "effect"), [("timeout", False), ("timeout-after", True)])
def test_a_fault_can_hold_a_call_until_its_client_has_given_up(
    cloud: Cloud, kind: str, *, effect: bool
) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", kind)
    with pytest.raises(ReadTimeoutError):
        client(cloud, patience=0.5).register_job_definition(**BODY)
    until(lambda: cloud.faults.held == 1, "the call is held")
    assert len(cloud.batch.requests) == int(effect)


def test_a_call_that_is_held_is_dropped_once_it_is_released(cloud: Cloud) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", "timeout-after")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client(cloud).register_job_definition, **BODY)
        until(lambda: cloud.faults.held == 1, "the call is held")
        cloud.faults.release()
        assert isinstance(answer.exception(PATIENCE), ConnectionClosedError)
    assert len(cloud.batch.requests) == 1


@pytest.mark.parametrize(
    ("kind", "error", "effect"),
    [
        ("reset", ConnectionClosedError, False),
        ("reset-after", ConnectionClosedError, True),
        ("error-after", ClientError, True),
    ],
)
def test_a_fault_can_hide_whether_the_call_took_effect(
    cloud: Cloud, kind: str, error: type[Exception], *, effect: bool
) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", kind)
    with pytest.raises(error):
        client(cloud).register_job_definition(**BODY)
    assert len(cloud.batch.requests) == int(effect)


def test_a_malformed_answer_holds_nothing_though_the_call_took_effect(cloud: Cloud) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", "malformed")
    assert "revision" not in client(cloud).register_job_definition(**BODY)
    assert len(cloud.batch.requests) == 1


def test_a_fault_can_wait_for_a_later_call(cloud: Cloud) -> None:
    cloud.faults.add("batch:RegisterJobDefinition", "server-error", after_calls=1)
    batch = client(cloud)
    batch.register_job_definition(**BODY)
    with pytest.raises(ClientError):
        batch.register_job_definition(**BODY)
    assert batch.register_job_definition(**BODY)["revision"] == 2


def test_a_fault_of_a_service_of_another_protocol_is_read_too(cloud: Cloud) -> None:
    cloud.faults.add("ecr:DescribeImages", "throttle")
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        client(cloud, "ecr").describe_images(repositoryName="app")


def test_an_unknown_kind_of_fault_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="no kind of fault"):
        cloud.faults.add("batch:RegisterJobDefinition", "bad luck")


def test_a_port_in_use_is_said_so(cloud: Cloud) -> None:
    with pytest.raises(PortTaken, match="in use"):
        Server(lambda *_: [b""], port=int(urlsplit(cloud.endpoint).port or 0))
