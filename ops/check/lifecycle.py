"""Which images a repository's lifecycle rules will delete. Pure.

AmazonECR/latest/userguide/LifecyclePolicies.html: rules apply by priority, and an image that one selects by
its tags is left alone by those after it. Counting goes over all images that a rule selects by their tags.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, kw_only=True)
class StoredImage:
    """An image that the repository holds and that can be pulled."""

    pushed_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One lifecycle rule. ``patterns`` are those of tags, with ``*``; ``count`` is in days or in images.

    ``archives``: it moves images to a storage from which they can't be pulled, instead of deleting them.
    """

    priority: int
    tag_status: str
    patterns: tuple[str, ...]
    count_type: str
    count: int
    archives: bool = False

    def selects(self, image: StoredImage) -> bool:
        """Whether it is about images with these tags; of several patterns each must match."""
        match self.tag_status:
            case "untagged":
                return not image.tags
            case "tagged":
                return bool(image.tags) and all(
                    any(fnmatchcase(tag, pattern) for tag in image.tags) for pattern in self.patterns
                )
        return True

    @property
    def by_number(self) -> bool:
        """Whether it keeps a number of images; otherwise it deletes by age."""
        return self.count_type == "imageCountMoreThan"

    def __str__(self) -> str:
        which = {"any": "all images", "untagged": "untagged images"}.get(
            self.tag_status, f"images tagged {', '.join(self.patterns)}"
        )
        if self.by_number:
            return f"rule {self.priority}: {which} beyond {self.count}"
        days = "1 day" if self.count == 1 else f"{self.count} days"
        return f"rule {self.priority}: {which} after {days}"


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of a lifecycle policy that delete or archive images that can be pulled, by priority."""
    rules = (_rule(item) for item in json.loads(text)["rules"])
    return tuple(sorted((rule for rule in rules if rule is not None), key=lambda rule: rule.priority))


def _rule(item: Mapping[str, Any]) -> Rule | None:
    selection = item["selection"]
    if selection.get("storageClass", "standard") != "standard":
        return None
    prefixes = [f"{prefix}*" for prefix in selection.get("tagPrefixList", ())]
    return Rule(
        priority=item["rulePriority"],
        tag_status=selection["tagStatus"],
        patterns=(*prefixes, *selection.get("tagPatternList", ())),
        count_type=selection["countType"],
        count=selection["countNumber"],
        archives=item["action"]["type"] == "transition",
    )


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What a rule does to an image: at ``due``, or after ``pushes`` more pushes (0: within a day)."""

    rule: Rule
    due: datetime | None = None
    pushes: int | None = None

    def __str__(self) -> str:
        if self.due is not None:
            return f"on {self.due:%Y-%m-%d}"
        if self.pushes is None:
            return "at a time that depends on pulls"
        return f"after {self.pushes} more push{'es' * (self.pushes > 1)}" if self.pushes else "within a day"

    @property
    def order(self) -> tuple[float, int]:
        """What comes first sorts first, among the fates that one rule has in store."""
        return (self.due.timestamp() if self.due else 0.0, self.pushes or 0)


def fate(digest: str, images: Mapping[str, StoredImage], rules: Sequence[Rule]) -> Fate | None:
    """What becomes of an image in time; None if no rule is about it."""
    image = images[digest]
    rule = next((rule for rule in rules if rule.selects(image)), None)
    if rule is None:
        return None
    if not rule.by_number:
        pushed = rule.count_type == "sinceImagePushed"
        return Fate(rule=rule, due=image.pushed_at + timedelta(days=rule.count) if pushed else None)
    selected = [key for key, other in images.items() if rule.selects(other)]
    selected.sort(key=lambda key: images[key].pushed_at, reverse=True)
    return Fate(rule=rule, pushes=max(rule.count - selected.index(digest), 0))
