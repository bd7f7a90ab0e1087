"""Judgements of ``check`` that the local cloud can't be brought to, or that are better seen in a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from components.archive import RUNTIME
from components.naming import Names, Place
from components.pair import parse
from components.problems import Spelling
from ops.check.expected import Expected
from ops.check.function import Function, judge_function
from ops.check.images import Images, Pin, judge_images
from ops.check.lifecycle import Rule, StoredImage
from ops.check.report import Report, lines
from ops.check.roles import Passes, judge_roles, roles_in
from ops.check.verdict import Finding, Good, Link, Unseen

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PLACE = Place("aws", "eu-west-1", "123456789012")


def expected(**keys: object) -> Expected:
    values = {"repository": "backend", "jobDefinitions": ["ocr-job"], **keys}
    return Expected(
        names=Names("ecr-batch-updater", "dev", "ocr"),
        pair=parse("ocr", values, spelling=Spelling.YAML),
        place=PLACE,
        topics=(),
        files={},
    )


FUNCTION = Function(
    state="Active",
    state_reason="",
    last_update="Successful",
    concurrency=None,
    role="role",
    runtime=RUNTIME,
    handler="handler.entry.handle",
    timeout=300,
    memory=256,
    environment={},
    code_url="",
)


@pytest.mark.parametrize(
    ("function", "found", "remedy"),
    [
        (replace(FUNCTION, state="Pending", state_reason="Creating"), "Pending (Creating)", "wait a minute"),
        (replace(FUNCTION, last_update="Failed"), "last update failed", "pulumi up --refresh"),
        (replace(FUNCTION, memory=128), "memoryMb 128, this checkout deploys 256", "pulumi up --refresh"),
        (replace(FUNCTION, handler="index.handler"), "handler index.handler", "pulumi up --refresh"),
    ],
)
def test_a_function_that_cannot_run_as_it_should_is_found(
    function: Function, found: str, remedy: str
) -> None:
    (finding,) = judge_function(function, expected())
    assert isinstance(finding, Finding)
    assert found in finding.found
    assert remedy in finding.remedy


def test_a_function_that_is_being_updated_or_has_reserved_concurrency_is_good() -> None:
    for function in (replace(FUNCTION, last_update="InProgress"), replace(FUNCTION, concurrency=1)):
        assert [type(verdict) for verdict in judge_function(function, expected())] == [Good]


def pin(revision: int, position: int, digest: str, *, spared: bool = False) -> Pin:
    return Pin(definition="ocr-job", revision=revision, position=position, digest=digest, spared=spared)


def rule(count_type: str, count: int, tag_status: str = "any") -> Rule:
    return Rule(priority=1, tag_status=tag_status, patterns=(), count_type=count_type, count=count)


AGE, NUMBER = "sinceImagePushed", "imageCountMoreThan"


@pytest.mark.parametrize(
    ("the_rule", "keep", "threatened"),
    [
        # Nothing saves an older revision from a rule by age; the next push saves the newest one.
        (rule(AGE, 365), None, "revision 2,"),
        (rule(AGE, 365), 2, "revision 2,"),
        (rule(AGE, 14), None, "revisions 2, 3,"),
        (rule(AGE, 1, "untagged"), None, "revision 2,"),
        # Revision 2 is deregistered after keep - 1 pushes, its image goes after count - 1.
        (rule(NUMBER, 5), None, "revision 2,"),
        (rule(NUMBER, 5), 6, "revision 2,"),
        (rule(NUMBER, 5), 5, ""),
        (rule(NUMBER, 1), 2, "revision 2,"),
        (rule(NUMBER, 1, "untagged"), None, "revision 2,"),
    ],
)
def test_a_rule_threatens_a_revision_whose_image_goes_before_it_does(
    the_rule: Rule, keep: int | None, threatened: str
) -> None:
    stored = {
        "new": StoredImage(pushed_at=NOW, tags=("latest",)),
        "old": StoredImage(pushed_at=NOW - timedelta(days=1)),
    }
    pins = [pin(3, 0, "new"), pin(2, 1, "old")]
    verdicts = judge_images(pins, Images(stored=stored, rules=(the_rule,)), expected(keepRevisions=keep), NOW)
    found = [verdict.found for verdict in verdicts if isinstance(verdict, Finding)]
    assert len(found) == bool(threatened)
    assert threatened in "".join(found)


def test_retention_saves_no_revision_that_is_not_the_updaters_own() -> None:
    stored = {key: StoredImage(pushed_at=NOW - timedelta(days=age)) for age, key in enumerate("ab")}
    images = Images(stored=stored, rules=(rule(NUMBER, 5),))
    pins = [pin(3, 0, "a"), pin(2, 1, "b", spared=True)]
    verdicts = list(judge_images(pins, images, expected(keepRevisions=5), NOW))
    assert [verdict.link for verdict in verdicts if isinstance(verdict, Finding)] == [Link.LIFECYCLE]


def test_an_older_revision_with_the_newest_ones_image_is_as_safe_as_that() -> None:
    images = Images(stored={"a": StoredImage(pushed_at=NOW, tags=("latest",))}, rules=(rule(AGE, 365),))
    pins = [pin(3, 0, "a"), pin(2, 1, "a")]
    verdicts = judge_images(pins, images, expected(), NOW)
    assert [type(verdict) for verdict in verdicts] == [Good, Good]


def test_roles_are_found_in_every_shape() -> None:
    definition = {
        "nodeProperties": {"nodeRangeProperties": [{"container": {"jobRoleArn": "a"}}]},
        "ecsProperties": {"taskProperties": [{"taskRoleArn": "b", "executionRoleArn": "c"}]},
        "containerProperties": {"jobRoleArn": ""},
    }
    assert sorted(roles_in(definition)) == ["a", "b", "c"]


def test_nothing_is_said_of_deployed_roles_when_the_function_was_not_seen() -> None:
    assert list(judge_roles({}, None, expected())) == []
    (finding,) = judge_roles({}, Passes(None), expected())
    assert isinstance(finding, Finding)


def test_a_report_shows_what_could_not_be_looked_at_with_its_reason() -> None:
    unseen = Unseen(link=Link.QUEUE, subject="ocr-dlq", reason="denied", remedy="ask", permission="sqs:X")
    report = Report(stack="dev", place=PLACE, shared=[], pairs={"ocr": [unseen]})
    shown = [(line.mark, line.text) for line in lines(report)]
    assert shown[2:] == [
        ("unseen", "queue          ocr-dlq: denied"),
        ("", "    Remedy: ask"),
        ("", "0 findings, 1 not looked at, 0 good"),
    ]
    assert (report.ok, report.permissions) == (False, ("sqs:X",))
