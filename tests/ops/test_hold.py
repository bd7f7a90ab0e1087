"""``ecr-batch hold`` and ``unhold`` on the local cloud."""

from __future__ import annotations

import json

from handler.provenance import PREFIX, user_tags
from handler.revision import ADDED_BY_BATCH
from tests.ops.conftest import Tool
from tests.ops.revisions import FUNCTION, HOLD, URI, tags


def test_a_hold_keeps_the_image_through_pushes_until_it_is_released(tool: Tool) -> None:
    good = tool.push("good")
    code, report = tool.json("hold", "ocr-job", "--reason", "the fair is on")
    assert (code, report["outcome"], report["newRevision"]) == (0, "updated", 3)
    assert (tags(tool)[HOLD], tool.images("ocr-job")[3]) == ("the fair is on", f"@{good}")
    newer = tool.push("newer")
    assert max(tool.active("ocr-job")) == 3
    done = tool.run("unhold", "ocr-job")
    assert done.returncode == 0, done.stderr
    assert "revision 4 is registered" in done.stdout
    assert tool.images("ocr-job") == {
        1: ":first",
        2: f"@{good}",
        3: f"@{good}",
        4: f"@{good}",
        5: f"@{newer}",
    }


def test_where_images_are_written_by_tag_a_hold_writes_the_digest_that_ran(tool: Tool) -> None:
    good = tool.push("good", "stable", "press")
    code, report = tool.json("hold", "news-job")
    assert (code, report["newImage"], report["notes"]) == (0, f"{URI}/press@{good}", [])
    tool.push("bad", "stable", "press")
    newest = tool.active("news-job")[3]
    assert max(tool.active("news-job")) == 3
    assert newest["containerProperties"]["image"] == f"{URI}/press@{good}"
    assert tool.run("unhold", "news-job").returncode == 0
    newest = tool.active("news-job")[5]
    assert newest["containerProperties"]["image"] == f"{URI}/press:stable"


def test_a_hold_of_a_tag_of_which_nothing_tells_what_it_was_warns(tool: Tool) -> None:
    done = tool.run("hold", "ocr-job")
    assert done.returncode == 0
    assert f"warning: nothing tells which image {URI}/backend:first was" in done.stdout


def register_a_hold(tool: Tool, copied: int, reason: str) -> None:
    """What a hold leaves that was killed once it had registered, not having seen what followed ``copied``."""
    document = {
        key: value for key, value in tool.active("ocr-job")[copied].items() if key not in ADDED_BY_BATCH
    }
    said = {f"{PREFIX}previous-revision": str(copied), HOLD: reason}
    tool.cloud.batch.register({**document, "tags": {**user_tags(document["tags"]), **said}})


def test_a_release_counts_also_after_a_hold_that_was_killed_half_way(tool: Tool) -> None:
    good = tool.push("good")
    tool.register("ocr-job", timeout={"attemptDurationSeconds": 60})
    register_a_hold(tool, 2, "why")
    newer = tool.push_unheard("newer")
    assert tool.images("ocr-job")[4] == f"@{good}"
    code, report = tool.json("unhold", "ocr-job")
    assert (code, report["reconcile"]["result"]["outcomes"][0]["outcome"]) == (0, "updated")
    newest = max(tool.active("ocr-job"))
    assert tool.images("ocr-job")[newest] == f"@{newer}"
    assert tool.active("ocr-job")[newest]["timeout"] == {"attemptDurationSeconds": 60}


def test_what_is_held_already_or_not_held_at_all_is_said_and_nothing_is_registered(tool: Tool) -> None:
    tool.push("good")
    done = tool.run("unhold", "ocr-job")
    assert (done.returncode, done.stdout) == (0, "ocr-job: nothing is registered: not on hold\n")
    assert tool.run("hold", "ocr-job", "--reason", "why").returncode == 0
    before = len(tool.cloud.batch.requests)
    done = tool.run("hold", "ocr-job", "--reason", "another")
    assert (done.returncode, done.stdout) == (0, "ocr-job: nothing is registered: already on hold: why\n")
    assert len(tool.cloud.batch.requests) == before


def test_a_hold_without_a_reason_names_who_held_it(tool: Tool) -> None:
    tool.push("good")
    _, report = tool.json("hold", "ocr-job")
    who = report["caller"].split("/")[-1]
    assert tags(tool)[HOLD] == f"held by {who}"
    _, found = tool.json("history", "ocr-job")
    newest = found["revisions"][0]
    assert (newest["by"], newest["verb"], newest["caller"]) == ("ecr-batch", "hold", report["caller"])
    assert newest["hold"] == f"held by {who}"


def test_a_release_that_the_function_cannot_follow_is_registered_and_could_not(tool: Tool) -> None:
    tool.push("good")
    tool.run("hold", "ocr-job")
    tool.cloud.client("lambda").delete_function(FunctionName=FUNCTION)
    done = tool.run("-o", "json", "unhold", "ocr-job")
    assert done.returncode == 2
    assert "there is no function" in done.stderr
    assert json.loads(done.stdout)["newRevision"] == 4
    assert tags(tool)[HOLD] == "released"


def test_a_release_of_a_paused_pair_is_a_no_that_says_so(tool: Tool) -> None:
    tool.push("good")
    tool.run("hold", "ocr-job")
    tool.configure("ocr", paused=True)
    done = tool.run("unhold", "ocr-job")
    assert done.returncode == 1
    assert "nothing was done: paused" in done.stdout
