"""What is encrypted in the configuration, or secret in another program, stays so in Pulumi's state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import BatchImageUpdater, ConfigErrors, following_job_definition
from tests.infra.other_program import args, other_program
from tests.support.recorder import (
    ACCOUNT,
    Place,
    Recording,
    comparable,
    evaluate,
    evaluate_main,
    in_the_clear,
)

PAIR: dict[str, Any] = {
    "repository": "hush/repository",
    "jobDefinitions": ["hush-definition", "hush-other"],
    "passRoles": [f"arn:aws:iam::{ACCOUNT}:role/hush-role"],
    "permissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/hush-boundary",
    "imagePolicy": {"glob": "hush-*"},
    "requires": {"maxSeverity": "HIGH", "scanTimeout": "97m"},
    "adopt": {"hush-definition": ["hush-container"]},
    "reconcile": "rate(97 minutes)",
    "followChanges": True,
    "tags": {"team": "hush-team"},
    "alarmTopics": [f"arn:aws:sns:ap-southeast-2:{ACCOUNT}:hush-topic"],
}
EMAIL = "hush@example.com"


def stack(**keys: Any) -> dict[str, Any]:
    return {f"ecr-batch-updater:{key}": value for key, value in keys.items()}


def deploy(config: dict[str, Any], *secret: str, **options: Any) -> Recording:
    return evaluate_main(config, secret_keys=[f"ecr-batch-updater:{key}" for key in secret], **options)


def secrets_in(text: str) -> list[str]:
    return [word for word in ("hush", "97") if word in text]


def test_what_is_not_encrypted_is_in_the_clear() -> None:
    found = in_the_clear(deploy(stack(pairs={"ocr": PAIR}, alarmEmails=[EMAIL])))
    assert secrets_in(found) == ["hush", "97"]


def test_nothing_of_an_encrypted_pair_is_in_the_clear() -> None:
    recording = deploy(stack(pairs={"ocr": PAIR}), "pairs")
    assert secrets_in(in_the_clear(recording)) == []
    assert not [resource.name for resource in recording.resources if "hush" in resource.name]
    # The provider's copy of the tags is an output, and follows no input.
    tagged = [resource for resource in recording.resources if "tags" in resource.sent]
    assert len(tagged) == len([resource for resource in tagged if "tagsAll" in resource.secret_outputs]) > 10


def test_the_outputs_and_the_names_stay_readable() -> None:
    recording = deploy(stack(pairs={"ocr": PAIR}), "pairs")
    assert recording.exports == deploy(stack(pairs={"ocr": PAIR})).exports
    assert recording.one("Function").inputs["name"] == "ecr-batch-updater-dev-ocr"


def test_what_is_encrypted_is_what_would_be_in_the_clear() -> None:
    config = stack(pairs={"ocr": PAIR}, alarmEmails=[EMAIL])
    encrypted = deploy(config, "pairs", "alarmEmails")
    assert unwrapped(comparable(encrypted)) == comparable(deploy(config))


def test_encrypted_defaults_encrypt_the_pairs_that_take_them() -> None:
    own = {"repository": "backend", "jobDefinitions": ["ocr-job"]}
    shared = {key: value for key, value in PAIR.items() if key not in (*own, "adopt")}
    recording = deploy(stack(pairs={"ocr": own}, defaults=shared), "defaults")
    assert secrets_in(in_the_clear(recording)) == []


def test_encrypted_addresses_leave_the_pairs_in_the_clear() -> None:
    pairs = {"ocr": {"repository": "backend", "jobDefinitions": ["ocr-job"]}}
    recording = deploy(stack(pairs=pairs, alarmEmails=[EMAIL]), "alarmEmails")
    assert secrets_in(in_the_clear(recording)) == []
    assert '"ECR_REPOSITORY_NAME": "backend"' in in_the_clear(recording)


@pytest.mark.parametrize(
    ("key", "config", "told"),
    [
        (
            "pairs",
            {"pairs": {"ocr": {**PAIR, "repository": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/hush"}}},
            'pair "ocr", key "repository": found a secret value, expected the bare name of a repository',
        ),
        (
            "pairs",
            {"pairs": {"ocr": {**PAIR, "tags": {"team": "hush!"}}}},
            'key "tags": found a secret value, expected tag values of at most 256 letters',
        ),
        (
            "defaults",
            {"pairs": {"ocr": PAIR}, "defaults": {"alarmTopics": ["hush"]}},
            'key "defaults.alarmTopics[0]": found a secret value, expected the ARN of an SNS topic',
        ),
        (
            "pairs",
            {"pairs": {"a": {**PAIR, "tags": {}}, "b": {**PAIR, "tags": {}}}},
            'pair "b", key "jobDefinitions": found a secret value, expected each job definition in one pair',
        ),
        (
            "alarmEmails",
            {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["a"]}}, "alarmEmails": ["hush"]},
            'key "alarmEmails[0]": found a secret value, expected an e-mail address',
        ),
        (
            "protect",
            {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["a"]}}, "protect": "hush"},
            'key "protect": found a secret value, expected true or false',
        ),
        (
            "rulesPerBus",
            {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["a"]}}, "rulesPerBus": "hush"},
            'key "rulesPerBus": found a secret value, expected a whole number',
        ),
        (
            "pairs",
            {"pairs": {"ocr": {"jobDefinition": ["hush"], "repository": "backend"}}},
            "found an unknown key, expected a known one. Remedy: did you mean jobDefinitions",
        ),
        ("pairs", {"pairs": {"OCR": PAIR}}, "found 'OCR', expected lower-case letters"),
    ],
)
def test_an_error_about_an_encrypted_value_tells_the_key_and_not_the_value(
    key: str, config: dict[str, Any], told: str
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        deploy(stack(**config), key)
    assert told in str(caught.value)
    assert secrets_in(str(caught.value)) == []


def test_secret_args_of_another_program_are_secret_in_all_that_is_made_of_them() -> None:
    secret = pulumi.Output.secret

    def program() -> None:
        BatchImageUpdater(
            "ocr",
            args(
                repository=secret(PAIR["repository"]),
                job_definitions=["plain", secret("hush-definition")],
                pass_roles=[secret(role) for role in PAIR["passRoles"]],
                alarm_topics=[secret(topic) for topic in PAIR["alarmTopics"]],
                tags={"team": secret("hush-team"), "stage": "plain"},
                requires={"max_severity": "HIGH"},
                reconcile="rate(1 hour)",
                follow_changes=True,
            ),
        )

    recording = other_program(program)
    assert secrets_in(in_the_clear(recording)) == []
    tags = recording.one("Queue").sent["tags"]
    assert (tags["stage"], tags["pair"]) == ("plain", "ocr")
    assert "inlinePolicies" in recording.one("Role").secret_outputs
    assert {name for resource in recording.all("Queue") for name in resource.secret_outputs} == {"tagsAll"}


def test_plain_tags_leave_the_providers_copy_of_them_in_the_clear() -> None:
    recording = other_program(lambda: BatchImageUpdater("ocr", args(tags={"team": "ocr"})))
    assert recording.one("Queue").secret_outputs == frozenset()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("repository", pulumi.Output.secret, "the name of an ECR repository"),
        ("tags", lambda value: {"team": pulumi.Output.secret(value)}, "tag values of at most 256 letters"),
        ("tags", lambda value: pulumi.Output.secret({"team": value}), "tag values of at most 256 letters"),
        ("alarm_topics", lambda value: [pulumi.Output.secret(value)], "the ARN of an SNS topic"),
    ],
)
def test_an_error_about_a_secret_arg_tells_the_key_and_not_the_value(
    key: str, value: Callable[[str], Any], expected: str
) -> None:
    with pytest.raises(ConfigErrors) as caught:
        other_program(lambda: BatchImageUpdater("ocr", args(**{key: value("Hush!")})))
    assert f'key "{key}' in str(caught.value)
    assert f"found a secret value, expected {expected}" in str(caught.value)
    assert "ush" not in str(caught.value)


def test_the_revision_that_a_job_definition_is_compared_with_is_encrypted_in_the_state() -> None:
    url = f"{ACCOUNT}.dkr.ecr.ap-southeast-2.amazonaws.com/backend"
    document = {"image": f"{url}@sha256:{'ab' * 32}", "environment": [{"name": "KEY", "value": "hush"}]}

    def program() -> None:
        written = {
            **document,
            "image": url,
            "environment": [{"name": "KEY", "value": pulumi.Output.secret("hush")}],
        }
        following_job_definition(
            "ocr", name="ocr-job", repository=url, type="container", container_properties=written
        )

    place = Place(job_definitions={"ocr-job": {"containerProperties": json.dumps(document)}})
    recording = evaluate(program, place=place)
    (read,) = recording.reads
    assert {"containerProperties", "eksProperties", "tags", "tagsAll", "parameters"} <= read.secret_outputs
    assert secrets_in(in_the_clear(recording)) == []


def unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        if pulumi.runtime.rpc.is_rpc_secret(value):
            return unwrapped(value["value"])
        return {key: unwrapped(item) for key, item in value.items()}
    return [unwrapped(item) for item in value] if isinstance(value, list) else value
