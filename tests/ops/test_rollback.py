"""``ecr-batch rollback``, ``hold`` and ``unhold`` on the local cloud."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from handler.provenance import PREFIX, user_tags
from handler.revision import ADDED_BY_BATCH
from tests.ops.conftest import Tool

FUNCTION = "ecr-batch-updater-dev-ocr"
HOLD = f"{PREFIX}hold"
URI = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com"


def sent(tool: Tool, name: str = "ocr-job") -> list[dict[str, Any]]:
    """The bodies of the registrations of a definition, oldest first."""
    return [body for body in tool.cloud.batch.requests if body["jobDefinitionName"] == name]


def without_rollout(body: dict[str, Any]) -> dict[str, Any]:
    """A registration without what a rollout changes."""
    container = {**body["containerProperties"], "image": "…"}
    return {**body, "containerProperties": container, "tags": user_tags(body["tags"])}


def tags(tool: Tool, name: str = "ocr-job") -> dict[str, str]:
    """The tags of the newest revision."""
    active = tool.active(name)
    found: dict[str, str] = active[max(active)]["tags"]
    return found


def delete(tool: Tool, digest: str, repository: str = "backend") -> None:
    tool.cloud.client("ecr").batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    tool.cloud.settle()


@pytest.fixture
def two(tool: Tool) -> tuple[str, str]:
    """The digests of two images that were rolled out one after the other, as revisions 2 and 3."""
    return tool.push("good"), tool.push("bad")


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


class Terminal:
    """A rollback that has just asked, on a terminal."""

    def __init__(self, tool: Tool) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            tool.command("-o", "json", "rollback", "ocr-job"),
            env=tool.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(theirs)
        self.shown = b""
        assert self.process.stderr is not None
        while not self.shown.endswith(b"[y/N]:"):
            self.shown += os.read(self.process.stderr.fileno(), 1) or pytest.fail(self.shown.decode())

    def answer(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> tuple[int, str]:
        """The exit code and what was written to standard output."""
        out, _ = self.process.communicate(timeout=60)
        os.close(self._ours)
        return self.process.returncode, out.decode()


@pytest.fixture
def terminal(tool: Tool, two: tuple[str, str]) -> Iterator[Terminal]:
    opened = Terminal(tool)
    yield opened
    opened.process.kill()
    opened.process.wait()


def test_it_asks_first_and_shows_what_would_change(
    tool: Tool, two: tuple[str, str], terminal: Terminal
) -> None:
    good, bad = two
    shown = terminal.shown.decode()
    assert f"containerProperties.image: {URI}/backend@{bad} -> {URI}/backend@{good}" in shown
    assert f"tags.{HOLD}: - -> rolled back to revision 2 by " in shown
    assert "ecr-batch unhold ocr-job" in shown
    terminal.answer("y")
    code, out = terminal.end()
    assert (code, json.loads(out)["newRevision"]) == (0, 4)
    assert max(tool.active("ocr-job")) == 4


def test_a_no_declines(tool: Tool, terminal: Terminal) -> None:
    terminal.answer("n")
    code, out = terminal.end()
    assert (code, json.loads(out)["reason"]) == (1, "declined")
    assert max(tool.active("ocr-job")) == 3


def test_ctrl_c_instead_of_an_answer_interrupts(tool: Tool, terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGINT)
    code, out = terminal.end()
    assert (code, out) == (130, "")
    assert max(tool.active("ocr-job")) == 3


def test_ctrl_c_in_the_middle_ends_it_once_it_is_done(tool: Tool, terminal: Terminal) -> None:
    registered = len(sent(tool))
    tool.cloud.faults.add("batch:RegisterJobDefinition", "timeout-after", seconds=2)
    terminal.answer("y")
    while len(sent(tool)) == registered:
        assert terminal.process.poll() is None
        time.sleep(0.02)
    terminal.process.send_signal(signal.SIGINT)
    code, out = terminal.end()
    assert (code, json.loads(out)["newRevision"]) == (130, 4)
    assert max(tool.active("ocr-job")) == 4


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
