"""``ecr-batch reconcile``, ``redrive`` and ``test``: what calls the deployed function."""

from __future__ import annotations

from typing import Any

from local.http import ApiError
from tests.replay.aws import On, World
from tests.replay.scenario import RECONCILE
from tests.replay.tool.changes import (
    BASE,
    QUEUE,
    each_returns,
    failed,
    fault,
    has,
    in_turn,
    lacks,
    presses_ctrl_c,
    push,
    queued,
    raises,
    returns,
    ticks,
    told,
)
from tests.replay.tool.situation import STACK, TWO, Situation, situations, stack

_INVOKE = "lambda:InvokeFunction"
_ANOTHER = {**STACK, "aws:allowedAccountIds": ["999999999999"]}
_UPDATED = returns(told())
_CURRENT = returns(told("skipped", "already on the selected image", previousRevision=2))
_PAUSED = returns(told("skipped", "paused", previousRevision=None))
_NO_IMAGE = returns(
    told("skipped", "no image with the tag latest", previousRevision=None), selectedImage=None
)
_PRESS = returns(told("failed", "denied", "news"), told("updated", "new", "index"), pair="press")
_BOTH = each_returns(ocr=_UPDATED("", {}), press=_PRESS("", {}))
_FAILS = raises("UpdateFailed", "1 of 1 job definitions failed: job: no such role")
_BROKEN = raises("SettingsError", "IMAGE_POLICY is missing")
_ONE = {"function": _UPDATED}


def _is_not_there(_: World) -> None:
    raise ApiError("ResourceNotFoundException", "Function not found", status=404)


# Any verb here.
_CALLS: dict[str, dict[str, Any]] = {
    "the function is not deployed": {"happens": (On(action=_INVOKE, before=_is_not_there),)},
    "the function may not be called": {"happens": (fault("access-denied", _INVOKE),)},
    "the function does not answer": {"happens": (fault("timeout", _INVOKE),)},
    "the connection is lost": {"happens": (fault("reset", _INVOKE),)},
    "AWS fails": {"happens": (fault("server-error", _INVOKE),)},
    "the function fails": {"function": _FAILS},
    "the function is broken": {"function": _BROKEN},
    "the function says why alone": {"function": lambda *_: {"errorMessage": "timed out after 300 s"}},
    "the function answers nonsense": {"function": lambda *_: "nonsense"},
    "another account": {"stack": _ANOTHER, "deployed": STACK},
    "Ctrl-C while the function runs": {
        "happens": (On(action=_INVOKE, before=presses_ctrl_c),),
        "function": _UPDATED,
    },
}
_EVENTS = (queued(push()), queued(failed(push("v2"))), queued(failed(RECONCILE), "no event"))
_VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "reconcile": ("reconcile", {}),
    "redrive": ("redrive --yes", {"before": _EVENTS}),
    "test": ("test", {}),
}
SITUATIONS: dict[str, Situation] = {
    f"ecr-batch {verb}: {name}{', as JSON' if 'json' in options else ''}": Situation(
        words=f"{options}{words}", **{**usual, **how}
    )
    for verb, (words, usual) in _VERBS.items()
    for name, how in _CALLS.items()
    for options in ("", "-o json ")
    if not options or "function" in how
}
SITUATIONS |= situations(
    "reconcile",
    {
        "as usual": {"function": _UPDATED},
        "as JSON": {"words": "-o json reconcile", "function": _UPDATED},
        "nothing to do": {"function": _CURRENT},
        "one definition": {"words": "reconcile job", "function": _UPDATED},
        "the same definition twice": {"words": "reconcile job job", "function": _UPDATED},
        "an unknown definition": {"words": "reconcile job other"},
        "dry run": {"words": "reconcile --dry-run", "function": returns(told("skipped"), dryRun=True)},
        "paused": {"function": _PAUSED},
        "paused, as JSON": {"words": "-o json reconcile", "function": _PAUSED},
        "no image": {"function": _NO_IMAGE},
        "two pairs": {"stack": TWO, "function": _BOTH},
        "two pairs, as JSON": {"words": "-o json reconcile", "stack": TWO, "function": _BOTH},
        "two pairs, one fails": {
            "stack": TWO,
            "function": each_returns(ocr=_FAILS("", {}), press=_PRESS("", {})),
        },
        "one of two pairs": {"words": "-p press reconcile index", "stack": TWO, "function": _BOTH},
        "definitions of two pairs": {"words": "reconcile index job", "stack": TWO, "function": _BOTH},
        "another timeout": {
            "stack": stack(timeoutSeconds=30),
            "happens": (fault("timeout", _INVOKE),),
        },
        "throttled": {"happens": (fault("throttle", _INVOKE),)},
        "on a narrow terminal": {"function": _UPDATED, "screen": 40},
    },
    words="reconcile",
)
SITUATIONS |= situations(
    "redrive",
    {
        "as usual": _ONE,
        "as JSON": {"words": "-o json redrive --yes", **_ONE},
        "nothing waits": {"before": ()},
        "nothing waits, as JSON": {"words": "-o json redrive", "before": ()},
        "all succeed": {**_ONE, "before": _EVENTS[:2]},
        "one of them fails": {"before": _EVENTS[:2], "function": in_turn(_FAILS, _UPDATED)},
        "dry run": {"words": "redrive --dry-run"},
        "dry run, as JSON": {"words": "-o json redrive --dry-run"},
        "at most one": {"words": "redrive -y --limit 1", **_ONE},
        "a limit of none": {"words": "redrive --limit 0"},
        "answered yes": {"words": "redrive", "types": "yes\n", **_ONE},
        "answered no": {"words": "redrive", "types": "n\n"},
        "answered no, as JSON": {"words": "-o json redrive", "types": "n\n"},
        "nobody to ask": {"words": "redrive"},
        "held by others": {**_ONE, "before": (queued(push(), held=True),)},
        "held by others, and some wait": {
            "before": (queued(push(), held=True), queued(push())),
            "words": "-o json redrive --yes",
            **_ONE,
        },
        "sent after the beginning": {**_ONE, "before": (queued(push(), minutes=-5),)},
        "paused": {"function": _PAUSED},
        "the function rehearses": {"function": returns(told("skipped"), dryRun=True)},
        "no outcomes": {"function": lambda *_: {"pair": "ocr"}},
        "events of every kind": {
            **_ONE,
            "before": (
                queued(ticks([f"{BASE}-reconcile"]), {"detail-type": "x", "source": "y", "time": "now"}),
                queued({"detail": 1, "source": "y", "detail-type": "z"}, "[1]", "{", "x" * 100),
            ),
        },
        "two pairs": {
            "stack": TWO,
            "function": _BOTH,
            "before": (queued(push()), queued(push("stable"), queue=QUEUE.replace("ocr", "press"))),
        },
        "at most one of two pairs": {
            "words": "redrive -y --limit 1",
            "stack": TWO,
            "function": _BOTH,
            "before": (queued(push(), push()), queued(push("stable"), queue=QUEUE.replace("ocr", "press"))),
        },
        "no queue": {"before": (lacks("Queue"),)},
        "denied": {"happens": (fault("access-denied", "sqs:ReceiveMessage"),)},
        "a message can't be deleted": {"happens": (fault("access-denied", "sqs:DeleteMessage"),), **_ONE},
        "messages can't be shown again": {
            "happens": (fault("access-denied", "sqs:ChangeMessageVisibility"),),
            "function": _FAILS,
        },
        "Ctrl-C while a message is received": {
            "happens": (On(action="sqs:ReceiveMessage", nth=2, before=presses_ctrl_c),),
            **_ONE,
        },
        "Ctrl-C while a message is deleted, as JSON": {
            "words": "-o json redrive --yes",
            "happens": (On(action="sqs:DeleteMessage", before=presses_ctrl_c),),
            **_ONE,
        },
        "on a terminal": {**_ONE, "screen": 80},
    },
    words="redrive --yes",
    before=_EVENTS,
)
SITUATIONS |= situations(
    "test",
    {
        "as usual": {"function": returns(told("skipped", "dry run, would register"), dryRun=True)},
        "as JSON": {"words": "-o json test", "function": returns(told("skipped"), dryRun=True)},
        "nothing to do": {"function": _CURRENT},
        "paused": {"function": _PAUSED},
        "no image": {"function": _NO_IMAGE},
        "no image of a policy": {
            "stack": stack(imagePolicy={"semver": "*"}),
            "function": _NO_IMAGE,
        },
        "the rule is disabled": {
            "before": (has("EventRule", {"name": BASE}, state="DISABLED"),),
            "function": _CURRENT,
        },
        "the rule lets no push through": {
            "before": (has("EventRule", {"name": BASE}, eventPattern='{"source": ["x"]}'),),
            "function": _CURRENT,
        },
        "the rule lets no push through, as JSON": {
            "words": "-o json test",
            "before": (has("EventRule", {"name": BASE}, eventPattern='{"source": ["x"]}'),),
            "function": _CURRENT,
        },
        "no rule": {"before": (lacks("EventRule", name=BASE),), "function": _CURRENT},
        "the rule may not be read": {
            "happens": (fault("access-denied", "events:DescribeRule"),),
            "function": _CURRENT,
        },
        "a pair with dryRun": {
            "stack": stack(dryRun=True),
            "function": returns(told("skipped"), dryRun=True),
        },
        "two pairs": {"stack": TWO, "function": _BOTH},
        "two pairs, as JSON": {"words": "-o json test", "stack": TWO, "function": _BOTH},
        "on a narrow terminal": {"function": _CURRENT, "screen": 50},
    },
    words="test",
)
