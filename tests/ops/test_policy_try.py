"""``ecr-batch policy try``: offline, and against a repository of the local cloud."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.cloud import ACCESS_KEY, Cloud
from local.seed import create_repository, push
from tests.ops.documents import sections
from tests.ops.play import REPOSITORY, Play, pair, staged
from tests.ops.support import checkout, environment
from tests.ops.warm.tool import tool

ROOT = Path(__file__).resolve().parents[2]
TAGS = "v1.4.0\n# a comment\n\nv1.10.0\nlatest\nv2.0.0\n1.5.0-rc.1\n"
SEMVER = '{semver: ">=1.4 <2"}'


def run(*arguments: str, cwd: Path, given: str = "", endpoint: str = "") -> subprocess.CompletedProcess[str]:
    """The tool as a subprocess, with no AWS to reach unless ``endpoint`` is one."""
    return subprocess.run(
        tool(*arguments),
        env=environment(key=ACCESS_KEY if endpoint else "", endpoint=endpoint),
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_tag_is_listed_in_order_with_why_it_was_taken_or_left(tmp_path: Path) -> None:
    (tmp_path / "tags.txt").write_text(TAGS)
    result = run("policy", "try", "--policy", SEMVER, "--list", "tags.txt", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    rows = [line.rstrip().split(maxsplit=3) for line in result.stdout.splitlines()]
    assert rows[1:-1] == [
        ["selected", "v1.10.0", "-", "version 1.10.0"],
        ["candidate", "v1.4.0", "-", "version 1.4.0"],
        ["left", "latest", "-", "is no version such as 1.4.2 or v1.4.2-rc.1"],
        ["left", "v2.0.0", "-", "is outside of >=1.4 <2"],
        ["left", "1.5.0-rc.1", "-", "is a pre-release, and >=1.4 <2 names none that lets it in"],
    ]
    assert result.stdout.splitlines()[-1] == (
        "semver '>=1.4 <2': 2 of 5 tags are candidates; selected: v1.10.0"
    )


def test_the_number_0_is_a_number_too(tmp_path: Path) -> None:
    policy = '{regex: "^main-([0-9]+)$", order: numeric}'
    result = run("policy", "try", "--policy", policy, "--list", "-", cwd=tmp_path, given="main-0\n")
    assert "by the number 0" in result.stdout


def test_numbers_are_told_in_the_order_in_which_they_are_compared(tmp_path: Path) -> None:
    policy = '{regex: "^6[.]([0-9]+)(?:[.]([0-9]+))?-alpine$", order: numeric}'
    listed = "6.2.10-alpine\n6.2.9-alpine\n6.2-alpine\n"
    result = run("policy", "try", "--policy", policy, "--list", "-", cwd=tmp_path, given=listed)
    assert [line.rstrip().split(maxsplit=3)[1:] for line in result.stdout.splitlines()[1:-1]] == [
        ["6.2.10-alpine", "-", "by the numbers 2, 10"],
        ["6.2.9-alpine", "-", "by the numbers 2, 9"],
        ["6.2-alpine", "-", "by the numbers 2, none"],
    ]


def test_as_json_nothing_else_reaches_standard_output(tmp_path: Path) -> None:
    listed = "a 2026-01-02T00:00:00Z\nb,2026-01-01\n"
    result = run(
        "-o", "json", "policy", "try", "--policy", '{glob: "*"}', "--list", "-", cwd=tmp_path, given=listed
    )
    found = json.loads(result.stdout)
    assert (result.returncode, found["selected"], found["policy"]) == (0, "a", {"glob": "*"})
    assert [(each["tag"], each["verdict"], each["pushedAt"]) for each in found["images"]] == [
        ("a", "selected", "2026-01-02T00:00:00+00:00"),
        ("b", "candidate", "2026-01-01T00:00:00+00:00"),
    ]
    assert found["ruleFilters"] == [{"anything-but": [""]}]


def test_without_push_times_the_last_line_is_the_newest_push(tmp_path: Path) -> None:
    result = run("policy", "try", "--policy", "{glob: 'v*'}", "--list", "-", cwd=tmp_path, given="v2\nv1\n")
    assert "selected: v1" in result.stdout
    assert "by its place in the list" in result.stdout


def test_where_nothing_is_selected_the_exit_code_says_no(tmp_path: Path) -> None:
    result = run("policy", "try", "--policy", "{glob: 'x*'}", "--list", "-", cwd=tmp_path, given=TAGS)
    assert (result.returncode, "selected: none" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["--policy", "{regex: main}"], TAGS, ["does not stand between ^ and $", "write ^main$"]),
        (["--policy", "{regex: '^(a+)+$'}"], TAGS, ["196,606 steps on a tag", "a+, not (?:a+)+"]),
        (
            ["--policy", "latest"],
            TAGS,
            ["a map with one of glob, regex and semver", "--policy '{semver"],
        ),
        (["--policy", "{glob: ["], TAGS, ["--policy is no YAML"]),
        (["--policy", "{globb: x}"], TAGS, ["an unknown key", "did you mean glob"]),
        (["--policy", SEMVER], "v1 2026-01-01\nv2\n", ["with a push time and lines without"]),
        (
            ["--policy", SEMVER],
            "v1 yesterday\n",
            ["line 1: 'yesterday' is no push time", "T12:00:00Z"],
        ),
        ([], TAGS, ["no Pulumi.yaml"]),
    ],
)
def test_what_cannot_be_tried_is_named_with_the_remedy(
    tmp_path: Path, arguments: list[str], given: str, said: list[str]
) -> None:
    result = run("policy", "try", *arguments, "--list", "-", cwd=tmp_path, given=given)
    assert (result.returncode, result.stdout) == (2, "")
    assert [words for words in said if words not in result.stderr] == []


def stack(policy: str) -> str:
    return (
        "config:\n  aws:region: ap-southeast-2\n  ecr-batch-updater:pairs:\n"
        f"    ocr: {{repository: backend, jobDefinitions: [ocr-job], imagePolicy: {policy}}}\n"
    )


def test_a_pairs_own_policy_is_tried_on_its_own_repository(cloud: Cloud, tmp_path: Path) -> None:
    create_repository(cloud, "backend")
    digests = {tag: push(cloud, "backend", f"build {tag}", tag) for tag in ("v1.4.0", "v1.5.0", "latest")}
    checkout(tmp_path, dev=stack(SEMVER))

    def tried(*arguments: str) -> dict[str, Any]:
        result = run("-o", "json", "policy", "try", *arguments, cwd=tmp_path, endpoint=cloud.endpoint)
        assert result.stdout, result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    found = tried()
    assert (found["selected"], found["images"][0]["digest"]) == ("v1.5.0", digests["v1.5.0"])
    assert tried("--policy", "{glob: latest}", "--repository", "backend")["selected"] == "latest"
    result = run("policy", "try", "--repository", "nowhere", cwd=tmp_path, endpoint=cloud.endpoint)
    assert (result.returncode, "ECR has no repository nowhere" in result.stderr) == (2, True)


def test_the_page_about_policies_is_played(cloud: Cloud, tmp_path: Path) -> None:
    site = staged(cloud, tmp_path, pair())
    site.push("one", REPOSITORY)
    play = Play(site, "Which one?", sections(ROOT / "docs" / "image-policies.md"))
    play("printf")
    assert "selected: v1.10.0" in play("ecr-batch policy try --policy")
    assert "selected: latest" in play("ecr-batch -p newsarchivepro policy try")
    play.end()
