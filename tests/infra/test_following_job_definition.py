"""following_job_definition: a job definition in code that keeps the image that is deployed."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import ConfigErrors, following_job_definition
from tests.support.recorder import Place, Recording, Registered, evaluate

URL = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend"
WRITTEN, DEPLOYED = f"{URL}:latest", f"{URL}@sha256:{'ab' * 32}"
UNKNOWN = pulumi.runtime.rpc.UNKNOWN
ARN = "arn:aws:batch:ap-southeast-2:123456789012:job-definition/ocr-job"


@pytest.fixture
def tidy() -> Iterator[None]:
    """Futures that failed say so once they are collected: here, not in the middle of another test."""
    yield
    gc.collect()


def run(
    place: Place | None = None,
    recording: Recording | None = None,
    *,
    preview: bool = False,
    **properties: Any,
) -> Registered:
    def program() -> None:
        given = {"name": "ocr-job", "repository": URL, "type": "container", **properties}
        definition = following_job_definition("ocr", **given)
        pulumi.export("prefix", definition.arn_prefix)

    return evaluate(program, place=place, recording=recording, preview=preview).one("JobDefinition")


def deployed(**properties: Any) -> Place:
    return Place(job_definitions={"ocr-job": properties})


def test_the_first_revision_has_the_image_that_is_written() -> None:
    recording = Recording()
    registered = run(recording=recording, container_properties={"image": WRITTEN})
    assert registered.document("containerProperties") == {"image": WRITTEN}
    assert recording.reads == []


def test_a_later_one_has_the_image_of_the_newest_active_revision() -> None:
    recording = Recording()
    place = deployed(containerProperties=json.dumps({"image": DEPLOYED, "memory": 2048}))
    written = {"image": WRITTEN, "memory": 4096, "jobRoleArn": "arn"}
    registered = run(place, recording, container_properties=written)
    assert registered.document("containerProperties") == {
        "image": DEPLOYED,
        "memory": 4096,
        "jobRoleArn": "arn",
    }
    assert [(read.type, read.id) for read in recording.reads] == [
        ("aws:batch/jobDefinition:JobDefinition", f"{ARN}:7")
    ]


def test_a_preview_shows_the_image_of_the_newest_active_revision() -> None:
    """The provider leaves out the three shapes that the revision has not."""
    place = deployed(containerProperties=json.dumps({"image": DEPLOYED}))
    registered = run(place, preview=True, container_properties={"image": WRITTEN})
    assert registered.document("containerProperties") == {"image": DEPLOYED}


def test_a_preview_shows_the_image_that_goes_over_into_another_shape() -> None:
    place = deployed(containerProperties=json.dumps({"image": DEPLOYED}))
    written = {"taskProperties": [{"containers": [{"name": "ocr", "image": WRITTEN}]}]}
    registered = run(place, preview=True, ecs_properties=written)
    (task,) = registered.document("ecsProperties")["taskProperties"]
    assert task["containers"][0]["image"] == DEPLOYED


def test_before_the_provider_can_be_asked_a_preview_does_not_guess_the_image() -> None:
    recording = Recording()
    place = Place(asked=False)
    registered = run(place, recording, preview=True, container_properties={"image": WRITTEN})
    assert registered.sent["containerProperties"] == UNKNOWN
    assert recording.reads == []


def test_a_replacement_is_registered_after_the_old_revisions_are_gone_unless_the_options_say_otherwise() -> (
    None
):
    """Deleting deregisters every ACTIVE revision of the name, the replacement too if it stood already."""
    assert run(container_properties={"image": WRITTEN}).deleted_first
    own = pulumi.ResourceOptions(delete_before_replace=False)
    assert not run(container_properties={"image": WRITTEN}, opts=own).deleted_first


def test_no_revision_is_deregistered_and_nothing_is_ignored() -> None:
    registered = run(
        container_properties=json.dumps({"image": WRITTEN}), timeout={"attempt_duration_seconds": 60}
    )
    assert registered.inputs["deregisterOnNewRevision"] is False
    assert registered.inputs["timeout"] == {"attemptDurationSeconds": 60}


@pytest.mark.parametrize("shape", ["ecs", "node"])
def test_shapes_that_are_written_as_json_keep_their_images(shape: str) -> None:
    def document(image: str) -> dict[str, Any]:
        container = {"name": "ocr", "image": image}
        if shape == "ecs":
            return {"taskProperties": [{"containers": [container]}]}
        return {"numNodes": 2, "nodeRangeProperties": [{"targetNodes": "0:", "container": container}]}

    place = deployed(**{f"{shape}Properties": json.dumps(document(DEPLOYED))})
    written: dict[str, Any] = {f"{shape}_properties": document(WRITTEN)}
    registered = run(place, **written)
    assert registered.document(f"{shape}Properties") == document(DEPLOYED)


def test_a_pod_keeps_the_images_of_all_its_containers() -> None:
    def pod(image: str) -> dict[str, Any]:
        return {
            "containers": [{"name": "ocr", "image": image, "imagePullPolicy": "Always"}],
            "initContainers": [{"name": "fetch", "image": image}],
        }

    written = {
        "pod_properties": {
            "containers": [{"name": "ocr", "image": WRITTEN, "image_pull_policy": "Always"}],
            "init_containers": [{"name": "fetch", "image": WRITTEN}],
        }
    }
    place = deployed(eksProperties={"podProperties": pod(DEPLOYED)})
    registered = run(place, eks_properties=written)
    assert registered.inputs["eksProperties"] == {"podProperties": pod(DEPLOYED)}


def test_the_look_up_asks_the_provider_of_the_definition() -> None:
    def program() -> None:
        provider = aws.Provider("elsewhere", region="eu-west-1")
        following_job_definition(
            "ocr",
            name="ocr-job",
            repository=URL,
            type="container",
            container_properties={"image": WRITTEN},
            opts=pulumi.ResourceOptions(provider=provider),
        )

    place = deployed(containerProperties=json.dumps({"image": DEPLOYED}))
    recording = evaluate(program, place=place)
    asked = [provider for token, provider in recording.invokes if "getJobDefinition" in token]
    read = [read.provider for read in recording.reads]
    assert len(asked) == len(read) == 1
    assert all("::elsewhere::" in provider for provider in (*asked, *read))


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize(
    "words",
    [
        "AccessDeniedException: not authorized to perform: batch:DescribeJobDefinitions",
        "reading Batch Job Definitions (other/ACTIVE): empty result",
        "reading Batch Job Definitions (ocr-job/ACTIVE): request canceled",
    ],
)
def test_a_look_up_that_fails_fails_the_deployment_instead_of_putting_the_old_image_back(words: str) -> None:
    recording = Recording()
    with pytest.raises(Exception, match="getJobDefinition") as caught:
        run(Place(refusal=words), recording, container_properties={"image": WRITTEN})
    assert words in str(caught.value)
    assert recording.all("JobDefinition") == []


@pytest.mark.parametrize("words", ["empty result", "couldn't find resource"])
def test_the_providers_words_for_no_revision_are_known(words: str) -> None:
    refusal = f"reading Batch Job Definitions (ocr-job/ACTIVE): {words}"
    registered = run(Place(refusal=refusal), container_properties={"image": WRITTEN})
    assert registered.document("containerProperties") == {"image": WRITTEN}


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize(
    ("wrong", "key", "words"),
    [
        ({"name": "ocr-job:3"}, "name", "the name of a job definition"),
        ({"name": object()}, "name", "a plain string"),
        ({"container_properties": None}, "container_properties | ", "found none, expected one of them"),
        ({"ecs_properties": {}}, "container_properties | ", "container_properties and ecs_properties"),
        ({"deregister_on_new_revision": True}, "deregister_on_new_revision", "leave it out"),
        ({"repository": "backend"}, "repository", "repository_url"),
        ({"container_properties": "{"}, "container_properties", "no JSON"),
    ],
)
def test_wrong_arguments_are_refused_with_the_key_and_a_reason(
    wrong: dict[str, Any], key: str, words: str
) -> None:
    recording = Recording()
    with pytest.raises(ConfigErrors) as caught:
        run(None, recording, **{"container_properties": {"image": WRITTEN}} | wrong)
    (problem,) = caught.value.problems
    assert problem.key.startswith(key)
    assert words in str(problem)
    assert recording.all("JobDefinition") == []
