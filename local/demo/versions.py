"""The step with a pair that follows versions instead of one tag."""

from __future__ import annotations

from local.demo.screen import flat
from local.demo.stack import join
from local.demo.stage import Stage
from local.seed import push

_POLICY = {"semver": ">=1.4 <2"}


def versions_roll_out(stage: Stage) -> None:
    """(5) The highest version in a range is rolled out; a lower one and one outside change nothing."""
    screen = stage.screen
    screen.title(f"5. A pair that follows versions joins the stack: imagePolicy {_POLICY}")
    pair = join(stage, "search", imagePolicy=_POLICY)

    def pushed(tag: str) -> str:
        digest = push(pair.cloud, pair.repository, f"build {tag}", tag)
        pair.cloud.settle()
        return digest

    pushed("v1.4.0")
    highest = pushed("v1.10.0")
    screen.expect(highest in _image(pair), "v1.4.0 and then v1.10.0 are pushed: v1.10.0 is rolled out")
    registrations, runs = pair.registrations(), pair.runs()
    pushed("v1.9.9")
    screen.expect(pair.runs() == runs + 1, "v1.9.9 is pushed later: the function looks")
    screen.expect(pair.registrations() == registrations, "and goes nowhere: it never goes down")
    for tag in ("v2.0.0", "latest"):
        pushed(tag)
    screen.expect(pair.runs() == runs + 1, "v2.0.0 and latest can't matter: the function does not start")


def _image(stage: Stage) -> str:
    return flat(stage.newest())["containerProperties.image"]
