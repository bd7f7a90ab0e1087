from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.check.lifecycle import Fate, Rule, StoredImage, fate, rules_of

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def image(age: int, *tags: str) -> StoredImage:
    return StoredImage(pushed_at=NOW - timedelta(days=age), tags=tags)


# Newest first: one a day.
IMAGES = {
    "a": image(0, "latest", "v3"),
    "b": image(1, "v2"),
    "c": image(2),
    "d": image(3, "dev-1"),
    "e": image(4),
}


def policy(*rules: dict[str, Any]) -> tuple[Rule, ...]:
    return rules_of(json.dumps({"rules": list(rules)}))


def rule(priority: int = 1, action: str = "expire", **selection: Any) -> dict[str, Any]:
    return {"rulePriority": priority, "selection": selection, "action": {"type": action}}


def by_age(days: int, **selection: Any) -> dict[str, Any]:
    return rule(countType="sinceImagePushed", countUnit="days", countNumber=days, **selection)


def by_number(count: int, **selection: Any) -> dict[str, Any]:
    return rule(countType="imageCountMoreThan", countNumber=count, **selection)


def doomed(*rules: dict[str, Any]) -> dict[str, str]:
    """Digest -> what becomes of it, for those that a rule is about."""
    fates = {digest: fate(digest, IMAGES, policy(*rules)) for digest in IMAGES}
    return {digest: str(end) for digest, end in fates.items() if end is not None}


@pytest.mark.parametrize(
    ("selection", "selected"),
    [
        ({"tagStatus": "any"}, "abcde"),
        ({"tagStatus": "untagged"}, "ce"),
        ({"tagStatus": "tagged", "tagPrefixList": ["v"]}, "ab"),
        ({"tagStatus": "tagged", "tagPrefixList": ["v", "lat"]}, "a"),
        ({"tagStatus": "tagged", "tagPatternList": ["*-1"]}, "d"),
        ({"tagStatus": "tagged", "tagPatternList": ["*"]}, "abd"),
    ],
)
def test_a_rule_is_about_the_images_whose_tags_it_selects(selection: dict[str, Any], selected: str) -> None:
    assert "".join(doomed(by_age(9, **selection))) == selected


def test_a_rule_by_age_tells_the_day() -> None:
    assert doomed(by_age(1, tagStatus="untagged")) == {"c": "on 2026-11-23", "e": "on 2026-11-21"}


def test_a_rule_by_number_counts_pushes_from_the_newest_on() -> None:
    assert doomed(by_number(3, tagStatus="any")) == {
        "a": "after 3 more pushes",
        "b": "after 2 more pushes",
        "c": "after 1 more push",
        "d": "within a day",
        "e": "within a day",
    }


def test_a_rule_by_number_counts_only_what_it_selects() -> None:
    assert doomed(by_number(1, tagStatus="untagged")) == {"c": "after 1 more push", "e": "within a day"}


def test_the_rule_of_the_highest_priority_alone_decides_on_an_image() -> None:
    spares = by_age(999, tagStatus="tagged", tagPrefixList=["v"])
    deletes = {**by_age(1, tagStatus="any"), "rulePriority": 2}
    assert doomed(deletes, spares)["a"] == "on 2029-08-19"
    assert doomed(deletes, spares)["d"] == "on 2026-11-22"


def test_a_rule_by_pulls_has_no_day() -> None:
    pulled = rule(tagStatus="any", countType="sinceImagePulled", countUnit="days", countNumber=9)
    assert set(doomed(pulled).values()) == {"at a time that depends on pulls"}


def test_a_rule_about_archived_images_is_about_none_that_can_be_pulled() -> None:
    archived = rule(
        tagStatus="any",
        storageClass="archive",
        countType="sinceImageTransitioned",
        countUnit="days",
        countNumber=9,
    )
    assert doomed(archived) == {}


def test_archiving_is_told_from_deleting() -> None:
    (archives,) = policy(
        rule(action="transition", tagStatus="any", countType="sinceImagePulled", countNumber=9)
    )
    (deletes,) = policy(by_age(9, tagStatus="any"))
    assert (archives.archives, deletes.archives) == (True, False)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (by_age(1, tagStatus="untagged"), "rule 1: untagged images after 1 day"),
        (by_age(30, tagStatus="any"), "rule 1: all images after 30 days"),
        (by_number(5, tagStatus="tagged", tagPrefixList=["v"]), "rule 1: images tagged v* beyond 5"),
    ],
)
def test_a_rule_reads_as_words(spec: dict[str, Any], words: str) -> None:
    assert str(policy(spec)[0]) == words


def test_of_several_ends_the_first_is_the_least() -> None:
    (only,) = policy(by_number(20, tagStatus="any"))
    ends = [Fate(rule=only, pushes=pushes) for pushes in (10, 4)]
    assert min(ends, key=lambda end: end.order).pushes == 4
