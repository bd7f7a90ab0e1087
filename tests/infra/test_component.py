"""The component in another program: its args, Outputs among them, its errors, its outputs."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

import components
from components import BatchImageUpdater, ConfigErrors, LogLevel, Pin, overview_dashboard, quotas
from handler.settings import Settings
from tests.infra.other_program import ROLE, TOPIC, args, later, other_program, refused
from tests.support.recorder import COMPONENT, Recording


def test_the_public_names_are_these() -> None:
    assert components.__all__ == [
        "BatchImageUpdater",
        "BatchImageUpdaterArgs",
        "ConfigErrors",
        "Dashboard",
        "LogLevel",
        "Pair",
        "Pin",
        "Problem",
        "alarm_topic",
        "args_of",
        "following_job_definition",
        "overview_dashboard",
    ]
    assert all(getattr(components, name) for name in components.__all__)


def test_another_program_gets_names_and_tags_after_its_own_project_and_stack() -> None:
    recording = other_program(lambda: BatchImageUpdater("ocr", args(pin=Pin.TAG, log_level=LogLevel.ERROR)))
    function = recording.one("Function").inputs
    assert function["name"] == "platform-prod-ocr"
    assert function["tags"] == {"project": "platform", "stack": "prod", "pair": "ocr", "managed-by": "pulumi"}
    assert function["environment"]["variables"]["IMAGE_PIN"] == "tag"
    assert all(
        resource.parent.endswith(f"{COMPONENT}::ocr")
        for resource in recording.resources
        if resource.type != COMPONENT
    )


def test_choices_may_be_written_as_words() -> None:
    recording = other_program(lambda: BatchImageUpdater("ocr", args(pin="tag", dashboard="none")))
    assert recording.one("Function").inputs["environment"]["variables"]["IMAGE_PIN"] == "tag"
    assert recording.all("Dashboard") == []


def test_a_policy_and_gates_are_written_in_snake_case() -> None:
    policy = {"semver": "1.x", "allow_downgrade": True}
    gates = {"max_severity": "HIGH", "scan_timeout": "2h"}
    recording = other_program(
        lambda: BatchImageUpdater("ocr", args(image_policy=policy, requires=gates, reconcile="rate(1 hour)"))
    )
    settings = Settings.from_environment(recording.one("Function").inputs["environment"]["variables"])
    assert settings.policy.specification() == {"semver": "1.x", "allowDowngrade": True}
    assert settings.requires is not None
    assert settings.requires.specification() == {"maxSeverity": "HIGH", "scanTimeout": "2h"}


def test_outputs_reach_environment_pattern_policy_and_alarms() -> None:
    recording = other_program(
        lambda: BatchImageUpdater(
            "ocr",
            args(
                repository=later("team/backend"),
                job_definitions=[later("a"), "b"],
                pass_roles=[later(ROLE)],
                alarm_topics=[later(TOPIC)],
            ),
        )
    )
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert variables["ECR_REPOSITORY_NAME"] == "team/backend"
    assert variables["BATCH_JOB_DEFINITION_NAMES"] == "a,b"
    pattern = recording.one("EventRule").document("eventPattern")
    assert pattern["detail"]["repository-name"] == ["team/backend"]
    policy = {s["Sid"]: s for s in recording.one("RolePolicy").document("policy")["Statement"]}
    assert policy["PassJobRoles"]["Resource"] == [ROLE]
    assert [arn.rpartition("/")[2] for arn in policy["WriteRevisions"]["Resource"]] == [
        *("a", "b", "a:*", "b:*")
    ]
    assert {tuple(alarm.inputs["alarmActions"]) for alarm in recording.all("MetricAlarm")} == {(TOPIC,)}


@pytest.mark.parametrize(
    ("keys", "key", "expected"),
    [
        ({"repository": "Backend"}, "repository", "the name of an ECR repository"),
        ({"job_definitions": ["a", "b c"]}, "job_definitions[1]", "the name of a job definition"),
        ({"job_definitions": ["a", "a"]}, "job_definitions", "each job definition once"),
        ({"pass_roles": ["ocr-job"]}, "pass_roles[0]", "the ARN of an IAM role"),
        ({"alarm_topics": ["team"]}, "alarm_topics[0]", "the ARN of an SNS topic"),
    ],
)
def test_an_output_is_validated_once_it_is_known(keys: dict[str, Any], key: str, expected: str) -> None:
    ((field, value),) = keys.items()

    def program() -> None:
        as_output = [later(item) for item in value] if isinstance(value, list) else later(value)
        BatchImageUpdater("ocr", args(**{field: as_output}))

    with pytest.raises(ConfigErrors) as caught:
        other_program(program)
    (problem,) = caught.value.problems
    assert (problem.pair, problem.key) == ("ocr", key)
    assert problem.expected.startswith(expected)


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("ocr", {"image_tags": "x"}, ['"image_tags"', "unknown key", "did you mean image_tag"]),
        ("ocr", {"image_tag": 1.1}, ['"image_tag"', "the number 1.1", "a string"]),
        ("ocr", {"image_tag": "x", "image_policy": {"glob": "v*"}}, ["both image_tag and image_policy"]),
        ("ocr", {"repository": "Backend"}, ['"repository"', "'Backend'", "an ECR repository"]),
        (
            "ocr",
            {"repository": "210987654321.dkr.ecr.us-east-1.amazonaws.com/backend"},
            ['"repository"', "account 210987654321, region us-east-1", "account and region", "replicate"],
        ),
        ("ocr", {"job_definitions": ["a b"]}, ['"job_definitions[0]"', "'a b'", "job definition"]),
        ("ocr", {"job_definitions": []}, ['"job_definitions"', "an empty list", "at least one"]),
        ("ocr", {"pass_roles": ["ocr-job"]}, ['"pass_roles[0]"', "'ocr-job'", "ARN of an IAM role"]),
        ("ocr", {"timeout_seconds": 901}, ['"timeout_seconds"', "901", "from 1 to 900"]),
        ("ocr", {"memory_mb": 64}, ['"memory_mb"', "64", "from 128 to 10240"]),
        ("ocr", {"log_retention_days": 2}, ['"log_retention_days"', "2", "CloudWatch Logs knows"]),
        ("ocr", {"reconcile": "rate(1 hours)"}, ['"reconcile"', "'rate(1 hours)'", "singular after 1"]),
        ("ocr", {"keep_revisions": 0}, ['"keep_revisions"', "the number 0", "1 or more"]),
        ("o" * 45, {"reconcile": "rate(1 hour)"}, ['"(name)"', "at most 40 for the pair's own name"]),
        ("ocr-reconcile", {}, ['"(name)"', "does not end in -reconcile"]),
        ("ocr-scans", {}, ['"(name)"', "does not end in -scans"]),
        ("ocr-changes", {}, ['"(name)"', "does not end in -changes"]),
        ("ocr", {"follow_changes": "yes"}, ['"follow_changes"', "'yes'", "true or false"]),
        ("ocr", {"protect": "yes"}, ['"protect"', "'yes'", "true or false"]),
        ("OCR", {}, ['"(name)"', "'OCR'", "lower-case letters"]),
        ("o" * 52, {}, ['"(name)"', "platform-prod-ooo", "at most 64 characters"]),
    ],
)
def test_wrong_args_are_refused_before_anything_is_registered(
    name: str, keys: dict[str, Any], words: list[str]
) -> None:
    message = refused(lambda: BatchImageUpdater(name, args(**keys)))
    assert f'pair "{name}"' in message
    assert not [word for word in words if word not in message], message


def test_what_is_plain_is_refused_at_once_although_other_args_are_outputs() -> None:
    message = refused(
        lambda: BatchImageUpdater(
            "ocr", args(repository=later("backend"), job_definitions=[later("a")], memory_mb=1)
        )
    )
    assert '"memory_mb"' in message


MANY = [f"job-definition-{number:03}" for number in range(100)]


def test_all_definitions_may_be_one_output() -> None:
    program = lambda: BatchImageUpdater("ocr", args(job_definitions=later(["a", "b"])))  # noqa: E731
    variables = other_program(program).one("Function").inputs["environment"]["variables"]
    assert variables["BATCH_JOB_DEFINITION_NAMES"] == "a,b"


def test_a_whole_number_may_come_as_a_double_as_other_languages_have_no_others() -> None:
    recording = other_program(lambda: BatchImageUpdater("ocr", args(timeout_seconds=120.0)))
    assert recording.one("Function").inputs["timeout"] == 120
    with pytest.raises(ConfigErrors, match='"timeout_seconds": found the number'):
        other_program(lambda: BatchImageUpdater("ocr", args(timeout_seconds=120.5)))


def test_too_many_definitions_are_refused_at_once_although_other_args_are_outputs() -> None:
    message = refused(
        lambda: BatchImageUpdater(
            "ocr",
            args(repository=later("backend"), job_definitions=[later("a"), *MANY], pass_roles=[later(ROLE)]),
        )
    )
    assert 'pair "ocr", key "job_definitions": found 100 job definitions, with which the policy' in message
    assert "Remedy: split the pair into two over the same repository" in message


def test_what_becomes_too_much_once_it_is_known_is_refused_before_role_policy_and_function_exist() -> None:
    recording = Recording()
    with pytest.raises(
        ConfigErrors, match="found 100 job definitions, with which the policy of the function's role"
    ):
        other_program(
            lambda: BatchImageUpdater("ocr", args(job_definitions=[later(each) for each in MANY])), recording
        )
    assert recording.all("RolePolicy") == recording.all("Function") == []


def test_the_outputs_are_readable_from_the_component() -> None:
    def program() -> None:
        updater = BatchImageUpdater("ocr", args())
        pulumi.export("role", updater.role_name)
        pulumi.export("dashboard", updater.dashboard_url)

    exports = other_program(program).exports
    assert exports["role"] == "ocr-role-0123abc"
    assert exports["dashboard"].endswith("#dashboards/dashboard/platform-prod-ocr")


def test_another_program_makes_an_overview_of_its_components_where_one_asks_for_it() -> None:
    def program() -> None:
        updaters = [
            BatchImageUpdater("a", args(job_definitions=["x"], dashboard="overview")),
            BatchImageUpdater("b", args(job_definitions=["y"], dashboard="none")),
        ]
        pulumi.export("name", overview_dashboard(updaters))
        pulumi.export("nothing", overview_dashboard(updaters[1:]))

    recording = other_program(program)
    assert (recording.exports["name"], recording.exports.get("nothing")) == ("platform-prod_overview", None)
    body = recording.one("Dashboard").inputs["dashboardBody"]
    assert ("platform-prod-a" in body, "platform-prod-b" in body) == (True, False)


def test_more_components_than_an_overview_can_show_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # As many as CloudWatch takes would take a while to make.
    monkeypatch.setattr(quotas, "MOST_PAIRS", 1)

    def program() -> None:
        overview_dashboard(
            BatchImageUpdater(name, args(job_definitions=[name], dashboard="overview")) for name in "ab"
        )

    recording = Recording()
    with pytest.raises(ConfigErrors, match="set dashboard to none for 1 pair"):
        other_program(program, recording)
    assert recording.all("Dashboard") == []
