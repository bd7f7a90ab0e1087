"""Answers of Batch that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from handler.document.raw import _keep_answer
from handler.errors import MalformedAnswer


def kept(body: bytes, status: int = 200) -> dict[str, Any]:
    """What a describe returns for ``body``, over what the SDK makes of it."""
    answer: dict[str, Any] = {}
    _keep_answer(response_dict={"status_code": status, "body": body}, customized_response_dict=answer)
    return answer


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"<html>", b'{"jobDefinitions": 3}', b'{"jobDefinitions": [3]}']
)
def test_an_answer_that_cannot_be_read_is_an_error_and_never_an_empty_list(body: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="no list of job definitions"):
        kept(body)


def test_an_answer_that_may_hold_job_definitions_is_not_quoted() -> None:
    with pytest.raises(MalformedAnswer, match="18 bytes of JSON") as raised:
        kept(b'{"jobDefinitions":')
    assert "jobDefinitions" not in str(raised.value)
    with pytest.raises(MalformedAnswer, match="html"):
        kept(b"<html>")


def test_an_answer_is_kept_with_its_token() -> None:
    assert kept(b'{"jobDefinitions": [{"a": null}], "nextToken": "t"}') == {
        "jobDefinitions": [{"a": None}],
        "nextToken": "t",
    }


def test_an_error_is_left_to_the_sdk() -> None:
    assert kept(b"<html>", status=500) == {}
