"""``ecr-batch history`` on the local cloud."""

from __future__ import annotations

import pytest

from tests.ops.conftest import Tool

PREFIX = "ecr-batch-updater/"


def test_history_tells_who_registered_what_and_what_else_changed(tool: Tool) -> None:
    digest = tool.push("second")
    tool.register("ocr-job", timeout={"attemptDurationSeconds": 60})
    code, found = tool.json("history", "ocr-job")
    assert (code, found["pair"], found["jobDefinition"], found["leftOut"]) == (0, "ocr", "ocr-job", 0)
    theirs, ours, first = found["revisions"]
    assert [(item["revision"], item["status"]) for item in found["revisions"]] == [
        (3, "ACTIVE"),
        (2, "ACTIVE"),
        (1, "ACTIVE"),
    ]
    assert (first["by"], first["at"], first["alsoChanged"]) == ("other", None, [])
    assert first["image"].endswith("/backend:first")
    assert (ours["by"], ours["imageTag"], ours["imageDigest"]) == ("updater", "latest", digest)
    assert ours["at"].startswith("20")
    assert ours["eventId"] == tool.cloud.events.last("aws.ecr")["id"]
    assert ours["alsoChanged"] == []
    assert (theirs["by"], theirs["at"]) == ("other", None)
    assert theirs["alsoChanged"] == ["timeout.attemptDurationSeconds"]


def test_a_revision_that_somebody_copied_with_the_tags_of_the_updater_is_not_the_updaters(tool: Tool) -> None:
    tool.push("second")
    tags = tool.active("ocr-job")[2]["tags"]
    tool.register("ocr-job", timeout={"attemptDurationSeconds": 60}, tags=tags)
    _, found = tool.json("history", "ocr-job")
    assert [(item["by"], item["at"] is None) for item in found["revisions"]] == [
        ("other", True),
        ("updater", False),
        ("other", True),
    ]


def test_the_table_shows_one_revision_a_line(tool: Tool) -> None:
    digest = tool.push("second")
    done = tool.run("history", "ocr-job")
    assert done.returncode == 0, done.stderr
    header, second, first = done.stdout.splitlines()
    assert header.split() == ["REVISION", "STATUS", "WHEN", "IMAGE", "BY", "HOLD", "ALSO", "CHANGED"]
    assert second.split()[:2] == ["2", "ACTIVE"]
    assert second.split()[3:] == ["latest", digest.removeprefix("sha256:")[:12], "updater"]
    assert first.split()[:3] == ["1", "ACTIVE", "-"]
    assert first.split()[-1] == "other"


def test_hundreds_are_paged_through_and_the_newest_are_shown(tool: Tool) -> None:
    store = tool.cloud.batch
    first = next(body for body in store.requests if body["jobDefinitionName"] == "ocr-job")
    for _ in range(249):
        store.register(first)
    code, found = tool.json("history", "ocr-job")
    assert (code, len(found["revisions"]), found["leftOut"]) == (0, 20, 230)
    assert found["revisions"][0]["revision"] == 250
    code, found = tool.json("history", "ocr-job", "--all")
    assert [item["revision"] for item in found["revisions"]] == list(range(250, 0, -1))
    done = tool.run("history", "ocr-job", "--limit", "3")
    assert len(done.stdout.splitlines()) == 5
    assert "247 older revisions are left out" in done.stdout


def test_inactive_revisions_are_shown_when_asked_for(tool: Tool) -> None:
    tool.push("second")
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    _, active = tool.json("history", "ocr-job")
    assert [item["revision"] for item in active["revisions"]] == [2]
    _, everything = tool.json("history", "ocr-job", "--inactive")
    assert [(item["revision"], item["status"]) for item in everything["revisions"]] == [
        (2, "ACTIVE"),
        (1, "INACTIVE"),
    ]


def test_no_revision_is_a_no(tool: Tool) -> None:
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    done = tool.run("history", "ocr-job")
    assert (done.returncode, done.stderr) == (1, "")
    assert "no ACTIVE revision; --inactive shows the others" in done.stdout
    code, found = tool.json("history", "ocr-job")
    assert (code, found["revisions"]) == (1, [])


def test_a_diff_names_every_field_and_reads_inactive_revisions(tool: Tool) -> None:
    digest = tool.push("second")
    tool.register("ocr-job", timeout={"attemptDurationSeconds": 60})
    tool.cloud.client("batch").deregister_job_definition(jobDefinition="ocr-job:1")
    code, found = tool.json("history", "ocr-job", "--diff", "1", "3")
    assert (code, found["before"], found["after"]) == (0, 1, 3)
    image = tool.active("ocr-job")[3]["containerProperties"]["image"]
    assert image.endswith(digest)
    assert found["differences"] == [
        {"path": "timeout.attemptDurationSeconds", "before": "3600", "after": "60"},
        {
            "path": "containerProperties.image",
            "before": image.partition("@")[0] + ":first",
            "after": image,
        },
    ]
    done = tool.run("history", "ocr-job", "--diff", "3", "3")
    assert (done.returncode, done.stdout) == (
        0,
        "revisions 3 and 3 of ocr-job have the same settings, image and tags\n",
    )


def test_a_diff_shows_what_came_and_what_went(tool: Tool) -> None:
    tool.push("second")
    done = tool.run("history", "ocr-job", "--diff", "1", "2")
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert rows["FIELD"] == ["REVISION", "1", "REVISION", "2"]
    assert rows[f"tags.{PREFIX}previous-revision"] == ["-", "1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-job"], "name one of them: news-job, ocr-job, ocr-index"),
        (["ocr-job", "--diff", "1", "7"], "no revision 7 of ocr-job"),
        (["ocr-job", "--limit", "0"], "--limit"),
    ],
)
def test_what_does_not_exist_could_not(tool: Tool, arguments: list[str], message: str) -> None:
    done = tool.run("-o", "json", "history", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_definition_of_another_pair_is_not_one_of_the_chosen_pair(tool: Tool) -> None:
    done = tool.run("-p", "news", "history", "ocr-job")
    assert done.returncode == 2
    assert "ocr-job is no job definition of pair news" in done.stderr


def test_a_call_that_aws_refuses_could_not(tool: Tool) -> None:
    tool.cloud.faults.add("batch:DescribeJobDefinitions", "access-denied")
    done = tool.run("-o", "json", "history", "ocr-job")
    assert (done.returncode, done.stdout) == (2, "")
    assert "your credentials don't allow batch:DescribeJobDefinitions" in done.stderr
