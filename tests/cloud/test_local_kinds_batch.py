"""Job definitions of the local cloud: which revisions there are after an update, and what is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.inputs import Inputs, UnknownResource
from local.provider.kind import Place, State
from local.provider.kinds import KINDS
from tests.cloud.kinds import container, environment, make, order

JOB = KINDS["aws:batch/jobDefinition:JobDefinition"]
GIVEN = {"name": "job", "type": "container", "containerProperties": container("a:1")}
TASK = {"containers": [{"name": "a", "image": "a:1"}]}
NODES = {
    "mainNode": 0,
    "numNodes": 1,
    "nodeRangeProperties": [{"targetNodes": "0", "container": json.loads(container("a:1"))}],
}
POD = {
    "hostNetwork": True,
    "containers": [
        {
            "image": "a:1",
            "envs": [{"name": "LANGUAGE", "value": "en"}],
            "securityContext": {"readOnlyRootFileSystem": True, "runAsUser": 7},
        }
    ],
}
SHAPES: dict[str, dict[str, Any]] = {
    "ecsProperties": {"type": "container", "ecsProperties": json.dumps({"taskProperties": [TASK]})},
    "eksProperties": {"type": "container", "eksProperties": {"podProperties": POD}},
    "nodeProperties": {"type": "multinode", "nodeProperties": json.dumps(NODES)},
}


def register(place: Place, **changed: Any) -> State:
    return JOB.create(place, Inputs({**GIVEN, **changed}))


def update(place: Place, state: State, **changed: Any) -> State:
    return JOB.update(place, state, Inputs({**GIVEN, **changed}))


def active(place: Place) -> list[int]:
    answer = place.client("batch").describe_job_definitions(jobDefinitionName="job", status="ACTIVE")
    return sorted(revision["revision"] for revision in answer["jobDefinitions"])


@pytest.mark.parametrize("key", SHAPES)
def test_a_definition_of_any_shape_is_read_as_it_was_written(place: Place, key: str) -> None:
    state = JOB.create(place, Inputs({"name": "job", **SHAPES[key]}))
    imported = JOB.read(place, state.id)
    assert imported is not None
    given = SHAPES[key][key]
    told = imported.properties[key]
    if isinstance(given, str):
        given, told = json.loads(given), json.loads(str(told))
        for each in told.get("taskProperties", []):
            assert each["containers"][0].pop("essential") is True
    assert told == given
    changed = JOB.update(place, state, Inputs({"name": "job", **SHAPES[key], "parameters": {"a": "b"}}))
    assert changed.properties["revision"] == 2


def test_an_update_registers_a_revision_and_deregisters_the_one_before(place: Place) -> None:
    state = register(place, tags={"team": "ocr"})
    changed = update(place, state, containerProperties=container("a:2"), tags={"team": "ocr"})
    assert active(place) == [2]
    assert changed.id == changed.properties["arn"] == place.arn("batch", "job-definition/job:2")
    assert changed.properties["arnPrefix"] == place.arn("batch", "job-definition/job")
    assert changed.properties["tagsAll"] == {"team": "ocr"}


def test_with_the_setting_off_the_revision_before_stays(place: Place) -> None:
    state = register(place, deregisterOnNewRevision=False)
    update(place, state, containerProperties=container("a:2"), deregisterOnNewRevision=False)
    assert active(place) == [1, 2]


def test_tags_change_in_place(place: Place) -> None:
    state = register(place, tags={"team": "ocr", "stage": "dev"})
    changed = update(place, state, tags={"team": "news"})
    assert active(place) == [1]
    assert changed.properties["tags"] == {"team": "news"}


def test_a_change_of_the_setting_alone_registers_a_revision_as_the_provider_does(place: Place) -> None:
    state = register(place)
    assert update(place, state, deregisterOnNewRevision=False).properties["revision"] == 2


def test_what_batch_fills_in_is_no_change(place: Place) -> None:
    image = {"image": "a:1", "resourceRequirements": json.loads(container("a:1"))["resourceRequirements"]}
    state = register(place, containerProperties=json.dumps(image))
    refreshed = JOB.read(place, state.id, state.properties)
    assert refreshed is not None
    assert refreshed.properties == state.properties
    assert update(place, refreshed).properties["revision"] == 1


def test_the_revision_of_the_state_counts_whatever_others_registered(place: Place) -> None:
    state = register(place)
    place.client("batch").register_job_definition(
        jobDefinitionName="job", type="container", containerProperties=json.loads(container("a:9"))
    )
    read = JOB.read(place, state.id, state.properties)
    assert read is not None
    assert read.properties["revision"] == 1
    assert update(place, read).properties["revision"] == 1
    assert update(place, read, parameters={"a": "b"}).properties["revision"] == 3
    assert active(place) == [2, 3]


def test_a_revision_that_went_inactive_is_gone(place: Place) -> None:
    state = register(place)
    place.client("batch").deregister_job_definition(jobDefinition=state.id)
    assert JOB.read(place, state.id, state.properties) is None


def test_the_arn_of_the_state_is_read_under_the_id_of_the_first_revision(place: Place) -> None:
    first = register(place)
    second = update(place, first, containerProperties=container("a:2"))
    read = JOB.read(place, first.id, second.properties)
    assert read is not None
    assert read.id == second.id


def test_deleting_deregisters_every_active_revision_of_the_name_and_no_other(place: Place) -> None:
    state = register(place, deregisterOnNewRevision=False)
    state = update(place, state, containerProperties=container("a:2"), deregisterOnNewRevision=False)
    register(place, name="job-other")
    JOB.delete(place, state)
    assert active(place) == []
    other = place.client("batch").describe_job_definitions(jobDefinitionName="job-other", status="ACTIVE")
    assert len(other["jobDefinitions"]) == 1


def test_an_import_without_a_revision_takes_the_only_one_and_refuses_to_choose(place: Place) -> None:
    register(place)
    prefix = place.arn("batch", "job-definition/job")
    imported = JOB.read(place, prefix)
    assert imported is not None
    assert imported.id == f"{prefix}:1"
    assert imported.properties["deregisterOnNewRevision"] is True
    register(place)
    with pytest.raises(UnknownResource, match="wanted 1, got 2"):
        JOB.read(place, prefix)


def test_what_an_update_renews_is_known_beforehand() -> None:
    changed = {**GIVEN, "containerProperties": container("a:2")}
    assert JOB.renewed(GIVEN, changed) == {"arn", "revision"}
    assert JOB.renewed(GIVEN, {**GIVEN, "tags": {"team": "ocr"}}) == frozenset()


def test_an_environment_that_a_queue_uses_is_not_deleted(place: Place) -> None:
    environment(place)
    queue = make(
        place,
        "aws:batch/jobQueue:JobQueue",
        name="queue",
        priority=1,
        state="ENABLED",
        computeEnvironmentOrders=order(place),
    )
    environments = KINDS["aws:batch/computeEnvironment:ComputeEnvironment"]
    state = environments.read(place, "fargate")
    assert state is not None
    with pytest.raises(ClientError, match="found existing JobQueue relationship"):
        environments.delete(place, state)
    KINDS["aws:batch/jobQueue:JobQueue"].delete(place, queue)
    environments.delete(place, state)
    assert environments.read(place, "fargate") is None
