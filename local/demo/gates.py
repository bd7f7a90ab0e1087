"""The step with a pair whose images must pass a scan before they are rolled out."""

from __future__ import annotations

import json
from typing import Any

from local.demo.screen import flat
from local.demo.stack import join
from local.demo.stage import Stage
from local.seed import push

_REQUIRES = {"maxSeverity": "HIGH"}


def gates_hold_back(stage: Stage) -> None:
    """(6) An image with a critical finding is held back; the next one, which has none, is rolled out."""
    screen = stage.screen
    screen.title(f"6. A pair with a gate joins the stack: requires {_REQUIRES}")
    pair = join(stage, "index", requires=_REQUIRES, reconcile="rate(1 hour)")
    pair.cloud.client("ecr").put_image_scanning_configuration(
        repositoryName=pair.repository, imageScanningConfiguration={"scanOnPush": True}
    )
    before = _image(pair)
    bad = push(pair.cloud, pair.repository, "build with a hole", pair.tag)
    pair.cloud.settle()
    screen.say(f"log: {_outcome(pair)['reason']}")
    pair.cloud.scans.finish(pair.repository, bad, {"CRITICAL": 1, "LOW": 2})
    pair.cloud.settle()
    refused = _outcome(pair)
    screen.say(f"log: {refused['reason']}")
    screen.expect(refused.get("gate") == "maxSeverity", "the gate maxSeverity refuses the image")
    screen.expect(_image(pair) == before, "the job definition stays where it is")
    screen.expect(not pair.failures(), "a refusal is no failure: nothing is in the failure queue")
    good = push(pair.cloud, pair.repository, "build without the hole", pair.tag)
    pair.cloud.scans.finish(pair.repository, good, {"LOW": 2})
    pair.cloud.settle()
    screen.expect(good in _image(pair), "the next image has no such finding, and is rolled out")


def _image(stage: Stage) -> str:
    return flat(stage.newest())["containerProperties.image"]


def _outcome(stage: Stage) -> dict[str, Any]:
    """The last outcome that was logged."""
    found: dict[str, Any] = json.loads(stage.log_lines("{ $.outcome = * }")[-1])
    return found
