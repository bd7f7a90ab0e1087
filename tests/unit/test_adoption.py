"""Taking over containers that use another image, once."""

from __future__ import annotations

from typing import Any

from handler.errors import NoRepositoryContainer
from handler.report.outcome import Outcome
from handler.run import Task, update
from tests.support.world import (
    JOB,
    REPOSITORY,
    World,
    definition,
    services,
    task,
    uri,
    with_options,
)


def ecs(*containers: tuple[str, str], **changes: Any) -> dict[str, Any]:
    found = [{"name": name, "image": image} for name, image in containers]
    properties = {"taskProperties": [{"containers": found}]}
    return {"jobDefinitionName": JOB, "type": "container", "ecsProperties": properties, **changes}


def adopting(*names: str) -> Task:
    return with_options(task(), adopt={JOB: names} if names else {})


def run(document: dict[str, Any] | World, *names: str) -> tuple[World, Outcome]:
    world = document if isinstance(document, World) else World().with_tag("latest", "b").registered(document)

    def ask(request: Any) -> Any:
        nonlocal world
        world, answer = world.answer(request)
        return answer

    (outcome,) = update(adopting(*names), services(ask)).outcomes
    return world, outcome


def images(world: World) -> list[str]:
    tasks = world.newest()["ecsProperties"]["taskProperties"]
    return [container["image"] for item in tasks for container in item["containers"]]


def test_a_star_takes_over_a_container_without_a_name() -> None:
    world, outcome = run(definition("placeholder"), "*")
    assert outcome.kind == "updated"
    assert (outcome.previous_image, outcome.new_image) == ("placeholder", uri("b"))
    assert world.newest()["containerProperties"]["image"] == uri("b")


def test_a_named_container_is_taken_over_and_the_others_stay() -> None:
    world, _ = run(ecs(("app", "placeholder"), ("proxy", "envoy")), "app")
    assert images(world) == [uri("b"), "envoy"]


def test_a_star_takes_over_all_containers() -> None:
    world, _ = run(ecs(("app", "placeholder"), ("proxy", "envoy")), "*")
    assert images(world) == [uri("b"), uri("b")]


def test_a_container_of_the_repository_ends_the_adoption() -> None:
    world, _ = run(ecs(("app", f"{REPOSITORY.uri}:v1"), ("proxy", "envoy")), "*", "proxy")
    assert images(world) == [uri("b"), "envoy"]


def test_after_the_adoption_there_is_nothing_to_do() -> None:
    world, _ = run(definition("placeholder"), "*")
    again, outcome = run(world, "*")
    assert (outcome.kind, again) == ("skipped", world)


def test_names_do_not_take_over_a_container_without_a_name() -> None:
    _, outcome = run(definition("placeholder"), "", "app")
    assert isinstance(outcome.error, NoRepositoryContainer)


def test_without_adoption_the_error_shows_the_images_and_the_yaml() -> None:
    _, outcome = run(definition("placeholder"))
    assert isinstance(outcome.error, NoRepositoryContainer)
    assert "its images: placeholder" in outcome.reason
    assert 'adopt: {"job": ["*"]}' in outcome.reason


def test_the_yaml_names_no_container_that_is_alone() -> None:
    _, outcome = run(ecs(("app", "placeholder")))
    assert 'adopt: {"job": ["*"]}' in outcome.reason


def test_the_yaml_names_one_container_of_several_since_the_others_may_be_sidecars() -> None:
    _, outcome = run(ecs(("app", "placeholder"), ("proxy", "envoy")), "misspelt")
    assert "placeholder (app), envoy (proxy)" in outcome.reason
    assert 'adopt: {"job": ["app"]}' in outcome.reason


def test_settings_that_somebody_registered_during_the_adoption_survive() -> None:
    changed = definition("placeholder", timeout={"attemptDurationSeconds": 99})
    world = World().with_tag("latest", "b").registered(definition("placeholder")).registered(changed)
    tags = {"team": "ocr", "ecr-batch-updater/previous-revision": "1"}
    world, _ = run(world.registered(definition(uri("b"), tags=tags)), "*")
    newest = world.newest()
    assert newest["timeout"] == {"attemptDurationSeconds": 99}
    assert newest["containerProperties"]["image"] == uri("b")
