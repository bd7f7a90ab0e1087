"""What stays out of messages, and what stays in."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from handler.aws.batch import Batch
from handler.aws.failed_registration import without_contents
from handler.errors import AwsError
from tests.support.network import make_clients
from tests.support.world import still_clock

CONTAINER: dict[str, Any] = {
    "image": "backend:latest",
    "command": ["run", "--key=from-command"],
    "environment": [{"name": "PASSWORD", "value": "from-environment"}, {"name": "LOG", "value": "INFO"}],
    "secrets": [{"name": "DATABASE", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:database"}],
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "from-options"}},
}
POD = {"image": "x", "args": ["from-args"], "env": [{"name": "TOKEN", "value": "from-env"}]}
SHAPES = {
    "container": {"containerProperties": CONTAINER},
    "multi-node": {"nodeProperties": {"nodeRangeProperties": [{"container": CONTAINER}]}},
    "multi-container": {"ecsProperties": {"taskProperties": [{"containers": [CONTAINER]}]}},
    "parameters": {"parameters": {"token": "from-parameters"}},
    "pod": {"eksProperties": {"podProperties": {"containers": [], "initContainers": [POD]}}},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_a_user_fills_in_freely_is_not_shown(shape: str) -> None:
    document = {"jobDefinitionName": "job", **SHAPES[shape]}
    assert "from-" not in without_contents(f"{document} is refused", document)


def test_what_tells_the_fault_is_left() -> None:
    document = SHAPES["container"]
    text = (
        "PASSWORD, LOG=INFO, backend:latest, splunk-token, arn:aws:secretsmanager:eu-west-1:1:secret:database"
    )
    assert without_contents(text, document) == text


def test_a_value_that_is_part_of_another_leaves_no_rest() -> None:
    document = {"parameters": {"a": "abcdef", "b": "abcdefghi"}}
    assert without_contents("abcdefghi", document) == "(not shown)"


def test_a_value_is_found_as_json_writes_it() -> None:
    document = {"parameters": {"a": 'quo"ted\n'}}
    assert without_contents(r"{\"a\": \"x\"} quo\"ted\n", document) == r"{\"a\": \"x\"} (not shown)"


QUOTED = "PASSWORD=from-environment"
REFUSED = {
    "Error": {"Code": "ClientException", "Message": f"can't take {QUOTED}"},
    "ResponseMetadata": {"HTTPStatusCode": 400},
    # As botocore leaves it there once more.
    "message": f"can't take {QUOTED}",
}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and all that it keeps of others."""
    if error is not None:
        yield error
        for other in (error.__cause__, error.__context__, getattr(error, "cause", None)):
            if other is not error:
                yield from chain(other)


@pytest.mark.parametrize(
    "answer",
    [
        ClientError(REFUSED, "RegisterJobDefinition"),
        ClientError({**REFUSED, "ResponseMetadata": {"HTTPStatusCode": 500}}, "RegisterJobDefinition"),
        HTTPClientError(error=f"a proxy says {QUOTED}"),
        ResponseParserError(f"no JSON: {QUOTED}"),
        {"jobDefinition": SHAPES["container"]},
    ],
    ids=["refused", "failed", "proxy", "no JSON", "echo"],
)
def test_no_error_of_a_registration_keeps_what_the_document_holds(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = make_clients()

    def register(**_: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(clients.batch_writer, "register_job_definition", register)
    batch = Batch(reader=clients.batch, writer=clients.batch_writer, clock=still_clock())
    document = {"jobDefinitionName": "job", "type": "container", **SHAPES["container"]}
    with pytest.raises(AwsError) as caught:
        batch.register(document)
    assert caught.value.action == "batch:RegisterJobDefinition"
    assert caught.value.cause is not None
    kept = [repr(vars(each)) + repr(each.args) + str(each) for each in chain(caught.value)]
    assert "from-environment" not in "".join(kept)
    assert "from-environment" not in "".join(traceback.format_exception(caught.value))
