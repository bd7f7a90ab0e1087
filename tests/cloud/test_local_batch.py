"""The strict stand-in for AWS Batch's job definitions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.batch.store import BatchStore
from local.cloud import Cloud
from local.http import ApiError

BODY: dict[str, Any] = {
    "jobDefinitionName": "job",
    "type": "container",
    "containerProperties": {"image": "x", "command": ["run"]},
}


def numbers(page: list[dict[str, Any]]) -> list[int]:
    return [revision["revision"] for revision in page]


def test_fields_that_no_sdk_knows_are_kept_at_any_depth() -> None:
    store = BatchStore()
    container = {**BODY["containerProperties"], "futureField": {"a": [1]}}
    store.register({**BODY, "containerProperties": container, "futureTop": True})
    (revision,), _ = store.describe(name="job")
    assert revision["futureTop"] is True
    assert revision["containerProperties"]["futureField"] == {"a": [1]}


def test_a_later_revision_inherits_nothing() -> None:
    store = BatchStore()
    store.register({**BODY, "retryStrategy": {"attempts": 3}, "tags": {"a": "b"}})
    store.register(BODY)
    newest = store.describe(name="job")[0][0]
    assert "retryStrategy" not in newest
    assert "tags" not in newest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"revision": 1}, "Unknown field revision"),
        ({"status": "ACTIVE"}, "Unknown field status"),
        ({"jobDefinitionArn": "x"}, "Unknown field jobDefinitionArn"),
        ({"containerOrchestrationType": "ECS"}, "Unknown field containerOrchestrationType"),
        ({"type": "other"}, "Unrecognized job definition type"),
        ({"containerProperties": None}, "needs one of"),
        ({"jobDefinitionName": "a b"}, "valid pattern"),
        ({"timeout": {"attemptDurationSeconds": "60"}}, "invalid type"),
        ({"tags": {str(n): "x" for n in range(51)}}, "at most 50 tags"),
        ({"tags": {"aws:x": "y"}}, "reserved prefix"),
        ({"tags": {"a": "<b>"}}, "does not allow"),
        ({"containerProperties": {"image": "x" * 256}}, "255 characters"),
        ({"parameters": {"a": "x" * 25000}}, "24 KiB"),
    ],
)
def test_what_batch_refuses_is_refused(change: dict[str, Any], message: str) -> None:
    store = BatchStore()
    with pytest.raises(ApiError, match=message) as caught:
        store.register({**BODY, **change})
    assert caught.value.code == "ClientException"
    assert store.requests == []


def test_what_is_stored_is_normalised_and_what_was_sent_is_kept() -> None:
    store = BatchStore()
    environment = [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}, {"name": "C", "value": ""}]
    body = {**BODY, "containerProperties": {"image": "x", "environment": environment}}
    store.register({**body, "platformCapabilities": ["FARGATE"]})
    container = store.describe(name="job")[0][0]["containerProperties"]
    assert container["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert container["fargatePlatformConfiguration"] == {"platformVersion": "LATEST"}
    assert container["secrets"] == []
    assert store.requests[0]["containerProperties"] == {"image": "x", "environment": environment}


def test_pages_follow_their_tokens() -> None:
    store = BatchStore()
    for _ in range(5):
        store.register(BODY)
    seen, token = store.describe(name="job", max_results=2)
    assert token is not None
    while token:
        page, token = store.describe(name="job", max_results=2, token=token)
        seen += page
    assert numbers(seen) == [5, 4, 3, 2, 1]


def test_an_empty_page_can_come_with_a_token() -> None:
    store = BatchStore()
    store.register(BODY)
    store.empty_pages = True
    page, token = store.describe(name="job")
    assert page == []
    assert numbers(store.describe(name="job", token=token)[0]) == [1]


def test_a_describe_can_lag_behind_a_registration() -> None:
    store = BatchStore()
    store.register(BODY)
    store.hide_new_for = 2
    store.register(BODY)
    assert numbers(store.describe(name="job")[0]) == [1]
    assert numbers(store.describe(definitions=["job:2"])[0]) == []
    assert numbers(store.describe(name="job")[0]) == [2, 1]


def test_a_token_that_batch_never_gave_is_refused() -> None:
    with pytest.raises(ApiError, match="nextToken"):
        BatchStore().describe(name="job", token="oops")


def test_a_deregistered_revision_is_inactive_and_its_number_is_not_used_again() -> None:
    store = BatchStore()
    store.register(BODY)
    store.deregister("job:1")
    assert store.describe(name="job", status="ACTIVE")[0] == []
    assert store.describe(definitions=["job:1"])[0][0]["status"] == "INACTIVE"
    assert store.register(BODY) == ("job", 2)


def test_overlapping_registrations_get_numbers_of_their_own() -> None:
    store = BatchStore()
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: store.register(BODY)[1], range(50)))
    assert sorted(given) == list(range(1, 51))


def test_the_api_answers_from_the_store(cloud: Cloud) -> None:
    batch = cloud.client("batch")
    arns = [batch.register_job_definition(**BODY)["jobDefinitionArn"] for _ in range(3)]
    pages = batch.get_paginator("describe_job_definitions").paginate(
        jobDefinitionName="job", PaginationConfig={"PageSize": 2}
    )
    assert [numbers(page["jobDefinitions"]) for page in pages] == [[3, 2], [1]]
    batch.tag_resource(resourceArn=arns[0], tags={"a": "b", "c": "d"})
    batch.untag_resource(resourceArn=arns[0], tagKeys=["c"])
    assert batch.list_tags_for_resource(resourceArn=arns[0])["tags"] == {"a": "b"}
    batch.deregister_job_definition(jobDefinition=arns[2])
    active = batch.describe_job_definitions(jobDefinitionName="job", status="ACTIVE")
    assert numbers(active["jobDefinitions"]) == [2, 1]


def test_a_refusal_reaches_the_client(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="ClientException"):
        cloud.client("batch").register_job_definition(**{**BODY, "tags": {"a": "<"}})
