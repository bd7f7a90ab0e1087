"""JSON documents that survive a round trip: what was read is written back with the same meaning.

Job definitions are carried as the service sent them, not as the installed SDK understands them: the
SDK drops response fields that its model does not know, and the one in the Lambda runtime lags months
behind the service.

Only AWS Batch's two bodies need this, and botocore has events for it: ``before-parse`` sees the raw
response, ``provide-client-params`` and ``before-call`` the request (botocore's ``docs/source/topics/
events.rst``). What belongs to one call travels in that call's own ``context``, so that one client
serves many threads.
"""

from __future__ import annotations

import json
from typing import Any

from handler.errors import MalformedAnswer

Document = dict[str, Any]

_REGISTER = "batch.RegisterJobDefinition"
_DESCRIBE = "batch.DescribeJobDefinitions"
_CONTEXT_KEY = "ecr_batch_updater_document"


class _Number(float):
    """A number that Python would write otherwise remembers how it was written (``1.10``, ``1e3``, ``-0``)."""

    text: str

    def __new__(cls, text: str) -> _Number:
        number = super().__new__(cls, text)
        number.text = text
        return number


def loads(text: str | bytes) -> Any:
    """Reads JSON; raises ValueError like ``json.loads``."""
    return json.loads(text, parse_float=_Number, parse_int=_integer)


def _integer(text: str) -> int | _Number:
    return _Number(text) if text == "-0" else int(text)


_plain = json.JSONEncoder(separators=(",", ":")).encode


def dumps(value: Any) -> str:
    """Writes JSON without white space; numbers read by ``loads`` are written as they were read."""
    if _is_plain(value):
        return _plain(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{_plain(key)}:{dumps(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    text: str = value.text
    return text


def _is_plain(value: Any) -> bool:
    """Whether the library, which is much faster, writes it in the same way."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return not isinstance(value, _Number)


def carry_documents(client: Any) -> None:
    """Makes a botocore Batch client return and send job definitions as raw documents.

    ``describe_job_definitions`` then returns the documents that the service sent, and
    ``register_job_definition(**document)`` sends the document as it is, unvalidated. Doing it twice to
    the same client changes nothing.
    """
    events = client.meta.events
    events.register(f"before-parse.{_DESCRIBE}", _keep_answer, unique_id="raw-answer")
    events.register(f"provide-client-params.{_REGISTER}", _set_aside, unique_id="raw-set-aside")
    events.register(f"before-call.{_REGISTER}", _send_as_is, unique_id="raw-send")


def _keep_answer(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] != 200:
        return
    try:
        answer = loads(response_dict["body"])
    except ValueError:
        answer = None
    documents = answer.get("jobDefinitions") if isinstance(answer, dict) else None
    if not isinstance(documents, list) or not all(isinstance(item, dict) for item in documents):
        # Not what a JSON answer holds, which can be somebody's job definition.
        body = response_dict["body"]
        shown = f"{len(body)} bytes of JSON" if body.lstrip().startswith(b"{") else repr(body[:200])
        raise MalformedAnswer(
            f"DescribeJobDefinitions answered with something that is no list of job definitions: {shown}",
            action="batch:DescribeJobDefinitions",
        )
    customized_response_dict["jobDefinitions"] = documents
    customized_response_dict["nextToken"] = answer.get("nextToken")
    # Nothing else of the answer is used, so the SDK need not take it apart as well.
    response_dict["body"] = b"{}"


def _set_aside(params: Document, context: dict[str, Any], **_: Any) -> Document:
    context[_CONTEXT_KEY] = params
    return {"jobDefinitionName": params["jobDefinitionName"], "type": params["type"]}


def _send_as_is(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = dumps(context[_CONTEXT_KEY]).encode()
