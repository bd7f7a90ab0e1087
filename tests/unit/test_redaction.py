"""What stays out of messages, and what stays in."""

from __future__ import annotations

from typing import Any

import pytest

from handler.aws.failed_registration import without_contents

CONTAINER: dict[str, Any] = {
    "image": "backend:latest",
    "command": ["run", "--key=from-command"],
    "environment": [{"name": "PASSWORD", "value": "from-environment"}, {"name": "LOG", "value": "INFO"}],
    "secrets": [{"name": "DATABASE", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:database"}],
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "from-options"}},
}
POD = {"image": "x", "args": ["from-args"], "env": [{"name": "TOKEN", "value": "from-env"}]}
SHAPES = {
    "container": {"containerProperties": CONTAINER},
    "multi-node": {"nodeProperties": {"nodeRangeProperties": [{"container": CONTAINER}]}},
    "multi-container": {"ecsProperties": {"taskProperties": [{"containers": [CONTAINER]}]}},
    "parameters": {"parameters": {"token": "from-parameters"}},
    "pod": {"eksProperties": {"podProperties": {"containers": [], "initContainers": [POD]}}},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_a_user_fills_in_freely_is_not_shown(shape: str) -> None:
    document = {"jobDefinitionName": "job", **SHAPES[shape]}
    assert "from-" not in without_contents(f"{document} is refused", document)


def test_what_tells_the_fault_is_left() -> None:
    document = SHAPES["container"]
    text = (
        "PASSWORD, LOG=INFO, backend:latest, splunk-token, arn:aws:secretsmanager:eu-west-1:1:secret:database"
    )
    assert without_contents(text, document) == text


def test_a_value_that_is_part_of_another_leaves_no_rest() -> None:
    document = {"parameters": {"a": "abcdef", "b": "abcdefghi"}}
    assert without_contents("abcdefghi", document) == "(not shown)"


def test_a_value_is_found_as_json_writes_it() -> None:
    document = {"parameters": {"a": 'quo"ted\n'}}
    assert without_contents(r"{\"a\": \"x\"} quo\"ted\n", document) == r"{\"a\": \"x\"} (not shown)"
