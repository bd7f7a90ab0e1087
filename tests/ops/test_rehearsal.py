"""``ecr-batch test``."""

from __future__ import annotations

import json

import pytest

from tests.ops.cloud_fixtures import PAIRS, Site

RULE = "ecr-batch-updater-dev-news"


def test_it_says_what_a_push_would_do_and_does_nothing(site: Site) -> None:
    site.cloud.client("events").disable_rule(Name=RULE)
    digest = site.push("one", "news-backend")
    site.cloud.client("events").enable_rule(Name=RULE)
    document, code = site.json("-p", "news", "test")
    (pair,) = document["pairs"]
    assert (code, pair["problems"]) == (0, [])
    assert pair["rule"] == {"name": RULE, "enabled": True, "matchesPush": True}
    assert pair["event"]["detail"]["image-digest"] == digest
    (outcome,) = pair["result"]["outcomes"]
    assert outcome["reason"].startswith("dry run, would register")
    assert len(site.revisions("news-job")) == 1


def test_every_pair_is_tried_and_told_on_a_line(site: Site) -> None:
    site.push("one")
    site.push("two", "news-backend")
    result = site.run("test")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert [line.split()[1] for line in lines[1:4]] == ["news-job", "ocr-job", "ocr-index"]
    assert all("already on the selected image" in line for line in lines[1:4])
    assert lines[4:] == [
        f"news: rule {RULE} lets such a push through",
        "ocr: rule ecr-batch-updater-dev-ocr lets such a push through",
    ]


def test_a_disabled_rule_is_a_no(site: Site) -> None:
    site.push("one", "news-backend")
    site.cloud.client("events").disable_rule(Name=RULE)
    document, code = site.json("-p", "news", "test")
    assert code == 1
    assert "is disabled" in document["pairs"][0]["problems"][0]
    assert "`pulumi up --refresh` enables it" in document["pairs"][0]["problems"][0]


def test_a_rule_that_lets_the_push_pass_by_is_a_no(site: Site) -> None:
    site.push("one", "news-backend")
    pattern = {"source": ["aws.ecr"], "detail": {"image-tag": ["stable"]}}
    site.cloud.client("events").put_rule(Name=RULE, EventPattern=json.dumps(pattern))
    document, code = site.json("-p", "news", "test")
    assert code == 1
    assert document["pairs"][0]["problems"] == [
        f"rule {RULE} does not match such a push: `pulumi up --refresh` restores its pattern"
    ]


def test_a_function_that_fails_is_a_no_with_its_reason(site: Site) -> None:
    site.push("one", "news-backend")
    site.cloud.faults.add("batch:DescribeJobDefinitions", "access-denied")
    result = site.run("-p", "news", "test")
    assert result.returncode == 1
    assert "news: UpdateFailed: 1 of 1 job definition(s) of pair news failed" in result.stdout


def test_a_paused_pair_is_a_no(site: Site) -> None:
    site.push("one", "news-backend")
    site.deploy({**PAIRS, "news": {**PAIRS["news"], "paused": True}})
    document, code = site.json("-p", "news", "test")
    assert code == 1
    assert document["pairs"][0]["problems"] == [
        "the pair is paused: set its paused to false and run `pulumi up`"
    ]


def test_a_pair_with_dry_run_is_a_no(site: Site) -> None:
    site.push("one", "news-backend")
    site.deploy({**PAIRS, "news": {**PAIRS["news"], "dryRun": True}})
    document, code = site.json("-p", "news", "test")
    assert code == 1
    assert document["pairs"][0]["problems"] == [
        "the pair has dryRun, so nothing is registered: take it out and run `pulumi up`"
    ]


def test_without_an_image_the_tag_is_tried_all_the_same(site: Site) -> None:
    document, code = site.json("-p", "news", "test")
    (pair,) = document["pairs"]
    assert (code, pair["rule"]["matchesPush"]) == (0, True)
    assert pair["result"]["outcomes"][0]["reason"] == "ECR has no image with the tag latest"


@pytest.mark.parametrize("part", ["function", "rule"])
def test_a_missing_part_could_not(site: Site, part: str) -> None:
    if part == "function":
        site.cloud.client("lambda").delete_function(FunctionName=RULE)
    else:
        events = site.cloud.client("events")
        events.remove_targets(Rule=RULE, Ids=["function"])
        events.delete_rule(Name=RULE)
    result = site.run("-o", "json", "-p", "news", "test")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"there is no {part} {RULE}" in result.stderr
