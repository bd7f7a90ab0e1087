"""However many pairs there are, each resource is its pair's: parented, tagged and named."""

from __future__ import annotations

from collections import Counter

import pytest

from components.documents.alarms import pair_alarms
from components.naming import Names, RuleKind
from tests.support.recorder import COMPONENT, TYPES, Recording, evaluate_main

# The last is what a bus takes: one rule each.
SIZES = (1, 10, 100, 300)


def names_of(pair: str) -> Counter[str]:
    names = Names("ecr-batch-updater", "dev", pair)
    # Rule, function, policy of the role, dashboard.
    bases = [names.base] * 4
    alarms = pair_alarms(names, [RuleKind.PUSHES])
    return Counter([*bases, names.queue, names.log_group, *(names.alarm(each.suffix) for each in alarms)])


@pytest.fixture(scope="module", params=SIZES)
def deployed(request: pytest.FixtureRequest) -> tuple[set[str], Recording]:
    pairs = {
        f"team-{number}": {"repository": f"repository{number}", "jobDefinitions": [f"job{number}"]}
        for number in range(request.param)
    }
    return set(pairs), evaluate_main({"ecr-batch-updater:pairs": pairs})


def test_each_pair_has_a_component_and_every_other_resource_is_the_child_of_one(
    deployed: tuple[set[str], Recording],
) -> None:
    pairs, recording = deployed
    assert len(recording.by_urn()) == len(recording.resources)
    children: Counter[str] = Counter()
    for resource in recording.resources:
        kind, _, parent = resource.parent.rpartition("::")
        if resource.type == COMPONENT:
            assert "pulumi:pulumi:Stack" in resource.parent
            continue
        assert kind.endswith(COMPONENT)
        assert resource.name.startswith(f"{parent}-")
        children[parent] += 1
    assert children == dict.fromkeys(pairs, 16)
    assert {each.name for each in recording.resources if each.type == COMPONENT} == pairs
    assert recording.exports["pairs"].keys() == pairs


def test_every_resource_that_aws_tags_names_its_pair(deployed: tuple[set[str], Recording]) -> None:
    _, recording = deployed
    for resource in recording.resources:
        if TYPES.get(resource.type, (None, False))[1]:
            assert resource.inputs["tags"] == {
                "project": "ecr-batch-updater",
                "stack": "dev",
                "pair": resource.parent.rpartition("::")[2],
                "managed-by": "pulumi",
            }


def test_every_physical_name_is_its_pairs_and_no_two_of_a_kind_are_the_same(
    deployed: tuple[set[str], Recording],
) -> None:
    pairs, recording = deployed
    found: dict[str, Counter[str]] = {pair: Counter() for pair in pairs}
    of_a_kind: Counter[tuple[str, str]] = Counter()
    for resource in recording.resources:
        if key := TYPES.get(resource.type, (None, False))[0]:
            found[resource.parent.rpartition("::")[2]][resource.inputs[key]] += 1
            of_a_kind[resource.type, resource.inputs[key]] += 1
    assert found == {pair: names_of(pair) for pair in pairs}
    assert set(of_a_kind.values()) == {1}
