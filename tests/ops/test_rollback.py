"""``ecr-batch rollback`` on the local cloud, and what all three that register have in common."""

from __future__ import annotations

from typing import Any

import pytest

from handler.provenance import PREFIX, user_tags
from handler.revision import ADDED_BY_BATCH
from tests.ops.conftest import Tool
from tests.ops.revisions import HOLD, URI, sent, tags


def without_rollout(body: dict[str, Any]) -> dict[str, Any]:
    """A registration without what a rollout changes."""
    container = {**body["containerProperties"], "image": "…"}
    return {**body, "containerProperties": container, "tags": user_tags(body["tags"])}


def delete(tool: Tool, digest: str, repository: str = "backend") -> None:
    tool.cloud.client("ecr").batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    tool.cloud.settle()


def test_a_rollback_brings_the_earlier_image_back_and_the_next_push_does_not_undo_it(
    tool: Tool, two: tuple[str, str]
) -> None:
    good, _ = two
    code, report = tool.json("rollback", "ocr-job", "--yes", "--reason", "bad model; see #42")
    assert (code, report["outcome"], report["previousRevision"], report["newRevision"]) == (
        0,
        "updated",
        3,
        4,
    )
    assert (report["verb"], report["pair"]) == ("rollback", "ocr")
    assert tool.images("ocr-job")[4] == f"@{good}"
    assert tags(tool) == {
        "team": "ocr",
        "cost-centre": "1234",
        HOLD: "bad model_ see _42",
        f"{PREFIX}previous-revision": "3",
        f"{PREFIX}image-digest": good,
        f"{PREFIX}image-tag": "latest",
        f"{PREFIX}event-id": f"ecr-batch rollback by {report['caller']}",
        f"{PREFIX}updated-at": tags(tool)[f"{PREFIX}updated-at"],
    }
    third = tool.push("third")
    assert max(tool.images("ocr-job")) == 4
    assert tool.images("ocr-index")[4] == f"@{third}"

    code, report = tool.json("unhold", "ocr-job")
    assert (code, report["newRevision"]) == (0, 5)
    assert report["reconcile"]["result"]["outcomes"][0]["newRevision"] == 6
    assert tool.images("ocr-job")[6] == f"@{third}"
    assert tags(tool)[HOLD] == "released"
    assert tool.push("fourth") in tool.images("ocr-job")[7]


def test_what_is_registered_differs_from_what_it_copies_in_the_image_and_the_tags_alone(
    tool: Tool, two: tuple[str, str]
) -> None:
    for verb in (["rollback", "--yes"], ["unhold"], ["hold"]):
        newest, _ = tool.cloud.batch.describe(name="ocr-job")
        copied = {key: value for key, value in newest[0].items() if key not in ADDED_BY_BATCH}
        registered = len(sent(tool))
        assert tool.run(verb[0], "ocr-job", *verb[1:]).returncode == 0
        assert without_rollout(sent(tool)[registered]) == without_rollout(copied)


def test_fields_that_the_sdk_does_not_know_survive_a_rollback(tool: Tool) -> None:
    newest = sent(tool)[0]
    tool.cloud.batch.register({**newest, "futureField": {"a": [1.50, None]}, "tags": {"team": "ocr"}})
    good, _ = tool.push("good"), tool.push("bad")
    assert tool.run("rollback", "ocr-job", "--yes").returncode == 0
    assert sent(tool)[-1]["futureField"] == {"a": [1.50, None]}
    assert tool.images("ocr-job")[5] == f"@{good}"


def test_a_rollback_keeps_the_newest_settings_unless_it_is_told_to_take_the_older_ones(
    tool: Tool, two: tuple[str, str]
) -> None:
    good, _ = two
    tool.register("ocr-job", timeout={"attemptDurationSeconds": 60})
    code, _ = tool.json("rollback", "ocr-job", "--to", "2", "--yes")
    newest = tool.active("ocr-job")[5]
    assert (code, newest["timeout"]) == (0, {"attemptDurationSeconds": 60})
    code, _ = tool.json("rollback", "ocr-job", "--to", "2", "--settings", "--yes")
    newest = tool.active("ocr-job")[6]
    assert (code, newest["timeout"]) == (0, {"attemptDurationSeconds": 3600})
    tool.push("third")
    assert max(tool.active("ocr-job")) == 6
    assert tool.run("unhold", "ocr-job").returncode == 0
    newest = tool.active("ocr-job")[max(tool.active("ocr-job"))]
    assert newest["timeout"] == {"attemptDurationSeconds": 3600}
    assert not newest["containerProperties"]["image"].endswith(good)


def test_an_inactive_revision_can_be_gone_back_to(tool: Tool, two: tuple[str, str]) -> None:
    good, _ = two
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:2")
    code, _ = tool.json("rollback", "ocr-job", "--to", "2", "--yes")
    assert (code, tool.images("ocr-job")[4]) == (0, f"@{good}")


def test_a_foreign_revision_on_top_of_a_rollback_gets_the_held_image_back(
    tool: Tool, two: tuple[str, str]
) -> None:
    good, bad = two
    tool.run("rollback", "ocr-job", "--yes")
    image = {**tool.active("ocr-job")[4]["containerProperties"], "image": f"{URI}/backend@{bad}"}
    tool.register("ocr-job", containerProperties=image, timeout={"attemptDurationSeconds": 60})
    tool.push("third")
    newest = tool.active("ocr-job")[6]
    assert tool.images("ocr-job")[6] == f"@{good}"
    assert newest["timeout"] == {"attemptDurationSeconds": 60}
    assert newest["tags"][HOLD].startswith("rolled back to revision 2 by ")


def test_an_image_that_is_gone_is_refused_and_nothing_is_registered(tool: Tool, two: tuple[str, str]) -> None:
    good, _ = two
    delete(tool, good)
    before = len(tool.cloud.batch.requests)
    code, report = tool.json("rollback", "ocr-job", "--yes")
    assert (code, report["outcome"], report["newRevision"]) == (1, "skipped", None)
    assert f"backend@{good}, can't be pulled any more" in report["reason"]
    assert "lifecycle rule" in report["reason"]
    assert len(tool.cloud.batch.requests) == before


def test_an_image_that_is_gone_is_passed_over_unless_its_revision_is_named(
    tool: Tool, two: tuple[str, str]
) -> None:
    good, bad = two
    tool.push("worse")
    delete(tool, bad)
    code, report = tool.json("rollback", "ocr-job", "--to", "3", "--yes")
    assert (code, report["newRevision"]) == (1, None)
    code, report = tool.json("rollback", "ocr-job", "--yes")
    assert (code, tool.images("ocr-job")[5]) == (0, f"@{good}")
    (note,) = report["notes"]
    assert note.startswith(f"revision 3 is passed over: the image of revision 3, {URI}/backend@{bad}, can't")
    assert tags(tool)[HOLD].startswith("rolled back to revision 2 by ")


def test_without_an_earlier_image_there_is_nothing_to_go_back_to(tool: Tool) -> None:
    done = tool.run("rollback", "ocr-job", "--yes")
    assert done.returncode == 1
    assert "no earlier ACTIVE revision of ocr-job carries another image" in done.stdout


def test_a_tag_that_points_at_the_image_to_be_left_is_no_way_back(tool: Tool) -> None:
    bad = tool.push("bad")
    tool.push("bad", "first")
    before = len(tool.cloud.batch.requests)
    done = tool.run("rollback", "ocr-job", "--yes")
    assert done.returncode == 1
    assert f"that tag now points at {bad}, the very image of revision 2" in done.stdout
    assert len(tool.cloud.batch.requests) == before


def test_a_tag_of_which_nothing_tells_what_it_was_is_written_again_with_a_note(tool: Tool) -> None:
    tool.push("bad")
    now = tool.push("other", "first")
    code, report = tool.json("rollback", "ocr-job", "--yes")
    assert (code, tool.images("ocr-job")[3]) == (0, ":first")
    (note,) = report["notes"]
    assert f"names {URI}/backend:first, which now points at {now}; nothing tells" in note


def test_where_images_are_written_by_tag_a_rollback_writes_the_digest_that_ran(tool: Tool) -> None:
    good = tool.push("good", "stable", "press")
    bad = tool.push("bad", "stable", "press")
    code, report = tool.json("rollback", "news-job", "--yes")
    newest = tool.active("news-job")[4]
    assert (code, newest["containerProperties"]["image"]) == (0, f"{URI}/press@{good}")
    assert newest["tags"][f"{PREFIX}image-digest"] == good
    assert f"which now points at {bad}; the image that jobs ran then, {good}" in report["notes"][0]
    tool.push("third", "stable", "press")
    assert max(tool.active("news-job")) == 4
    assert tool.run("unhold", "news-job").returncode == 0
    newest = tool.active("news-job")[max(tool.active("news-job"))]
    assert newest["containerProperties"]["image"] == f"{URI}/press:stable"


def test_a_second_rollback_does_not_go_forward_to_the_bad_image(tool: Tool, two: tuple[str, str]) -> None:
    assert tool.run("rollback", "ocr-job", "--yes").returncode == 0
    done = tool.run("-o", "json", "rollback", "ocr-job", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ocr-job is on hold already: rolled back to revision 2" in done.stderr
    assert "--to" in done.stderr
    code, report = tool.json("rollback", "ocr-job", "--to", "2", "--yes")
    assert (code, report["outcome"]) == (0, "skipped")
    assert max(tool.active("ocr-job")) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "9", "--yes"], "no revision 9 of ocr-job"),
        (["--to", "0", "--yes"], "--to"),
        (["--reason", " ", "--yes"], "the reason is empty"),
        (["--reason", "released", "--yes"], "is the word that ends a hold"),
        ([], "add --yes"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_registered(
    tool: Tool, two: tuple[str, str], arguments: list[str], message: str
) -> None:
    before = len(tool.cloud.batch.requests)
    done = tool.run("-o", "json", "rollback", "ocr-job", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(tool.cloud.batch.requests) == before


def test_an_unclear_answer_does_not_register_twice(tool: Tool, two: tuple[str, str]) -> None:
    tool.cloud.faults.add("batch:RegisterJobDefinition", "error-after")
    code, report = tool.json("rollback", "ocr-job", "--yes")
    assert (code, report["outcome"], report["newRevision"]) == (0, "updated", 4)
    assert max(tool.active("ocr-job")) == 4


def test_a_denied_registration_is_told_in_the_operators_words(tool: Tool, two: tuple[str, str]) -> None:
    tool.cloud.faults.add("batch:RegisterJobDefinition", "access-denied")
    done = tool.run("-o", "json", "rollback", "ocr-job", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert "your credentials don't allow batch:RegisterJobDefinition" in done.stderr
    assert max(tool.active("ocr-job")) == 3


def test_a_registration_of_which_nobody_can_tell_whether_it_stands_says_where_to_look(
    tool: Tool, two: tuple[str, str]
) -> None:
    tool.cloud.faults.add("batch:RegisterJobDefinition", "server-error", times=6)
    done = tool.run("rollback", "ocr-job", "--yes")
    assert done.returncode == 2
    assert "may or may not have taken effect" in done.stderr
    assert "`ecr-batch history ocr-job` shows what stands" in done.stderr
    assert max(tool.active("ocr-job")) == 3


@pytest.mark.parametrize("verb", ["hold", "unhold", "rollback"])
def test_a_definition_that_is_none_of_the_stack_or_has_no_revision_could_not(tool: Tool, verb: str) -> None:
    yes = ["--yes"] if verb == "rollback" else []
    done = tool.run("-o", "json", verb, "no-such-job", *yes)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no-such-job is no job definition of stack dev" in done.stderr
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    done = tool.run("-o", "json", verb, "ocr-job", *yes)
    assert (done.returncode, done.stdout) == (2, "")
    assert "all revisions of job definition ocr-job are INACTIVE" in done.stderr
