"""The function as Lambda calls it, in this process: settings, one event, result, notices, errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from handler import entry, provenance
from handler.errors import NoticesLost, SettingsError, UpdateFailed
from handler.settings import Settings
from local.batch.store import BatchStore
from local.http import ApiError, Request, Response, json_response
from tests.support.network import Network, over_http, store_network
from tests.support.world import REPOSITORY, definition, digest, uri

FUNCTION = "ecr-batch-updater-dev-ocr"
ARN = f"arn:aws:lambda:{REPOSITORY.region}:{REPOSITORY.account}:function:{FUNCTION}"
RECONCILE = {"action": "reconcile"}
SETTINGS = Settings(pair="ocr", repository=REPOSITORY.name, job_definitions=("one", "two"))
DENIED = ApiError("AccessDeniedException", "not authorized to perform", status=403)

_NETWORKS: list[Network] = []


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The one endpoint of AWS: the function makes its clients once a process."""
    with over_http(lambda: _NETWORKS[-1]) as url:
        yield url


@pytest.fixture(autouse=True)
def runtime(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What Lambda's runtime sets; and what the function changes of the process is put back."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": REPOSITORY.region,
        "AWS_ENDPOINT_URL": endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    loggers = [logging.getLogger(), logging.getLogger("botocore")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def notices() -> list[dict[str, Any]]:
    """The entries that reach the event bus."""
    return []


@pytest.fixture
def network(notices: list[dict[str, Any]]) -> Network:
    def events(request: Request) -> Response:
        entries = request.json()["Entries"]
        notices.extend(entries)
        return json_response({"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]})

    _, network = store_network()
    network.events = events
    _NETWORKS.append(network)
    return network


@pytest.fixture
def store(network: Network) -> BatchStore:
    """Batch with both definitions of the pair, which carry another image than the selected one."""
    store, stocked = store_network()
    network.batch = stocked.batch
    for name in SETTINGS.job_definitions:
        store.register(definition(uri("a"), name))
    store.requests.clear()
    return store


def handle(event: Any, *, seconds: float = 300.0, arn: str = ARN, **settings: Any) -> dict[str, Any]:
    """Runs the function with the pair's settings but for ``settings``, ``seconds`` before its timeout."""
    context = SimpleNamespace(
        invoked_function_arn=arn,
        aws_request_id="request",
        function_name=FUNCTION,
        get_remaining_time_in_millis=lambda: round(seconds * 1000),
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in replace(SETTINGS, **settings).environment().items():
            patch.setenv(name, value)
        return entry.handle(event, context)


def deny(network: Network, *, events: bool = False, register: str = "") -> None:
    """From now on publishing is denied, and registering the definition ``register``."""
    batch = network.batch

    def denying(request: Request) -> Response | None:
        if request.operation == "RegisterJobDefinition" and request.json()["jobDefinitionName"] == register:
            raise DENIED
        return batch(request)

    def denied(_: Request) -> Response:
        raise DENIED

    network.batch = denying
    if events:
        network.events = denied


def outcomes(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["jobDefinition"]: (each["outcome"], each["reason"]) for each in result["outcomes"]}


def test_a_push_brings_every_definition_to_its_image_and_is_told_in_result_and_notices(
    store: BatchStore, notices: list[dict[str, Any]]
) -> None:
    event = {
        "id": "push-1",
        "source": "aws.ecr",
        "detail-type": "ECR Image Action",
        "account": REPOSITORY.account,
        "region": REPOSITORY.region,
        "time": "2026-01-01T00:00:00Z",
        "detail": {
            "repository-name": REPOSITORY.name,
            "action-type": "PUSH",
            "result": "SUCCESS",
            "image-tag": "latest",
            "image-digest": digest("b"),
        },
    }
    result = handle(event)
    assert result["pair"] == "ocr"
    assert result["selectedImage"] == {"tag": "latest", "digest": digest("b")}
    assert [each["newImage"] for each in result["outcomes"]] == [uri("b")] * 2
    assert [sent["containerProperties"]["image"] for sent in store.requests] == [uri("b")] * 2
    assert {sent["tags"][provenance.EVENT_ID] for sent in store.requests} == {"push-1"}
    assert sorted(json.loads(told["Detail"])["jobDefinition"] for told in notices) == ["one", "two"]


def test_a_second_run_has_nothing_to_register_and_nothing_to_tell(
    store: BatchStore, network: Network, notices: list[dict[str, Any]]
) -> None:
    handle(RECONCILE)
    notices.clear()
    network.requests.clear()
    result = handle(RECONCILE)
    assert {kind for kind, _ in outcomes(result).values()} == {"skipped"}
    assert sorted(network.requests) == ["DescribeImages", *["DescribeJobDefinitions"] * 2]
    assert notices == []


def test_a_direct_call_for_one_definition_leaves_the_others_alone(store: BatchStore) -> None:
    result = handle({**RECONCILE, "jobDefinitions": ["two"]})
    assert list(outcomes(result)) == ["two"]
    assert [sent["jobDefinitionName"] for sent in store.requests] == ["two"]


def test_a_paused_pair_says_so_of_every_definition_and_calls_nothing(
    store: BatchStore, network: Network
) -> None:
    result = handle(RECONCILE, paused=True)
    assert outcomes(result) == {"one": ("skipped", "paused"), "two": ("skipped", "paused")}
    assert result["selectedImage"] is None
    assert network.requests == []


@pytest.mark.parametrize(
    ("event", "settings"), [(RECONCILE, {"dry_run": True}), ({**RECONCILE, "dryRun": True}, {})]
)
def test_a_dry_run_writes_and_publishes_nothing(
    store: BatchStore,
    network: Network,
    notices: list[dict[str, Any]],
    event: dict[str, Any],
    settings: dict[str, Any],
) -> None:
    result = handle(event, keep_revisions=1, **settings)
    assert result["dryRun"] is True
    assert all(reason.startswith("dry run, would register") for _, reason in outcomes(result).values())
    assert set(network.requests) == {"DescribeImages", "DescribeJobDefinitions"}
    assert notices == []


def test_older_revisions_of_ours_go_where_the_pair_says_how_many_to_keep(store: BatchStore) -> None:
    handle(RECONCILE)
    store.register(definition(uri("a"), "one"))
    handle(RECONCILE, keep_revisions=1)
    page, _ = store.describe(name="one", definitions=None, status="ACTIVE", max_results=None, token=None)
    # 1 and 3 are somebody else's, 2 is ours.
    assert sorted(document["revision"] for document in page) == [1, 3, 4]


def test_without_notices_nothing_is_published(store: BatchStore, network: Network) -> None:
    assert outcomes(handle(RECONCILE, notify=False))["one"][0] == "updated"
    assert "PutEvents" not in network.requests


def test_a_failure_is_raised_once_the_others_are_done_and_everything_is_published(
    store: BatchStore, network: Network, notices: list[dict[str, Any]]
) -> None:
    deny(network, register="two")
    with pytest.raises(UpdateFailed) as caught:
        handle(RECONCILE)
    assert str(caught.value).startswith("1 of 2 job definition(s) of pair ocr failed: two: AccessDenied: ")
    assert "Besides" not in str(caught.value)
    assert [sent["jobDefinitionName"] for sent in store.requests] == ["one"]
    assert sorted(json.loads(told["Detail"])["outcome"] for told in notices) == ["failed", "updated"]


def test_what_could_not_be_published_is_an_error_although_everything_was_updated(
    store: BatchStore, network: Network
) -> None:
    deny(network, events=True)
    with pytest.raises(NoticesLost, match=r"2 of 2 notice\(s\) were not published"):
        handle(RECONCILE)
    assert sorted(sent["jobDefinitionName"] for sent in store.requests) == ["one", "two"]


def test_what_could_not_be_published_does_not_hide_what_could_not_be_updated(
    store: BatchStore, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    deny(network, events=True, register="two")
    with pytest.raises(UpdateFailed) as caught:
        handle(RECONCILE)
    assert "two: AccessDenied" in str(caught.value)
    assert "Besides, 2 of 2 notice(s) were not published" in str(caught.value)
    (record,) = [each for each in caplog.records if each.getMessage() == "outcomes were not published"]
    assert record.levelname == "ERROR"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], NoticesLost)


def test_a_run_without_time_for_a_call_still_has_time_to_say_so(
    store: BatchStore, notices: list[dict[str, Any]]
) -> None:
    handle(RECONCILE, paused=True)
    with pytest.raises(UpdateFailed, match="no time left"):
        handle(RECONCILE, seconds=20)
    assert store.requests == []
    assert {json.loads(told["Detail"])["errorType"] for told in notices} == {"DeadlineNear"}


@pytest.mark.parametrize("arn", ["", "arn:aws:iam::123456789012:role/x", f"{ARN}:7".replace("lambda", "sqs")])
def test_outside_of_a_lambda_function_nothing_is_called(
    store: BatchStore, network: Network, arn: str
) -> None:
    with pytest.raises(SettingsError, match="is not the ARN of a Lambda function"):
        handle(RECONCILE, arn=arn)
    assert network.requests == []


def test_the_repository_is_the_functions_own_neighbour_whatever_its_version_and_partition() -> None:
    found = entry.repository_of("app", "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:live")
    assert (found.account, found.region, found.name) == ("123456789012", "cn-north-1", "app")
    assert found.partition == "aws-cn"


def test_at_debug_the_sdk_still_logs_nothing_of_what_it_sends(store: BatchStore) -> None:
    handle(RECONCILE, log_level="DEBUG", paused=True)
    assert logging.getLogger().level == logging.DEBUG
    assert logging.getLogger("botocore").level == logging.INFO
    handle(RECONCILE, log_level="ERROR", paused=True)
    assert logging.getLogger("botocore").level == logging.ERROR
