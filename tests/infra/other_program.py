"""Another Pulumi program that uses the component."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import ConfigErrors
from components.args import BatchImageUpdaterArgs
from tests.support.recorder import ACCOUNT, COMPONENT, Recording, evaluate

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ocr-job"
TOPIC = f"arn:aws:sns:ap-southeast-2:{ACCOUNT}:team"


def args(**keys: Any) -> BatchImageUpdaterArgs:
    return {"repository": "backend", "job_definitions": ["ocr-job"], **keys}  # type: ignore[typeddict-item]


def other_program(program: Callable[[], Any], recording: Recording | None = None) -> Recording:
    return evaluate(program, project="platform", stack_name="prod", recording=recording)


def later(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value).apply(lambda known: known)


def refused(*programs: Callable[[], Any]) -> str:
    """The message of the error that the last program raises; nothing may have been registered by it."""
    recording = Recording()
    before = 0

    def run() -> None:
        nonlocal before
        for program in programs[:-1]:
            program()
        before = len(programs) - 1
        programs[-1]()

    with pytest.raises(ConfigErrors) as caught:
        other_program(run, recording)
    assert len([r for r in recording.resources if r.type == COMPONENT]) == before
    return str(caught.value)
