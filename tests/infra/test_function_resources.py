"""The function that the program registers: configuration, logs, archive, retries, role."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pytest

from handler.settings import Settings
from tests.infra.example import (
    BASE,
    HERE,
    PAIR,
    QUEUE,
    ROLES,
    TAGS,
    needs,
    with_keys,
)
from tests.support.recorder import (
    ACCOUNT,
    ROOT,
    Recording,
    evaluate_main,
)


def test_the_function_is_configured_as_documented(deployed: Recording) -> None:
    function = deployed.one("Function")
    inputs = dict(function.inputs)
    assert inputs.pop("description")
    assert isinstance(inputs.pop("code"), pulumi.AssetArchive)
    assert inputs == {
        "name": BASE,
        "handler": "handler.entry.handle",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "role": f"arn:aws:iam::{ACCOUNT}:role/{PAIR}-role-0123abc",
        "timeout": 300,
        "memorySize": 256,
        "environment": {
            "variables": {
                "PAIR_NAME": PAIR,
                "ECR_REPOSITORY_NAME": "newsarchive-backend",
                "BATCH_JOB_DEFINITION_NAMES": "newsarchivepro-ocr-job-definition",
                "IMAGE_POLICY": '{"tag":"latest"}',
                "IMAGE_PIN": "digest",
                "LOG_LEVEL": "INFO",
            }
        },
        "loggingConfig": {
            "logFormat": "JSON",
            "applicationLogLevel": "INFO",
            "systemLogLevel": "INFO",
            "logGroup": f"/aws/lambda/{BASE}",
        },
        "tags": TAGS,
    }


def test_log_group_and_policy_stand_before_the_function(deployed: Recording) -> None:
    assert {f"{PAIR}-logs", f"{PAIR}-policy", f"{PAIR}-role"} == needs(deployed.one("Function"))


def test_the_options_of_the_pair_reach_the_function_and_its_logs() -> None:
    recording = evaluate_main(
        with_keys(
            timeoutSeconds=60,
            memoryMb=512,
            logRetentionDays=30,
            dryRun=True,
            pin="tag",
            omitFields=["schedulingPriority"],
        )
    )
    function = recording.one("Function").inputs
    assert (function["timeout"], function["memorySize"]) == (60, 512)
    assert recording.one("LogGroup").inputs["retentionInDays"] == 30
    settings = Settings.from_environment(function["environment"]["variables"])
    assert (settings.dry_run, settings.pin, settings.omit_fields) == (True, "tag", ("schedulingPriority",))


@pytest.mark.parametrize(
    ("level", "filter_level"), [("DEBUG", "DEBUG"), ("INFO", "INFO"), ("WARNING", "INFO"), ("ERROR", "INFO")]
)
def test_lambdas_own_log_filter_never_drops_metrics_and_errors(level: str, filter_level: str) -> None:
    function = evaluate_main(with_keys(logLevel=level)).one("Function").inputs
    assert function["loggingConfig"]["applicationLogLevel"] == filter_level
    assert function["environment"]["variables"]["LOG_LEVEL"] == level


def test_the_archive_holds_the_modules_of_the_handler_and_nothing_else(deployed: Recording) -> None:
    code = deployed.one("Function").inputs["code"]
    files = {name: Path(asset.path) for name, asset in code.assets.items()}
    assert files == {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "handler").rglob("*.py")}


def test_the_role_may_do_what_the_pair_needs(deployed: Recording) -> None:
    assert deployed.one("RolePolicy").inputs["role"] == f"{PAIR}-role-0123abc"
    allowed = {
        action: tuple(statement["Resource"])
        for statement in deployed.one("RolePolicy").document("policy")["Statement"]
        for action in statement["Action"]
    }
    definition = f"arn:aws:batch:{HERE}:job-definition/newsarchivepro-ocr-job-definition"
    logs = (f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{BASE}:*",)
    assert allowed == {
        "logs:CreateLogStream": logs,
        "logs:PutLogEvents": logs,
        "batch:DescribeJobDefinitions": ("*",),
        "batch:RegisterJobDefinition": (definition, f"{definition}:*"),
        "batch:TagResource": (definition, f"{definition}:*"),
        "ecr:DescribeImages": (f"arn:aws:ecr:{HERE}:repository/newsarchive-backend",),
        "sqs:SendMessage": (QUEUE,),
        "events:PutEvents": (f"arn:aws:events:{HERE}:event-bus/default",),
        "iam:PassRole": ROLES,
    }


def test_only_with_revisions_to_keep_may_the_role_deregister_and_the_function_knows_how_many() -> None:
    recording = evaluate_main(with_keys(keepRevisions=20))
    (added,) = (
        statement
        for statement in recording.one("RolePolicy").document("policy")["Statement"]
        if "batch:DeregisterJobDefinition" in statement["Action"]
    )
    definition = f"arn:aws:batch:{HERE}:job-definition/newsarchivepro-ocr-job-definition"
    assert added["Resource"] == [definition, f"{definition}:*"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(variables).keep_revisions == 20


def test_without_notices_nothing_may_be_published_and_the_function_knows() -> None:
    quiet = evaluate_main(with_keys(notify=False))
    statements = quiet.one("RolePolicy").document("policy")["Statement"]
    assert "events:PutEvents" not in {action for each in statements for action in each["Action"]}
    variables = quiet.one("Function").inputs["environment"]["variables"]
    assert (variables["NOTIFY"], Settings.from_environment(variables).notify) == ("false", False)


def test_only_lambda_takes_on_the_role(deployed: Recording) -> None:
    (statement,) = deployed.one("Role").document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
