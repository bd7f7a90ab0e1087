"""What a field-level diff names, and what it leaves out."""

from __future__ import annotations

from typing import Any

from handler.revision import Revision
from ops.comparison import all_changes, other_changes
from ops.differences import differences
from tests.support.world import definition, task, uri

OWNS = task().intent.owns


def revision(number: int, **changes: Any) -> Revision:
    return Revision.read({**definition(uri("a")), "revision": number, "status": "ACTIVE", **changes})


def test_differences_name_what_changed_appeared_and_went() -> None:
    before = {"a": {"b": 1}, "gone": "x", "same": [1]}
    after = {"a": {"b": 2}, "new": "", "same": [1]}
    assert differences(before, after) == {"a.b": ("1", "2"), "gone": ("x", None), "new": (None, "")}


def test_a_new_environment_variable_is_one_difference_wherever_it_stands() -> None:
    before = {"environment": [{"name": "B", "value": "2"}]}
    after = {"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    assert all_changes(before, after) == {"environment[A].value": (None, "1")}


def test_items_that_share_a_name_are_told_apart_by_their_place() -> None:
    before = {"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}
    after = {"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "3"}]}
    assert all_changes(before, after) == {"environment[1].value": ("2", "3")}


def test_what_batch_adds_or_reorders_is_no_difference() -> None:
    before = {"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}], "command": None}
    after = {"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "volumes": []}
    assert all_changes(before, after) == {}


def test_the_order_of_a_command_counts() -> None:
    assert all_changes({"command": ["a", "b"]}, {"command": ["b", "a"]}) == {
        "command[0]": ("a", "b"),
        "command[1]": ("b", "a"),
    }


def test_a_rollout_changes_nothing_else() -> None:
    tags = {"team": "ocr", "ecr-batch-updater/previous-revision": "1"}
    rollout = {**definition(uri("b")), "tags": tags}
    assert other_changes(revision(1, tags={"team": "ocr"}), revision(2, **rollout), OWNS) == ()


def test_the_users_tags_and_the_images_of_others_count() -> None:
    foreign = {**definition("busybox"), "tags": {"team": "news"}}
    changed = other_changes(revision(1), revision(2, **foreign), OWNS)
    assert changed == ("containerProperties.image", "tags.team")
