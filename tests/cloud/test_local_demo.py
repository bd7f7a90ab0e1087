"""The demonstration, whose steps `.ci/run` plays: that it notices what does not hold."""

from __future__ import annotations

import pytest

from local.cloud import Cloud
from local.demo.screen import Screen
from local.demo.stage import Stage
from local.demo.steps import push_rolls_out


def test_an_expectation_that_does_not_hold_is_noticed(
    cloud: Cloud, deployed: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.client("events").disable_rule(Name="ecr-batch-updater-dev-newsarchivepro")
    screen = Screen()
    stage = Stage(
        cloud=cloud,
        screen=screen,
        repository="newsarchive-backend",
        tag="latest",
        job_definition="newsarchivepro-ocr-job-definition",
        outputs=deployed,
    )
    push_rolls_out(stage)
    assert screen.failed == ["there is one new revision", "it carries the image that was pushed"]
    assert "FAILED" in capsys.readouterr().out
