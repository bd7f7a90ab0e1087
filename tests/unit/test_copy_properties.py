"""What is sent equals the revision that it copies, but for the repository's images and provenance tags.

Any definition that botocore's model of the service allows, with keys that no model knows; the function's
own clients; the bytes that leave the machine.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from handler.aws.clients import Clients
from handler.errors import NoRepositoryContainer
from handler.report.outcome import Outcome
from handler.run import update
from local.batch.rules import check_registration
from local.http import Request, Response, json_response
from tests.support.definitions import PREFIX, Document, definitions, expected, has_ours, read, write
from tests.support.network import SELECTED, Network, intercept, job, make_clients, over_http, services
from tests.support.world import START

_ADDED = {"jobDefinitionArn": "arn", "revision": 7, "status": "ACTIVE", "containerOrchestrationType": "ECS"}
PINS = st.sampled_from(["digest", "tag"])
MOST_BYTES = 20 * 1024  # leaves room for digests and tags


class OneRevision:
    """Batch with one revision, answered as text; registrations are checked as strictly as Batch does."""

    def __init__(self, document: Document) -> None:
        self.text = write({"jobDefinitions": [{**_ADDED, **document}]})

    def __call__(self, request: Request) -> Response:
        if request.operation == "DescribeJobDefinitions":
            return Response(status=200, body=self.text.encode(), headers={})
        check_registration(_without_nulls(request.json()))
        return json_response({"jobDefinitionName": "job", "jobDefinitionArn": "arn", "revision": 8})


def _without_nulls(value: Any) -> Any:
    """JSON's null is an absent member to the service."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


@dataclass
class Line:
    """Clients, and the network that answers them now."""

    clients: Clients
    network: Network

    def run(self, document: Document, pin: str) -> tuple[Outcome, list[bytes]]:
        """One run over the definition: its outcome, and the registrations that were sent."""
        self.network.batch = OneRevision(document)
        self.network.sent.clear()
        (outcome,) = update(job(pin=pin), services(self.clients)).outcomes
        return outcome, self.network.sent


def _line(*, data_path: str = "") -> Line:
    line = Line(make_clients(data_path=data_path), Network(lambda _: None))
    intercept(line.clients, lambda: line.network)
    return line


@pytest.fixture(scope="module")
def line() -> Line:
    return _line()


@pytest.fixture(scope="module")
def http_line() -> Iterator[Line]:
    network = Network(lambda _: None)
    with over_http(lambda: network) as endpoint:
        yield Line(make_clients(endpoint=endpoint), network)


@pytest.fixture(scope="module")
def old_line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """An SDK that knows no member of a job definition but those without which there is none."""
    directory = tmp_path_factory.mktemp("models") / "batch" / "2016-08-10"
    directory.mkdir(parents=True)
    model = _installed_model()
    for shape in _reachable(model, ["RegisterJobDefinitionRequest", "JobDefinition"]):
        members = model["shapes"][shape].get("members", {})
        kept = {*model["shapes"][shape].get("required", []), *_ADDED, "containerProperties"}
        model["shapes"][shape]["members"] = {key: members[key] for key in members if key in kept}
    (directory / "service-2.json").write_text(json.dumps(model))
    return _line(data_path=str(directory.parents[1]))


def _installed_model() -> Document:
    directory = Path(botocore.__file__).parent / "data" / "batch" / "2016-08-10"
    model: Document = json.loads(gzip.decompress((directory / "service-2.json.gz").read_bytes()))
    return model


def _reachable(model: Document, names: list[str]) -> set[str]:
    """The structures that can be part of those named, themselves included."""
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = model["shapes"][name]
        parts = [*shape.get("members", {}).values(), shape.get("member"), shape.get("value")]
        names += [part["shape"] for part in parts if isinstance(part, dict) and "shape" in part]
    return {name for name in seen if model["shapes"][name]["type"] == "structure"}


def check(line: Line, document: Document, pin: str) -> None:
    """The promise, for one definition."""
    assume(len(write(document).encode()) < MOST_BYTES)
    note(f"the job definition: {write(document)}")
    outcome, sent = line.run(document, pin)
    if not has_ours(document):
        assert isinstance(outcome.error, NoRepositoryContainer)
        assert sent == []
        return
    assert outcome.error is None
    wanted = expected(document, pin)
    if pin == "digest" and wanted == document:
        assert (outcome.kind, sent) == ("skipped", [])
        return
    assert (outcome.kind, len(sent)) == ("updated", 1)
    found = read(sent[0])
    tags, before = found.pop("tags"), wanted.pop("tags", {})
    assert found == wanted
    assert {key: text for key, text in tags.items() if not key.startswith(PREFIX)} == {
        key: text for key, text in before.items() if not key.startswith((PREFIX, "aws:"))
    }
    assert {key: text for key, text in tags.items() if key.startswith(PREFIX)} == provenance(document, pin)


def provenance(document: Document, pin: str) -> dict[str, str]:
    """The provenance tags of a copy of revision 7."""
    every = {
        "previous-revision": "7",
        "image-digest": SELECTED,
        "image-tag": "latest",
        "event-id": "reconcile",
        "updated-at": START.isoformat(),
    }
    if document.get("propagateTags") is True:
        needed = ("previous-revision", "image-digest") if pin == "tag" else ("previous-revision",)
        every = {key: every[key] for key in needed}
    return {PREFIX + key: text for key, text in every.items()}


def thorough(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
            HealthCheck.filter_too_much,
        ],
    )


def test_a_copy_equals_its_original_but_for_images_and_provenance_tags(
    line: Line, request: pytest.FixtureRequest
) -> None:
    @thorough(50_000 if request.config.getoption("--long") else 2_000)
    @given(definition=definitions(), pin=PINS)
    def every_definition(definition: Document, pin: str) -> None:
        check(line, definition, pin)

    every_definition()


def test_an_sdk_that_knows_next_to_nothing_of_job_definitions_loses_nothing(
    old_line: Line, request: pytest.FixtureRequest
) -> None:
    @thorough(5_000 if request.config.getoption("--long") else 300)
    @given(definition=definitions(), pin=PINS)
    def every_definition(definition: Document, pin: str) -> None:
        check(old_line, definition, pin)

    every_definition()


def test_that_sdk_is_the_one_that_answers(old_line: Line) -> None:
    model = old_line.clients.batch_writer.meta.service_model
    assert set(model.shape_for("JobDefinition").members) == {
        *_ADDED,
        *("jobDefinitionName", "type", "containerProperties"),
    }
    assert "environment" not in model.shape_for("ContainerProperties").members


def test_a_copy_equals_its_original_over_http_too(http_line: Line, request: pytest.FixtureRequest) -> None:
    @thorough(2_000 if request.config.getoption("--long") else 100)
    @given(definition=definitions(), pin=PINS)
    def every_definition(definition: Document, pin: str) -> None:
        check(http_line, definition, pin)

    every_definition()
