"""Whose settings the next revision copies, and which hold is in force, over hand-made logs."""

from __future__ import annotations

from typing import Any

import pytest

from handler import lineage, provenance
from handler.document.canonical import same_settings
from handler.errors import MalformedAnswer
from handler.lineage import Hold, Lineage, Unknown, trace
from handler.revision import Revision, RevisionLog
from tests.support.world import REPOSITORY, definition, task, uri

OWNS = task().intent.owns


def revision(
    number: int,
    *,
    copies: int | None = None,
    seconds: int = 60,
    hold: str = "",
    active: bool = True,
    image_of: int = 0,
    **changes: Any,
) -> Revision:
    """A revision of ours if it ``copies`` another; ``seconds`` stands for all its settings.

    Each has an image of its own, unless it has the ``image_of`` another.
    """
    tags = {"team": "ocr"}
    if copies is not None:
        tags[provenance.PREVIOUS_REVISION] = str(copies)
    if hold:
        tags[provenance.HOLD] = hold
    document = definition(
        uri("abcdefghij"[(image_of or number) % 10]), timeout={"attemptDurationSeconds": seconds}, tags=tags
    )
    status = "ACTIVE" if active else "INACTIVE"
    return Revision.read({**document, "revision": number, "status": status, **changes})


def traced(*revisions: Revision, gone: tuple[int, ...] = ()) -> Lineage:
    found = trace(RevisionLog.of("job", revisions).extended(gone, ()), OWNS)
    assert isinstance(found, Lineage)
    return found


def base(*revisions: Revision) -> int:
    return traced(*revisions).base.number


def test_the_newest_revision_is_copied_when_it_is_somebody_elses() -> None:
    assert base(revision(1), revision(2, copies=1), revision(3, seconds=99)) == 3


def test_the_newest_revision_is_copied_when_it_copied_its_direct_predecessor() -> None:
    assert base(revision(1), revision(2, copies=1), revision(3, copies=2)) == 3


def test_inactive_revisions_do_not_stand_between() -> None:
    assert base(revision(1), revision(2, active=False, seconds=99), revision(3, copies=1)) == 3


def test_a_change_under_two_stale_copies_is_found() -> None:
    log = (revision(3), revision(4, seconds=99), revision(5, copies=3), revision(6, copies=3))
    assert base(*log) == 4


def test_a_change_under_a_stale_copy_of_an_inactive_revision_is_found() -> None:
    assert base(revision(3, active=False), revision(4, seconds=99), revision(5, copies=3)) == 4


def test_once_the_change_was_copied_the_copy_is_copied_so_that_looking_back_ends() -> None:
    log = (revision(3), revision(4, seconds=99), revision(5, copies=3), revision(6, copies=4, seconds=99))
    assert base(*log) == 6


def test_a_foreign_writer_that_copied_our_tags_along_with_a_change_counts() -> None:
    log = (revision(1), revision(2, copies=1), revision(3, copies=1, seconds=99), revision(4, copies=2))
    assert base(*log) == 3


def test_a_copy_survives_when_the_change_that_it_copied_was_deregistered() -> None:
    log = (
        revision(3),
        revision(4, seconds=99, active=False),
        revision(5, copies=3),
        revision(6, copies=4, seconds=99),
        revision(7, copies=5),
    )
    assert base(*log) == 6


def test_tags_that_claim_to_copy_a_later_revision_are_not_ours() -> None:
    assert base(revision(1, seconds=99), revision(2, copies=7)) == 2


@pytest.mark.parametrize("claim", ["", "x", "-1", "1.5"])
def test_a_previous_revision_that_is_no_number_is_not_ours(claim: str) -> None:
    document = {**revision(2).document, "tags": {provenance.PREVIOUS_REVISION: claim}}
    assert Revision.read(document).copied is None


def test_revisions_that_are_not_in_the_log_are_asked_for_all_at_once() -> None:
    log = RevisionLog.of("job", [revision(4, seconds=99), revision(5, copies=2), revision(6, copies=3)])
    assert trace(log, OWNS) == Unknown((2, 3))


def test_where_all_are_copies_of_one_that_is_no_longer_active_the_newest_is_copied() -> None:
    log = (revision(1, active=False), revision(2, copies=1), revision(3, copies=1))
    assert base(*log) == 3


def test_what_a_stale_copy_with_a_hold_copied_is_asked_for_too() -> None:
    log = RevisionLog.of("job", [revision(3), revision(4, copies=2, hold="bad"), revision(5)])
    assert trace(log, OWNS) == Unknown((2,))


@pytest.mark.parametrize("lacking", ["jobDefinitionName", "revision", "type"])
def test_what_batch_returns_without_name_number_or_type_is_no_revision(lacking: str) -> None:
    document = {key: value for key, value in revision(1).document.items() if key != lacking}
    with pytest.raises(MalformedAnswer, match="without jobDefinitionName, revision or type"):
        Revision.read(document)


def test_a_copy_of_a_revision_that_batch_forgot_counts_with_a_warning() -> None:
    log = RevisionLog.of("job", [revision(4, seconds=99), revision(5, copies=3)]).extended([3], [])
    found = trace(log, OWNS)
    assert isinstance(found, Lineage)
    assert found.base.number == 5
    assert "revision 3, which AWS Batch no longer has" in found.warnings[0]


def hold(*revisions: Revision) -> tuple[str, int] | None:
    found = traced(*revisions).hold
    return (found.reason, found.bearer.number) if found else None


def test_without_a_hold_tag_nothing_is_held() -> None:
    assert hold(revision(1), revision(2, copies=1)) is None


def test_the_newest_revision_that_says_something_about_holding_is_believed() -> None:
    assert hold(revision(1), revision(2, copies=1, hold="why"), revision(3)) == ("why", 2)
    assert hold(revision(1, hold="why"), revision(2, copies=1, hold="released"), revision(3)) == (
        "released",
        2,
    )


def test_a_stale_copy_of_a_hold_does_not_undo_a_release_in_between() -> None:
    log = (
        revision(3, copies=2, hold="why"),
        revision(4, seconds=99),
        revision(5, copies=4, seconds=99, hold="released"),
        revision(6, copies=4, seconds=99, hold="why", image_of=3),
    )
    assert hold(*log) == ("released", 5)
    assert base(*log) == 5


def test_a_change_under_a_hold_that_did_not_see_it_is_found_and_the_hold_stays() -> None:
    log = (revision(3), revision(4, seconds=99), revision(5, copies=3, hold="why"))
    assert hold(*log) == ("why", 5)
    assert base(*log) == 4


def test_a_copy_of_settings_that_are_older_than_the_hold_leaves_the_hold_to_speak_for_itself() -> None:
    log = (revision(3), revision(4, seconds=99), revision(5, copies=3, hold="why"))
    assert traced(*log).repeated_hold == ""
    repaired = (*log, revision(6, copies=4, seconds=99, image_of=5))
    assert (hold(*repaired), base(*repaired)) == (("why", 5), 6)
    onwards = (*repaired, revision(7, seconds=98))
    assert traced(*onwards).repeated_hold == "why"


def test_a_hold_of_another_image_for_the_same_reason_is_no_repetition() -> None:
    log = (revision(3, hold="why"), revision(4, seconds=99), revision(5, copies=3, hold="why", image_of=1))
    assert (hold(*log), base(*log)) == (("why", 5), 4)


def test_a_hold_that_also_brings_settings_is_no_repetition() -> None:
    assert hold(revision(1), revision(2), revision(3, copies=1, hold="bad", seconds=99)) == ("bad", 3)


def test_a_stale_copy_without_a_hold_on_top_of_one_is_not_what_is_copied() -> None:
    log = (revision(3), revision(4, copies=3, hold="why"), revision(5, copies=3))
    assert (hold(*log), base(*log)) == (("why", 4), 4)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    revisions = [
        Revision("job", 1, active=True, document=definition(uri("a"), **doc)) for doc in (one, other)
    ]
    return same_settings(revisions[0], revisions[1], OWNS)


def container(**changes: Any) -> dict[str, Any]:
    return {"containerProperties": {**definition(uri("a"))["containerProperties"], **changes}}


def environment(*pairs: tuple[str, str]) -> dict[str, Any]:
    return container(environment=[{"name": name, "value": value} for name, value in pairs])


def test_settings_are_equal_in_whatever_form_batch_returns_them() -> None:
    assert same(environment(("a", "1"), ("b", "2")), environment(("b", "2"), ("a", "1")))
    assert same(environment(("a", "1"), ("b", "")), environment(("a", "1")))
    assert same(container(mountPoints=[], ulimits=None, linuxParameters={}), container())
    assert same(container(fargatePlatformConfiguration={"platformVersion": "LATEST"}), container())
    assert same(container(image=uri("b")), container(image=f"{REPOSITORY.uri}:v1"))
    assert same({"tags": {"a": "b"}}, {"tags": {"c": "d"}})


def test_settings_differ_when_a_value_an_order_or_another_image_does() -> None:
    assert not same(environment(("a", "1")), environment(("a", "2")))
    assert not same(container(command=["a", "b"]), container(command=["b", "a"]))
    assert not same(container(image="busybox:1"), container(image="busybox:2"))
    assert not same(container(image="busybox:1"), container(image=uri("a")))
    assert not same({"timeout": {"attemptDurationSeconds": 60}}, {})
    assert not same({"propagateTags": False}, {"propagateTags": True})


def task_of(*names: str, essential: bool | None = None) -> dict[str, Any]:
    extra = {} if essential is None else {"essential": essential}
    containers = [{"name": name, "image": "busybox", **extra} for name in names]
    return {"ecsProperties": {"taskProperties": [{"containers": containers}]}}


def test_containers_of_a_task_are_a_set_but_those_of_a_pod_are_a_list() -> None:
    assert same(task_of("a", "b"), task_of("b", "a"))
    assert same(task_of("a", essential=True), task_of("a"))
    assert not same(task_of("a", essential=False), task_of("a"))
    pods = [
        {"eksProperties": {"podProperties": {"containers": [{"name": n, "image": "b"} for n in names]}}}
        for names in ("ab", "ba")
    ]
    assert not same(pods[0], pods[1])


def worked_example() -> list[list[str]]:
    """The cells of the table in the docstring of ``handler.lineage``, but for its head."""
    rows = [line for line in (lineage.__doc__ or "").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_worked_example_is_true() -> None:
    rows = worked_example()
    known = {
        int(number): revision(int(number), seconds=int(timeout), copies=int(copies) if copies else None)
        for number, _, _, timeout, copies, _ in rows
    }
    assert len(known) == 4
    for number, _, _, _, copies, neutral in rows:
        assert (neutral == "yes") == bool(
            copies and same_settings(known[int(number)], known[int(copies)], OWNS)
        )
    assert base(*known.values()) == 2
    following = revision(5, copies=2, seconds=99)
    assert traced(*known.values(), following).base.number == 5
    again = revision(6, copies=5, seconds=99)
    assert traced(*known.values(), following, again).base.number == 6
    held = {**known, 3: revision(3, copies=1, hold="b is bad")}
    assert traced(*held.values()).hold == Hold("b is bad", held[3])


def test_a_value_that_holds_a_document_does_not_show_it_and_can_be_hashed() -> None:
    secret = revision(1, parameters={"token": "s3cr3t"})
    log = RevisionLog.of("job", [secret])
    for value in (secret, log, traced(secret), traced(revision(1, hold="b is bad")).hold):
        assert "s3cr3t" not in repr(value)
        assert "containerProperties" not in repr(value)
        assert value in {value}
