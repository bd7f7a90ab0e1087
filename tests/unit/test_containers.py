"""Where containers stand in each shape of job definition, and that only images are replaced."""

from __future__ import annotations

from typing import Any

from handler.document.containers import containers_of, with_images
from handler.document.raw import dumps, loads


def ecs(*images: str) -> dict[str, Any]:
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    return {"taskProperties": [{"containers": containers, "volumes": []}]}


def eks(*images: str) -> dict[str, Any]:
    pod = {
        "initContainers": [{"name": "init", "image": images[0]}],
        "containers": [{"name": "main", "image": image} for image in images[1:]],
        "metadata": {"labels": {"a": "b"}},
    }
    return {"podProperties": pod}


def found(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(container.path, container.name, container.image) for container in containers_of(document)]


def test_a_container_definition_has_one_without_a_name() -> None:
    assert found({"containerProperties": {"image": "a"}}) == [("containerProperties", "", "a")]


def test_a_multi_container_definition_has_those_of_every_task() -> None:
    assert found({"ecsProperties": ecs("a", "b")}) == [
        ("ecsProperties.taskProperties[0].containers[0]", "c0", "a"),
        ("ecsProperties.taskProperties[0].containers[1]", "c1", "b"),
    ]


def test_an_eks_definition_has_containers_and_init_containers() -> None:
    assert found({"eksProperties": eks("a", "b", "c")}) == [
        ("eksProperties.podProperties.initContainers[0]", "init", "a"),
        ("eksProperties.podProperties.containers[0]", "main", "b"),
        ("eksProperties.podProperties.containers[1]", "main", "c"),
    ]


def test_a_multi_node_definition_has_those_of_every_node_range_in_every_shape() -> None:
    nodes = [{"container": {"image": "a"}}, {"ecsProperties": ecs("b")}, {"eksProperties": eks("c", "d")}]
    prefix = "nodeProperties.nodeRangeProperties"
    assert found({"nodeProperties": {"mainNode": 0, "nodeRangeProperties": nodes}}) == [
        (f"{prefix}[0].container", "", "a"),
        (f"{prefix}[1].ecsProperties.taskProperties[0].containers[0]", "c0", "b"),
        (f"{prefix}[2].eksProperties.podProperties.initContainers[0]", "init", "c"),
        (f"{prefix}[2].eksProperties.podProperties.containers[0]", "main", "d"),
    ]


def test_a_node_range_may_have_a_container_and_no_image() -> None:
    assert (
        found({"nodeProperties": {"nodeRangeProperties": [{"container": {"command": ["x"]}}, None, "text"]}})
        == []
    )


def test_empty_and_null_shapes_have_no_containers() -> None:
    assert (
        found({"containerProperties": None, "ecsProperties": {"taskProperties": None}, "eksProperties": {}})
        == []
    )


def test_replacing_images_leaves_the_original_and_everything_else_alone() -> None:
    def document(one: str, two: str) -> dict[str, Any]:
        return {"ecsProperties": ecs(one, two), "eksProperties": eks(one, two), "other": {"image": "a"}}

    original = document("a", "b")
    assert with_images(original, lambda container: container.image.upper()) == document("A", "B")
    assert original == document("a", "b")


def test_json_is_written_as_it_was_read() -> None:
    text = (
        '{"a":1.10,"b":1e3,"c":-0.0,"d":12345678901234567890,"e":[null,true,[],{}],'
        '"f":"\\u00e9\\n\\"","g":"","h":{"i":null}}'
    )
    assert dumps(loads(text)) == text


def test_numbers_keep_their_form_through_a_replacement_of_images() -> None:
    text = '{"containerProperties":{"image":"a","new":1.10}}'
    assert dumps(with_images(loads(text), lambda _: "b")) == text.replace('"a"', '"b"')
