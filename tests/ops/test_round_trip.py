"""``ecr-batch test --push``: proved, refused or failed; and everything as before each time."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from local.seed import push
from tests.ops.cloud_fixtures import PAIRS, Site, until
from tests.ops.round_trip_support import (
    QUICK,
    RULE,
    Before,
    called,
    digests,
    image,
    start_in_vain,
    tagged,
)


def test_a_push_is_proved_and_everything_is_as_before(news: Site) -> None:
    before = Before(news)
    document, code = news.json(*QUICK)
    assert (code, document["problems"]) == (0, [])
    (definition,) = document["definitions"]
    assert [definition[key] for key in ("revisionBefore", "revisionWithProbe", "revisionAfter")] == [2, 3, 4]
    assert document["imageDigest"] == tagged(news)
    probed = news.revisions("news-job")[2]["containerProperties"]["image"]
    assert probed.endswith(document["probeDigest"])
    before.check()


def test_what_will_be_touched_is_said_first(news: Site) -> None:
    result = news.run(*QUICK)
    assert result.returncode == 0
    for words in (
        "This touches account 123456789012, region ap-southeast-2:",
        "repository news-backend: tag latest moves to a probe",
        "job definition news-job (pair news) gets two revisions after 2",
        "aws ecr put-image --region ap-southeast-2 --repository-name news-backend --image-tag latest",
    ):
        assert words in result.stderr
    assert result.stdout.splitlines()[1].split() == ["news", "news-job", "2", "3", "4"]
    assert "proved" in result.stdout


def test_another_pair_that_follows_the_tag_is_announced_and_put_back_as_well(site: Site) -> None:
    other = {
        "repository": "news-backend",
        "jobDefinitions": ["other-job"],
        "passRoles": ["arn:aws:iam::123456789012:role/other"],
    }
    site.add({**PAIRS, "other": other})
    site.push("one", "news-backend")
    document, code = site.json(*QUICK)
    assert code == 0
    assert {item["jobDefinition"]: item["revisionAfter"] for item in document["definitions"]} == {
        "news-job": 4,
        "other-job": 4,
    }
    assert image(site, "other-job").endswith(document["imageDigest"])


def test_pin_tag_is_proved_by_the_digest_that_the_revision_tells(site: Site) -> None:
    site.deploy({**PAIRS, "news": {**PAIRS["news"], "pin": "tag"}})
    site.push("one", "news-backend")
    before = Before(site)
    document, code = site.json(*QUICK)
    assert (code, document["problems"]) == (0, [])
    assert image(site).endswith(":latest")
    before.check()


@pytest.mark.parametrize("mutability", ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"])
def test_immutable_tags_are_refused_with_nothing_touched(news: Site, mutability: str) -> None:
    exclusions = [{"filterType": "WILDCARD", "filter": "v*"}] if "EXCLUSION" in mutability else []
    news.cloud.client("ecr").put_image_tag_mutability(
        repositoryName="news-backend",
        imageTagMutability=mutability,
        **({"imageTagMutabilityExclusionFilters": exclusions} if exclusions else {}),
    )
    refused(news, "repository news-backend has immutable tags")


@pytest.mark.parametrize("key", ["paused", "dryRun"])
def test_a_pair_that_does_nothing_is_refused(news: Site, key: str) -> None:
    news.deploy({**PAIRS, "news": {**PAIRS["news"], key: True}})
    refused(news, f"pair news has {key}: true")


def test_a_pair_that_waits_for_an_age_is_refused(news: Site) -> None:
    requires = {"reconcile": "rate(1 hour)", "requires": {"minAge": "10m"}}
    news.deploy({**PAIRS, "news": {**PAIRS["news"], **requires}})
    refused(news, "pair news requires an age of 10m, and the probe would be new")


def test_a_disabled_rule_is_refused(news: Site) -> None:
    news.cloud.client("events").disable_rule(Name=RULE)
    refused(news, f"rule {RULE} is disabled")


def test_a_definition_on_hold_is_refused(news: Site) -> None:
    newest = news.revisions("news-job")[-1]
    kept = ("jobDefinitionName", "type", "containerProperties", "platformCapabilities")
    news.cloud.client("batch").register_job_definition(
        **{key: newest[key] for key in kept}, tags={**newest["tags"], "ecr-batch-updater/hold": "bad model"}
    )
    refused(news, "news-job is held: on hold: bad model")


def test_a_definition_that_is_not_current_is_refused(site: Site) -> None:
    site.cloud.client("events").disable_rule(Name=RULE)
    site.push("one", "news-backend")
    site.cloud.client("events").enable_rule(Name=RULE)
    refused(site, "news-job is behind")


def test_a_definition_of_another_pair_that_would_take_the_probe_is_refused(site: Site) -> None:
    other = {
        "repository": "news-backend",
        "jobDefinitions": ["other-job"],
        "passRoles": ["arn:aws:iam::123456789012:role/other"],
    }
    site.add({**PAIRS, "other": other})
    site.cloud.client("events").disable_rule(Name="ecr-batch-updater-dev-other")
    site.push("one", "news-backend")
    refused(site, "other-job of pair other is behind")


def refused(site: Site, words: str) -> None:
    before, revisions = Before(site), len(site.revisions("news-job"))
    events = len(site.cloud.events.history)
    result = site.run("-o", "json", *QUICK)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Remedy: " in result.stderr
    before.check()
    assert (len(site.revisions("news-job")), len(site.cloud.events.history)) == (revisions, events)


def test_several_pairs_at_once_are_refused(news: Site) -> None:
    result = news.run("test", "--push", "--yes")
    assert (result.returncode, result.stdout) == (2, "")
    assert "name one with -p/--pair: news, ocr" in result.stderr


def test_without_a_terminal_and_without_yes_nothing_is_touched(news: Site) -> None:
    before = Before(news)
    result = news.run("-p", "news", "test", "--push")
    assert (result.returncode, result.stdout) == (2, "")
    assert "add --yes" in result.stderr
    before.check()
    assert len(news.revisions("news-job")) == 2


def test_it_asks_and_a_no_touches_nothing(news: Site) -> None:
    before = Before(news)
    result = news.answer("n\n", "-p", "news", "test", "--push")
    assert (result.returncode, result.stdout) == (1, "")
    assert "Go on? [y/N]: " in result.stderr
    before.check()
    assert len(news.revisions("news-job")) == 2


def test_an_image_pushed_while_it_asks_is_not_touched(news: Site) -> None:
    ours, its = pty.openpty()
    run = news.start("-p", "news", "test", "--push", stdin=its)
    until(lambda: called(news, "ecr:BatchGetImage"), "the tool has looked at the tag")
    digest = news.push("two", "news-backend")
    os.write(ours, b"y\n")
    result = run.end()
    os.close(ours)
    os.close(its)
    assert (result.returncode, result.stdout) == (2, "")
    assert "latest was moved to another image meanwhile" in result.stderr
    assert tagged(news) == digest


def test_a_push_that_nobody_sees_is_a_no_and_put_back(news: Site) -> None:
    before = Before(news)
    news.cloud.client("events").remove_targets(Rule=RULE, Ids=["function"])
    document, code = news.json(*QUICK, "--timeout", "1s")
    assert code == 1
    assert document["problems"][0].startswith("news-job got no revision with the probe in 1 s: behind: ")
    assert document["definitions"][0]["revisionWithProbe"] is None
    before.check()


def test_a_revision_that_lost_a_setting_is_a_no_and_put_back(news: Site) -> None:
    """Somebody registers other settings in between, which the function then keeps."""
    run = start_in_vain(news)
    newest = news.revisions("news-job")[-1]
    kept = {key: newest[key] for key in ("jobDefinitionName", "type", "platformCapabilities")}
    base = newest["containerProperties"]["image"].partition("@")[0]
    container = {**newest["containerProperties"], "image": f"{base}@{tagged(news)}"}
    news.cloud.client("batch").register_job_definition(**kept, containerProperties=container)
    result = run.end()
    assert result.returncode == 1
    assert "of news-job differs from 2 in more than the image" in result.stderr
    assert "not proved" in result.stdout
    assert image(news).endswith(tagged(news))


def test_an_image_that_somebody_pushes_meanwhile_stands(news: Site) -> None:
    run = start_in_vain(news)
    digest = push(news.cloud, "news-backend", "urgent")
    result = run.end()
    assert result.returncode == 1
    assert f"somebody pushed another image during the test: {digest}" in result.stderr
    assert "latest points at that other image, and was left there" in result.stderr
    news.cloud.settle()
    assert tagged(news) == digest
    assert image(news).endswith(digest)
    assert len(digests(news)) == 2


def test_a_hiccup_while_everything_is_put_back_is_got_over(news: Site) -> None:
    before = Before(news)
    news.cloud.faults.add("ecr:PutImage", "access-denied", times=2, after_calls=1)
    assert news.run(*QUICK).returncode == 0
    before.check()


def test_the_second_push_that_nobody_sees_is_made_up_for_by_a_reconcile(news: Site) -> None:
    before = Before(news)
    run = start_in_vain(news, "--timeout", "5s")
    news.cloud.client("events").remove_targets(Rule=RULE, Ids=["function"])
    assert news.run("-p", "news", "reconcile").returncode == 0
    assert run.end().returncode == 0
    before.check()


def test_what_cannot_be_put_back_is_said_with_commands_that_do_it(news: Site) -> None:
    before = Before(news)
    news.cloud.faults.add("ecr:PutImage", "access-denied", times=99, after_calls=1)
    result = news.run("-o", "json", *QUICK)
    assert (result.returncode, result.stdout) == (2, "")
    assert "not everything could be put back: your credentials don't allow PutImage" in result.stderr
    news.cloud.faults.clear()
    _, _, commands = result.stderr.rpartition("Remedy: do it by hand:\n")
    put, reconcile, delete = commands.splitlines()
    assert reconcile.strip() == "ecr-batch -s dev -p news reconcile"
    shell(news, put)
    news.cloud.settle()  # the tag's push is what reconciles here
    shell(news, delete)
    before.check()


def shell(site: Site, command: str) -> None:
    variables = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": site.cloud.endpoint,
        "AWS_PAGER": "",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    result = subprocess.run(
        ["bash", "-c", command], env=variables, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)
