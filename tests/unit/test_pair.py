"""What a pair may be, for the stack's YAML and for the component's args alike.

Long because every key of a pair stands here, with what it may be and what is said of a wrong one.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from components.pair import Dashboard, Pair, keys, parse
from components.problems import ConfigErrors, Problem, Spelling
from handler import policy, settings
from handler.gates.requirements import Requirements
from handler.policy import ExactTag
from handler.settings import LogLevel, Pin

BOTH = pytest.mark.parametrize("spelling", list(Spelling), ids=lambda spelling: spelling.value)
MINIMAL: dict[str, Any] = {"repository": "backend", "job_definitions": ["ocr-job"]}
ROLE = "arn:aws:iam::123456789012:role/ocr-job"
TOPIC = "arn:aws:sns:ap-southeast-2:123456789012:alarms"


def read(values: Mapping[str, Any], spelling: Spelling = Spelling.YAML) -> Pair:
    """A pair from fields under their Python names, spelled as asked."""
    merged = MINIMAL | dict(values)
    written = {spelling.key(field): value for field, value in merged.items()}
    return parse("ocr", written, spelling=spelling)


def problems(values: Mapping[str, Any], spelling: Spelling = Spelling.YAML) -> tuple[Problem, ...]:
    with pytest.raises(ConfigErrors) as caught:
        read(values, spelling)
    return caught.value.problems


def only(values: Mapping[str, Any], spelling: Spelling = Spelling.YAML) -> Problem:
    found = problems(values, spelling)
    assert len(found) == 1, found
    return found[0]


@BOTH
def test_a_pair_with_the_required_keys_alone_has_the_documented_defaults(spelling: Spelling) -> None:
    pair = read({}, spelling)
    assert pair.model_dump() == {
        "repository": "backend",
        "job_definitions": ("ocr-job",),
        "image_tag": "latest",
        "image_policy": None,
        "pin": Pin.DIGEST,
        "pass_roles": (),
        "permissions_boundary": None,
        "adopt": None,
        "requires": None,
        "paused": False,
        "dry_run": False,
        "keep_revisions": None,
        "reconcile": None,
        "follow_changes": False,
        "dashboard": Dashboard.OWN,
        "notify": True,
        "alarm_topics": (),
        "log_level": LogLevel.INFO,
        "log_retention_days": 14,
        "timeout_seconds": 300,
        "memory_mb": 256,
        "omit_fields": (),
        "tags": {},
    }


@BOTH
def test_every_supported_key_is_taken_over(spelling: Spelling) -> None:
    given = {
        "repository": "team/backend",
        "job_definitions": ("a", "b_2"),
        "image_tag": "1.10",
        "pin": Pin.TAG,
        "pass_roles": (ROLE,),
        "paused": True,
        "dry_run": True,
        "keep_revisions": 20,
        "reconcile": "cron(0 6 ? * MON-FRI *)",
        "follow_changes": True,
        "dashboard": Dashboard.NONE,
        "notify": False,
        "alarm_topics": (TOPIC,),
        "log_level": LogLevel.DEBUG,
        "log_retention_days": 365,
        "timeout_seconds": 900,
        "memory_mb": 10240,
        "omit_fields": ("schedulingPriority", "containerProperties.newField"),
        "adopt": {"a": ("*",)},
        "tags": {"team": "ocr"},
    }
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}
    assert read(plain | {"pin": "tag", "dashboard": "none", "log_level": "DEBUG"}, spelling).model_dump(
        include=set(given)
    ) == (given)


def test_the_settings_of_the_function_follow_the_pair() -> None:
    pair = read({"image_tag": "v2", "pin": "tag", "log_level": "ERROR", "dry_run": True, "paused": True})
    assert pair.settings("ocr") == settings.Settings(
        pair="ocr",
        repository="backend",
        job_definitions=("ocr-job",),
        policy=ExactTag("v2"),
        pin="tag",
        log_level="ERROR",
        paused=True,
        dry_run=True,
    )
    assert read({"omit_fields": ["x"]}).settings("ocr").omit_fields == ("x",)
    assert read({"keep_revisions": 3}).settings("ocr").keep_revisions == 3
    assert read({"adopt": {"ocr-job": ["*"]}}).settings("ocr").adopt == {"ocr-job": ("*",)}


@BOTH
@pytest.mark.parametrize(
    ("field", "value", "key", "found", "expected"),
    [
        ("image_tag", 1.1, "", "the number 1.1", "an image tag, as a string"),
        ("image_tag", 1, "", "the number 1", "an image tag, as a string"),
        ("image_tag", True, "", "the truth value true", "an image tag, as a string"),
        ("image_tag", datetime.date(2026, 1, 2), "", "the date 2026-01-02", "an image tag, as a string"),
        ("image_tag", None, "", "nothing (null)", "an image tag, as a string"),
        ("image_tag", "-x", "", "the string '-x'", "an image tag"),
        ("repository", 7, "", "the number 7", "the name of an ECR repository, as a string"),
        ("repository", "Backend", "", "the string 'Backend'", "the name of an ECR repository: 2 to 256"),
        ("repository", "a", "", "the string 'a'", "the name of an ECR repository: 2 to 256"),
        ("repository", "a//b", "", "the string 'a//b'", "the name of an ECR repository: 2 to 256"),
        ("job_definitions", [], "", "an empty list", "at least one job definition"),
        ("job_definitions", "ocr", "", "the string 'ocr'", "a list of job definition names"),
        ("job_definitions", ["a", "a"], "", "a more than once", "each job definition once"),
        ("job_definitions", ["a", 3], "[1]", "the number 3", "a string"),
        ("job_definitions", ["a b"], "[0]", "the string 'a b'", "the name of a job definition: 1 to 128"),
        ("job_definitions", ["a" * 129], "[0]", "the string 'aaa", "the name of a job definition: 1 to 128"),
        ("job_definitions", ["-a"], "[0]", "the string '-a'", "the name of a job definition: 1 to 128"),
        ("pass_roles", ["ocr-job"], "[0]", "the string 'ocr-job'", "the ARN of an IAM role"),
        (
            "pass_roles",
            ["arn:aws:iam::123456789012:role/*"],
            "[0]",
            "the string 'arn",
            "the ARN of an IAM role",
        ),
        (
            "pass_roles",
            ["arn:aws:iam::123456789012:user/a"],
            "[0]",
            "the string 'arn",
            "the ARN of an IAM role",
        ),
        ("permissions_boundary", ROLE, "", f"the string '{ROLE}'", "the ARN of a managed policy"),
        ("alarm_topics", ["alarms"], "[0]", "the string 'alarms'", "the ARN of an SNS topic"),
        ("timeout_seconds", 0, "", "the number 0", "a whole number of seconds from 1 to 900"),
        ("timeout_seconds", 901, "", "the number 901", "a whole number of seconds from 1 to 900"),
        ("timeout_seconds", 1.5, "", "the number 1.5", "a whole number of seconds from 1 to 900"),
        ("timeout_seconds", "30", "", "the string '30'", "a whole number of seconds from 1 to 900"),
        ("timeout_seconds", True, "", "the truth value true", "a whole number of seconds from 1 to 900"),
        ("memory_mb", 127, "", "the number 127", "a whole number of megabytes from 128 to 10240"),
        ("memory_mb", 10241, "", "the number 10241", "a whole number of megabytes from 128 to 10240"),
        ("log_retention_days", 15, "", "the number 15", "a number of days that CloudWatch Logs knows: 1, 3"),
        ("log_retention_days", 0, "", "the number 0", "a number of days that CloudWatch Logs knows: 1, 3"),
        ("pin", "sha", "", "the string 'sha'", "one of digest, tag"),
        ("dashboard", "two", "", "the string 'two'", "one of own, overview, none"),
        ("log_level", "info", "", "the string 'info'", "one of DEBUG, INFO, WARNING, ERROR"),
        ("paused", "yes", "", "the string 'yes'", "true or false"),
        ("dry_run", 1, "", "the number 1", "true or false"),
        ("omit_fields", ["a..b"], "[0]", "the string 'a..b'", "a field of a job definition, such as"),
        ("tags", {"cost": 12}, ".cost", "the number 12", "a string"),
        ("tags", ["a"], "", "a list of 1", "a map from tag name to a string"),
        ("tags", {"aws:x": "y"}, "", "'aws:x'", "tag names of 1 to 128"),
        ("tags", {"x": "é!"}, "", "'é!' for x", "tag values of at most 256"),
        ("tags", {f"t{i}": "" for i in range(47)}, "", "47 tags", "at most 46 tags"),
        ("adopt", {"paused": "x"}, ".paused", "the string 'x'", "a list"),
        ("adopt", ["a"], "", "a list of 1", "a map from job definition to a list of container names"),
        ("reconcile", "hourly", "", "the string 'hourly'", "a schedule expression"),
        ("reconcile", "rate(1 hours)", "", "the string 'rate(1 hours)'", "a schedule expression"),
        ("reconcile", "rate(2 hour)", "", "the string 'rate(2 hour)'", "a schedule expression"),
        ("reconcile", "rate(0 hours)", "", "the string 'rate(0 hours)'", "a schedule expression"),
        ("reconcile", "rate(30 seconds)", "", "the string 'rate(30 seconds)'", "a schedule expression"),
        ("reconcile", "cron(0 6 * * ?)", "", "the string 'cron(0 6 * * ?)'", "a schedule expression"),
        ("reconcile", "cron(0 6 * * * *)", "", "the string 'cron", "a schedule expression with ? as day"),
        ("reconcile", "cron(0 6 ? * ? *)", "", "the string 'cron", "a schedule expression with ? as day"),
        ("reconcile", 3600, "", "the number 3600", "a schedule expression, such as rate(1 hour)"),
        ("keep_revisions", 0, "", "the number 0", "a whole number, 1 or more"),
        ("image_policy", {}, "", "a map with nothing in it", "exactly one of glob, regex and semver"),
        ("image_policy", "semver", "", "the string 'semver'", "a map with one of glob, regex and semver"),
    ],
)
def test_a_value_that_aws_would_refuse_is_named_with_what_is_expected(
    spelling: Spelling, field: str, value: Any, key: str, found: str, expected: str
) -> None:
    problem = only({field: value}, spelling)
    assert problem.pair == "ocr"
    assert problem.key == spelling.key(field) + key
    assert problem.found.startswith(found)
    assert problem.expected.startswith(expected)


@BOTH
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("timeout_seconds", 1), ("timeout_seconds", 900), ("memory_mb", 128), ("memory_mb", 10240)),
        *(("keep_revisions", 1), ("reconcile", "rate(1 minute)"), ("reconcile", "rate(10 minutes)")),
        *(("reconcile", "rate(21 days)"), ("reconcile", "cron(0/15 8-17 ? * 2#1,6L *)")),
    ],
)
def test_the_limits_themselves_are_accepted(spelling: Spelling, field: str, value: Any) -> None:
    assert getattr(read({field: value}, spelling), field) == value


def test_a_number_in_yaml_is_told_to_be_quoted_and_in_python_to_be_a_string() -> None:
    assert "put quotes around it" in only({"image_tag": 1.1}).remedy
    assert only({"image_tag": 1.1}, Spelling.ARGS).remedy == "pass a string"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "210987654321.dkr.ecr.us-east-1.amazonaws.com/team/backend:latest",
        "210987654321.dkr.ecr.us-east-1.amazonaws.com/team/backend",
        "210987654321.dkr-ecr.us-east-1.on.aws/team/backend",
        "arn:aws:ecr:us-east-1:210987654321:repository/team/backend",
    ],
)
def test_a_repository_of_another_account_or_region_is_pointed_to_replication(elsewhere: str) -> None:
    problem = only({"repository": elsewhere})
    assert "account 210987654321, region us-east-1" in problem.found
    assert "account and region of the stack" in problem.expected
    assert "replicate" in problem.remedy
    assert "team/backend" in problem.remedy


@pytest.mark.parametrize(
    "written", ["ocr:3", "arn:aws:batch:us-east-1:123456789012:job-definition/ocr:3", "job-definition/ocr"]
)
def test_a_job_definition_with_its_arn_or_revision_is_pointed_to_the_bare_name(written: str) -> None:
    assert only({"job_definitions": [written]}).remedy == "write the bare name, ocr"


@pytest.mark.parametrize(
    ("spelling", "written", "meant"),
    [
        (Spelling.YAML, "jobDefinition", "jobDefinitions"),
        (Spelling.YAML, "image_tag", "imageTag"),
        (Spelling.YAML, "timeoutSecond", "timeoutSeconds"),
        (Spelling.ARGS, "passRoles", "pass_roles"),
        (Spelling.ARGS, "memory", "memory_mb"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_known_one(
    spelling: Spelling, written: str, meant: str
) -> None:
    values = {spelling.key(key): value for key, value in MINIMAL.items()}
    with pytest.raises(ConfigErrors) as caught:
        parse("ocr", values | {written: "x"}, spelling=spelling)
    (problem,) = caught.value.problems
    assert (problem.key, problem.found, problem.remedy) == (
        written,
        "an unknown key",
        f"did you mean {meant}",
    )


def test_an_unknown_key_like_no_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(ConfigErrors, match=", ".join(keys(Spelling.YAML))):
        parse("ocr", {"repository": "ab", "jobDefinitions": ["a"], "zzz": 1}, spelling=Spelling.YAML)


@BOTH
def test_the_required_keys_are_required(spelling: Spelling) -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse("ocr", {}, spelling=spelling)
    assert [(problem.key, problem.found) for problem in caught.value.problems] == [
        ("repository", "nothing"),
        (spelling.key("job_definitions"), "nothing"),
    ]


@BOTH
def test_a_tag_and_a_policy_exclude_each_other(spelling: Spelling) -> None:
    found = problems({"image_tag": "latest", "image_policy": {"glob": "v*"}}, spelling)
    tag, policy = spelling.key("image_tag"), spelling.key("image_policy")
    assert (found[0].key, found[0].found) == (tag, f"both {tag} and {policy}")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"requires": {"minage": "10m"}}, "requires.minage"),
        ({"requires": {"minAge": "soon"}}, "requires.minAge"),
        ({"requires": {"maxSeverity": "BAD"}}, "requires.maxSeverity"),
        ({"requires": {"platform": "arm"}}, "requires.platform"),
        ({"requires": {"platform": "linux/x86_64"}}, "requires.platform"),
        ({"image_policy": {"glob": "a", "regex": "b"}}, "imagePolicy"),
        ({"image_policy": {"glob": "a", "order": "random"}}, "imagePolicy.order"),
        ({"adopt": {"ocr-job": [1]}}, "adopt.ocr-job[0]"),
    ],
)
def test_the_inside_of_a_nested_key_is_validated(values: dict[str, Any], key: str) -> None:
    assert only(values).key == key


def test_a_nested_unknown_key_is_answered_from_the_keys_beside_it() -> None:
    assert only({"requires": {"minage": "10m"}}).remedy == "did you mean minAge"


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ({"glob": "release/*"}, "with '/', which no tag has"),
        ({"glob": "v*", "ignore": ["v?*", "v"]}, "leaves no tag"),
        ({"glob": "v*", "ignore": ["a b"]}, "the pattern 'a b', with ' ', which no tag has"),
        ({"regex": "main"}, "does not stand between ^ and $"),
        ({"regex": "^(a+)+$"}, "196,606 steps on a tag"),
        ({"regex": "^main-([a-z]+)$", "order": "numeric"}, "can't be a number"),
        ({"semver": ">2 <1"}, "which no version satisfies"),
        ({"semver": "latest"}, "'latest' is no comparator"),
        ({"semver": "1.x", "order": "pushed"}, "semver with an order"),
    ],
)
@BOTH
def test_a_policy_that_could_select_nothing_or_never_end_is_refused(
    spelling: Spelling, policy: dict[str, Any], found: str
) -> None:
    problem = only({"image_policy": policy}, spelling)
    assert problem.key == spelling.key("image_policy")
    assert found in problem.found
    assert problem.remedy


def test_the_function_parses_the_very_policy_that_was_checked_here() -> None:
    given = {"regex": "^main-([0-9]+)$", "order": "numeric", "ignore": ["*-rc*"], "allowDowngrade": True}
    pair = read({"image_policy": given})
    assert pair.settings("ocr").policy == policy.parse(given)
    assert pair.policy.specification() == given


def test_gates_reach_the_function() -> None:
    given = {"maxSeverity": "HIGH", "scanTimeout": "2h", "minAge": "10m", "platform": "linux/arm64"}
    pair = read({"requires": given, "reconcile": "rate(1 hour)"})
    assert pair.settings("ocr").requires == Requirements(
        max_severity="HIGH", scan_timeout="2h", min_age="10m", platform="linux/arm64"
    )
    assert read({"requires": {}}).settings("ocr").requires == Requirements()


@pytest.mark.parametrize(
    ("values", "key", "remedy"),
    [
        ({"requires": {"minAge": "10m"}}, "requires.minAge", "add reconcile: rate(1 hour)"),
        ({"requires": {"maxSeverity": "HIGH"}}, "requires.maxSeverity", "add reconcile: rate(1 hour)"),
        ({"requires": {"scanTimeout": "1h"}}, "requires.scanTimeout", "add maxSeverity"),
        ({"requires": {"platform": "linux/arm64"}, "pin": "tag"}, "requires", "remove pin"),
    ],
)
def test_a_gate_that_could_not_do_its_work_is_refused(values: dict[str, Any], key: str, remedy: str) -> None:
    problem = only(values)
    assert (problem.key, problem.remedy[: len(remedy)]) == (key, remedy)


@BOTH
def test_all_problems_are_reported_at_once(spelling: Spelling) -> None:
    wrong = {
        "repository": "X",
        "job_definitions": [],
        "image_tag": 1,
        "image_policy": {"glob": "v*"},
        "memory_mb": 1,
        "dashboard": "big",
    }
    fields = ["image_tag", "repository", "job_definitions", "image_tag", "dashboard", "memory_mb"]
    assert [problem.key for problem in problems(wrong, spelling)] == [spelling.key(f) for f in fields]


def test_the_message_names_pair_key_found_expected_and_remedy() -> None:
    with pytest.raises(ConfigErrors) as caught:
        read({"job_definitions": ["ocr:3"]})
    assert str(caught.value) == (
        "1 problem in the configuration:\n"
        '  - pair "ocr", key "jobDefinitions[0]": found the string \'ocr:3\', expected the name of a job '
        "definition: 1 to 128 letters, digits, '-' and '_', first a letter or digit. "
        "Remedy: write the bare name, ocr."
    )
