"""Every call times every fault (docs/fault-matrix.md), once and always; and those of the rarer calls."""

from __future__ import annotations

import json
from collections.abc import Callable

from local.faults import AFTER, BEFORE
from local.http import ApiError
from tests.replay.aws import Image, On, World, blobs
from tests.replay.scenario import RECONCILE, Scenario, job, ours

_ALWAYS = 1000
_STEPS = (
    ("batch:DescribeJobDefinitions", 1, BEFORE),
    ("ecr:DescribeImages", 1, BEFORE),
    ("batch:RegisterJobDefinition", 1, BEFORE + AFTER),
    ("ecr:DescribeImages", 2, BEFORE),
    ("events:PutEvents", 1, BEFORE),
)


def _denies(action: str) -> Callable[[World], None]:
    def change(_: World) -> None:
        words = f"User: x is not authorized to perform: {action} on resource: y"
        raise ApiError("AccessDeniedException", words, status=403)

    return change


def _attempts(action: str, times: int) -> int:
    """A fault that stays spoils every attempt alike, but for one that comes once all is done."""
    return 2 if times == 1 or action == "events:PutEvents" else 1


SCENARIOS: dict[str, Scenario] = {
    f"fault {kind} of {action} {nth}, {'once' if times == 1 else 'always'}": Scenario(
        revisions=(job("a"),),
        happens=(On(action=action, nth=nth, times=times, fault=kind),),
        attempts=_attempts(action, times),
    )
    for action, nth, kinds in _STEPS
    for kind in kinds
    for times in (1, _ALWAYS)
}
SCENARIOS |= {
    f"fault {kind} of batch:DeregisterJobDefinition": Scenario(
        revisions=(job("a"), ours(1, "a"), ours(2, "a")),
        pair={"keepRevisions": 1},
        happens=(On(action="batch:DeregisterJobDefinition", times=_ALWAYS, fault=kind),),
    )
    for kind in ("throttle", "not-found", "server-error", "timeout", "access-denied")
}
_CONFIG = json.dumps({"os": "linux", "architecture": "amd64"}).encode()
_MANIFEST = {"config": {"digest": next(iter(blobs([_CONFIG])))}}
_SCAN = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {}}}
SCENARIOS |= {
    f"fault {kind} of {action}": Scenario(
        pair={
            "requires": {"maxSeverity": "HIGH", "platform": "linux/amd64"},
            "reconcile": "rate(1 hour)",
        },
        images=(Image(letter="b", tags=("latest",), minutes=5, manifest=_MANIFEST, scan=scan),),
        blobs=(_CONFIG,),
        happens=(On(action=action, times=times, fault=kind),),
    )
    for action, scan in (
        ("ecr:BatchGetImage", _SCAN),
        ("ecr:GetDownloadUrlForLayer", _SCAN),
        ("s3:GET", _SCAN),
        ("ecr:DescribeImageScanFindings", _SCAN),
        ("ecr:BatchGetRepositoryScanningConfiguration", None),
    )
    for kind, times in (("throttle", 1), ("access-denied", 1), ("malformed", 1), ("server-error", _ALWAYS))
}
SCENARIOS |= {
    f"fault {kind} of a listing's second page": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.0.0",)), Image(letter="d", tags=("1.1.0",))),
        page=1,
        happens=(On(action="ecr:DescribeImages", nth=2, fault=kind),),
        steps=(RECONCILE,),
    )
    for kind in ("server-error", "malformed", "access-denied")
}
SCENARIOS |= {
    f"denied: {words}": Scenario(
        happens=(On(action="batch:RegisterJobDefinition", before=_denies(words)),),
    )
    for words in (
        "iam:PassRole",
        "batch:RegisterJobDefinition",
        "batch:TagResource",
        "batch:UntagResource",
    )
}
SCENARIOS |= {
    f"notices: {name}": Scenario(
        revisions=tuple(job("a", definition) for definition in names),
        happens=tuple(
            On(action="events:PutEvents", nth=nth, answer=answer) for nth, answer in enumerate(answers, 1)
        ),
    )
    for name, names, answers in (
        (
            "one passes by itself",
            ("one", "two"),
            [{"Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}]}],
        ),
        (
            "one stays",
            ("one", "two"),
            [{"Entries": [{"EventId": "1"}, {"ErrorCode": "InvalidArgument", "ErrorMessage": "no"}]}],
        ),
        ("throttled for good", ("one",), [{"Entries": [{"ErrorCode": "ThrottlingException"}]}] * 3),
        ("none told of", ("one",), [{"Entries": []}]),
        ("eleven need two calls", tuple(f"job-{number}" for number in range(11)), []),
    )
}
