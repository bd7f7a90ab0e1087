"""Which images a job definition that is written in code keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.job_definition import keep_images
from handler.document.containers import containers_of
from handler.document.image import ImageReference, Repository

HOST = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com"
BACKEND = Repository(account="123456789012", region="ap-southeast-2", name="backend")
WRITTEN, DEPLOYED = f"{HOST}/backend:latest", f"{HOST}/backend@sha256:{'ab' * 32}"
FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "definitions").glob("*.json"))


def task(**images: str) -> dict[str, Any]:
    containers = [{"name": name.replace("_", "-"), "image": image} for name, image in images.items()]
    return {"ecsProperties": {"taskProperties": [{"containers": containers}]}}


def images(document: dict[str, Any]) -> list[str]:
    return [container.image for container in containers_of(document)]


def single(image: str, **more: Any) -> dict[str, Any]:
    return {"containerProperties": {"image": image, **more}}


def test_before_the_first_revision_the_image_that_is_written_counts() -> None:
    assert keep_images(single(WRITTEN), {}, BACKEND) == single(WRITTEN)


def test_the_deployed_image_is_kept_and_everything_else_is_as_written() -> None:
    written = single(WRITTEN, memory=4096, environment=[{"name": "A", "value": "1"}])
    kept = keep_images(written, single(DEPLOYED, memory=2048), BACKEND)
    assert kept == {"containerProperties": {**written["containerProperties"], "image": DEPLOYED}}


def test_the_images_of_other_repositories_are_as_written() -> None:
    written = task(router="public.ecr.aws/fluent-bit:2.2", ocr=WRITTEN)
    kept = keep_images(written, task(router="public.ecr.aws/fluent-bit:2.1", ocr=DEPLOYED), BACKEND)
    assert images(kept) == ["public.ecr.aws/fluent-bit:2.2", DEPLOYED]


def test_moving_to_another_repository_in_code_is_not_undone() -> None:
    frontend = Repository(account="123456789012", region="ap-southeast-2", name="frontend")
    written = single(f"{HOST}/frontend:latest")
    assert keep_images(written, single(DEPLOYED), frontend) == written


def test_the_other_host_names_of_the_registry_name_the_same_repository() -> None:
    dual = DEPLOYED.replace("dkr.ecr.ap-southeast-2.amazonaws.com", "dkr-ecr.ap-southeast-2.on.aws")
    assert images(keep_images(single(WRITTEN), single(dual), BACKEND)) == [dual]


def test_containers_are_recognised_by_name_wherever_they_stand() -> None:
    other = DEPLOYED.replace("ab", "cd")
    kept = keep_images(task(b=WRITTEN, a=WRITTEN), task(a=DEPLOYED, b=other), BACKEND)
    assert images(kept) == [other, DEPLOYED]


def test_a_new_container_takes_the_image_that_the_others_share() -> None:
    assert images(keep_images(task(a=WRITTEN, new=WRITTEN), task(a=DEPLOYED), BACKEND)) == [DEPLOYED] * 2


def test_a_new_container_takes_what_is_written_where_the_others_share_none() -> None:
    deployed = task(a=DEPLOYED, b=DEPLOYED.replace("ab", "cd"))
    kept = keep_images(task(a=WRITTEN, b=WRITTEN, new=WRITTEN), deployed, BACKEND)
    assert images(kept)[2] == WRITTEN


def test_a_change_of_shape_keeps_the_image() -> None:
    assert images(keep_images(task(ocr=WRITTEN), single(DEPLOYED), BACKEND)) == [DEPLOYED]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_shape_keeps_the_images_of_its_repository(path: Path) -> None:
    written = json.loads(path.read_text())
    found = (Repository.of(ImageReference.parse(image)) for image in images(written))
    repository = next(each for each in found if each is not None)
    own = [image for image in images(written) if repository.holds(ImageReference.parse(image))]
    text = json.dumps(written)
    for image in own:
        text = text.replace(f'"{image}"', f'"{repository.uri}@sha256:{"ab" * 32}"')
    deployed = json.loads(text)
    assert deployed != written
    assert keep_images(written, deployed, repository) == deployed
