"""Which outcomes are published, and as what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from handler.aws.events import Bus
from handler.clock import Clock
from handler.document.image import Image, Repository
from handler.errors import EventError, NoticesLost
from handler.event import read_event
from handler.report.notices import DETAIL_TYPES, notices
from handler.report.outcome import Outcome, Result
from tests.support.world import REPOSITORY, digest, push

UPDATED = Outcome(
    definition="one",
    kind="updated",
    reason="tag latest is new",
    previous_revision=3,
    new_revision=4,
    previous_image="old",
    new_image="new",
)
FAILED = Outcome(definition="two", kind="failed", reason="no way", error=ValueError("no way"))
SKIPPED = Outcome(definition="three", kind="skipped", reason="on hold")
RESULT = Result(
    pair="ocr",
    dry_run=False,
    image=Image(tag="latest", digest=digest("a")),
    outcomes=(UPDATED, FAILED, SKIPPED),
)
BATCH = "arn:aws:batch:eu-west-1:123456789012:job-definition"


Notices = dict[str, Mapping[str, Any]]


def of(result: Result, repository: Repository = REPOSITORY) -> Notices:
    return notices(result, push("a"), repository)


def many(count: int, **changes: Any) -> Notices:
    outcomes = tuple(replace(FAILED, definition=f"job-{number}", **changes) for number in range(count))
    return of(replace(RESULT, outcomes=outcomes))


def test_what_was_updated_and_what_failed_is_told_with_the_fields_of_the_log() -> None:
    told, failed = map(dict, of(RESULT).values())
    selected = {"tag": "latest", "digest": digest("a")}
    common = {"pair": "ocr", "eventId": "push-a", "dryRun": False, "selectedImage": selected}
    assert json.loads(told.pop("Detail")) == {**UPDATED.fields(), **common}
    assert told == {
        "Source": "ecr-batch-updater",
        "DetailType": "Batch Job Definition Image Updated",
        "Resources": [f"{BATCH}/one:4"],
    }
    detail = json.loads(failed.pop("Detail"))
    assert detail == {**FAILED.fields(), **common, "errorType": "ValueError"}
    assert failed == {
        "Source": "ecr-batch-updater",
        "DetailType": "Batch Job Definition Image Update Failed",
        "Resources": [f"{BATCH}/two"],
    }


def test_nothing_is_told_of_what_was_skipped_or_of_a_dry_run() -> None:
    assert of(replace(RESULT, outcomes=(SKIPPED,))) == {}
    assert of(replace(RESULT, dry_run=True)) == {}


def test_a_run_that_selected_no_image_tells_of_its_failures_all_the_same() -> None:
    (notice,) = of(replace(RESULT, image=None, outcomes=(FAILED,))).values()
    assert json.loads(notice["Detail"])["selectedImage"] is None


def test_the_arn_is_in_the_partition_of_the_repository() -> None:
    china = replace(REPOSITORY, partition="aws-cn", region="cn-north-1")
    arn = "arn:aws-cn:batch:cn-north-1:123456789012:job-definition/one:4"
    assert of(RESULT, china)["one"]["Resources"] == [arn]


@pytest.mark.parametrize("character", ["x", "ü", "\n", "\x00", "😀", '"'])
def test_ten_of_the_longest_notices_fit_into_one_call(character: str) -> None:
    image = character * 255
    told = many(10, reason=character * 100_000, previous_image=image, new_image=image)
    entries = list(told.values())
    size = sum(len(str(value).encode()) for entry in entries for value in entry.values())
    assert size < 256 * 1024
    assert json.loads(entries[0]["Detail"])["reason"].endswith(f"{character}…")


@pytest.mark.parametrize("detail_type", DETAIL_TYPES.values())
def test_a_notice_that_is_given_to_the_function_is_refused(detail_type: str) -> None:
    event = {"source": "ecr-batch-updater", "detail-type": detail_type, "id": "1", "detail": {}}
    with pytest.raises(EventError, match="is none of") as caught:
        read_event(event, REPOSITORY, ("one",), "request")
    assert "who else may invoke the function" in str(caught.value)


class Events:
    """A botocore EventBridge client that answers each call with the next of ``answers``, then well.

    An answer is an error to raise, a whole answer, or the error code of each entry, "" for none.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - botocore's name
        self.calls.append([json.loads(entry["Detail"])["jobDefinition"] for entry in Entries])
        answer = self.answers.pop(0) if self.answers else [""] * len(Entries)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            return answer
        entries = [
            {"ErrorCode": code, "ErrorMessage": "in AWS's words"} if code else {"EventId": "1"}
            for code in answer
        ]
        return {"FailedEntryCount": sum(map(bool, answer)), "Entries": entries}


def publish(client: Events, told: Notices, remaining: float = 100.0) -> None:
    clock = Clock(remaining=lambda: remaining, reserve=10, sleep=lambda _: None, jitter=lambda: 0.0)
    Bus(client, clock).publish(told)


def lost(client: Events, told: Notices, remaining: float = 100.0) -> str:
    with pytest.raises(NoticesLost) as caught:
        publish(client, told, remaining)
    return str(caught.value)


@pytest.mark.parametrize(("count", "calls"), [(1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_a_call_carries_ten(count: int, calls: list[int]) -> None:
    client = Events()
    publish(client, many(count))
    assert [len(call) for call in client.calls] == calls
    assert [name for call in client.calls for name in call] == [f"job-{number}" for number in range(count)]


def test_entries_that_fail_in_passing_are_sent_again_and_no_others() -> None:
    client = Events(["", "InternalFailure", "ThrottlingException"], ["", "InternalFailure"])
    publish(client, many(3))
    assert client.calls == [["job-0", "job-1", "job-2"], ["job-1", "job-2"], ["job-2"]]


def test_an_entry_that_is_refused_is_named_with_the_code_and_the_others_are_sent() -> None:
    client = Events(["", "NotAuthorizedForSourceException", "InternalFailure"])
    words = lost(client, many(3))
    assert client.calls == [["job-0", "job-1", "job-2"], ["job-2"]]
    assert words.startswith(
        "1 of 3 notice(s) were not published: job-1: NotAuthorizedForSourceException: in AWS's words. Remedy:"
    )


def test_an_entry_that_keeps_failing_is_given_up_after_three_calls() -> None:
    client = Events(*[["InternalFailure"]] * 4)
    assert "job-0: InternalFailure" in lost(client, many(1))
    assert len(client.calls) == 3


def test_a_call_that_fails_does_not_keep_the_next_one_from_being_made() -> None:
    denied = {
        "Error": {"Code": "AccessDeniedException", "Message": "not authorized to perform: events:PutEvents"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    client = Events(ClientError(denied, "PutEvents"))
    words = lost(client, many(12))
    assert [len(call) for call in client.calls] == [10, 2]
    assert "10 of 12 notice(s)" in words
    # Ten definitions, one reason.
    assert words.count("not authorized to perform") == 1
    assert "unless notify is false" in words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ReadTimeoutError(endpoint_url="https://events"), "AwsError"),
        ({}, "MalformedAnswer"),
        ({"FailedEntryCount": 0, "Entries": []}, "MalformedAnswer"),
        ([None], "no code"),
    ],
)
def test_whatever_is_no_success_is_an_error(answer: Any, words: str) -> None:
    client = Events({"Entries": [{}]} if answer == [None] else answer)
    assert words in lost(client, many(1))


def test_without_time_nothing_is_sent_and_all_is_named() -> None:
    client = Events()
    words = lost(client, many(2), remaining=10)
    assert (client.calls, "job-0, job-1: DeadlineNear" in words) == ([], True)
