"""``ecr-batch test --push``, interrupted at each stage: everything is as before."""

from __future__ import annotations

import signal

import pytest

from local.seed import push
from tests.ops.cloud_fixtures import Running, Site, until
from tests.ops.round_trip_support import RULE, Before, called, start, start_in_vain, tagged


def test_interrupted_with_the_probe_pushed_and_no_revision_yet(news: Site) -> None:
    before = Before(news)
    news.cloud.client("events").remove_targets(Rule=RULE, Ids=["function"])
    run = start(news)
    until(lambda: tagged(news) != before.state[0], "the probe is pushed")
    interrupted(run, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_with_the_revision_there_and_not_seen_yet(news: Site, number: int) -> None:
    before = Before(news)
    run = start(news, "--interval", "1")
    until(lambda: len(news.revisions("news-job")) == 3, "the revision with the probe")
    interrupted(run, before, number)


def test_interrupted_while_the_push_of_the_probe_is_under_way(news: Site) -> None:
    before = Before(news)
    news.cloud.faults.add("ecr:PutImage", "timeout-after", seconds=2)
    run = start(news)
    until(lambda: tagged(news) != before.state[0], "the push took effect, and its answer is lost")
    interrupted(run, before)


def test_interrupted_while_everything_is_put_back(news: Site) -> None:
    before = Before(news)
    run = start(news, "--interval", "1")
    until(lambda: tagged(news) != before.state[0], "the probe is pushed")
    until(lambda: tagged(news) == before.state[0], "the tag is put back")
    run.interrupt()
    run.interrupt()
    interrupted(run, before)


def test_interrupted_before_anything_was_touched(news: Site) -> None:
    before = Before(news)
    news.cloud.faults.add("ecr:DescribeRepositories", "timeout-after", seconds=3)
    run = start(news)
    until(lambda: called(news, "ecr:DescribeRepositories"), "the tool looks around")
    run.interrupt()
    result = run.end()
    assert (result.returncode, result.stdout) == (130, "")
    before.check()
    assert len(news.revisions("news-job")) == 2


def test_interrupted_after_somebody_else_pushed_an_image(news: Site) -> None:
    run = start_in_vain(news, "--interval", "2")
    digest = push(news.cloud, "news-backend", "urgent")
    run.interrupt()
    result = run.end()
    assert result.returncode == 130
    assert "everything is as before" not in result.stderr
    assert "ecr-batch: latest points at that other image, and was left there" in result.stderr
    news.cloud.settle()
    assert tagged(news) == digest


def interrupted(run: Running, before: Before, number: int = signal.SIGINT) -> None:
    run.interrupt(number)
    result = run.end()
    assert (result.returncode, result.stdout) == (130, ""), result.stderr
    assert result.stderr.endswith(
        "ecr-batch: interrupted; putting everything back, which is not to be interrupted\n"
        "ecr-batch: everything is as before\n"
    )
    before.check()
