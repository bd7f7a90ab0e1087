"""``ecr-batch hold``, ``unhold`` and ``rollback``: what an operator registers."""

from __future__ import annotations

from typing import Any

from tests.replay.aws import Image, On
from tests.replay.scenario import deregisters, job, ours, registers, untags
from tests.replay.tool.changes import (
    answers,
    fault,
    is_so,
    lacks,
    presses_ctrl_c,
    raises,
    returns,
    told,
)
from tests.replay.tool.situation import (
    BEHIND,
    FOREIGN,
    HELD,
    NEWER,
    OLDER,
    STACK,
    TWO,
    Situation,
    situations,
    stack,
)

_REGISTER, _INVOKE = "batch:RegisterJobDefinition", "lambda:InvokeFunction"
_ANOTHER = {**STACK, "aws:allowedAccountIds": ["999999999999"]}
_OVER_THE_HOLD = (*HELD, job("c", command=["other"]))
_LATE = (job("a"), ours(1, "a", hold="bad"), job("a", command=["x"]), ours(2, "a", hold="bad"))
_MOVED = (job(":v1"), ours(1, "b"))


def _registers_meanwhile(nth: int = 1) -> On:
    return On(action=_REGISTER, nth=nth, before=registers(job("b", command=["meanwhile"])))


_CHANGING: dict[str, dict[str, Any]] = {
    "foreign": {"revisions": FOREIGN},
    "no revision": {"revisions": ()},
    "all INACTIVE": {"before": (deregisters(1, 2),)},
    "somebody registers meanwhile": {"happens": (_registers_meanwhile(),)},
    "denied": {"happens": (fault("access-denied", _REGISTER),)},
    "refused": {"happens": (fault("refused", _REGISTER),)},
    "throttled once": {"happens": (fault("throttle", _REGISTER, times=1),)},
    "unclear once": {"happens": (fault("timeout-after", _REGISTER, times=1),)},
    "unclear for good": {"happens": (fault("timeout", _REGISTER),)},
    "a server error": {"happens": (fault("server-error", _REGISTER),)},
    "another account": {"stack": _ANOTHER, "deployed": STACK},
    "Ctrl-C at the registration": {"happens": (On(action=_REGISTER, before=presses_ctrl_c),)},
    "Ctrl-C at the first call": {"happens": (On(action="sts:GetCallerIdentity", before=presses_ctrl_c),)},
    "pinned by tag": {"stack": stack(pin="tag"), "deployed": STACK, "revisions": _MOVED},
}
_VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "hold": ("hold job", {}),
    "unhold": ("unhold job", {"revisions": HELD, "function": returns(told("updated", "follows again"))}),
    "rollback": ("rollback job --yes", {}),
}
SITUATIONS: dict[str, Situation] = {
    f"ecr-batch {verb}: {name}": Situation(words=words, **{**usual, **how})
    for verb, (words, usual) in _VERBS.items()
    for name, how in _CHANGING.items()
}
SITUATIONS |= {
    f"ecr-batch hold: {name}": situation
    for name, situation in {
        "as usual": Situation(words="hold job"),
        "as JSON": Situation(words="-o json hold job --reason 'bad model; see #42'"),
        "on hold already": Situation(words="hold job --reason worse", revisions=HELD),
        "on hold already, as JSON": Situation(words="-o json hold job", revisions=HELD),
        "another image over the hold": Situation(words="hold job", revisions=_OVER_THE_HOLD),
        "settings that the hold did not see": Situation(words="hold job", revisions=_LATE),
        "an empty reason": Situation(words="hold job --reason ' '"),
        "the word that ends a hold": Situation(words="hold job --reason released"),
        "a definition of no pair": Situation(words="hold other"),
        "of one of two pairs": Situation(
            words="-p press hold news", stack=TWO, revisions=(job(":stable", "news"),)
        ),
        "by a role's session": Situation(
            words="hold job",
            before=(is_so(caller="arn:aws:sts::123456789012:assumed-role/ops/bob@example.com"),),
        ),
        "tags that are full": Situation(
            words="-o json hold job", revisions=(job("a", tags={f"t{n}": "x" for n in range(48)}),)
        ),
        "several times in a row": Situation(
            words="hold job",
            happens=tuple(_registers_meanwhile(nth) for nth in range(1, 12)),
        ),
        "on a terminal": Situation(words="hold job", screen=60),
    }.items()
}
SITUATIONS |= situations(
    "unhold",
    {
        "as usual": {"function": returns(told("updated", "follows again", previousRevision=3))},
        "as JSON": {"words": "-o json unhold job", "function": returns(told())},
        "not on hold": {"revisions": BEHIND},
        "not on hold, as JSON": {"words": "-o json unhold job", "revisions": BEHIND},
        "the pair is paused": {"function": returns(told("skipped", "paused", previousRevision=None))},
        "the function fails": {"function": raises("UpdateFailed", "job: denied")},
        "the function fails, as JSON": {
            "words": "-o json unhold job",
            "function": raises("EventError", "no such action"),
        },
        "the function is gone": {"happens": (fault("not-found", _INVOKE),)},
        "the function may not be called": {"happens": (fault("access-denied", _INVOKE),)},
        "no function is deployed": {
            "before": (lacks("Function"),),
        },
        "the function does not answer": {"happens": (fault("timeout", _INVOKE),)},
        "Ctrl-C while the function runs": {
            "happens": (On(action=_INVOKE, before=presses_ctrl_c),),
            "function": returns(told()),
        },
    },
    words="unhold job",
    revisions=HELD,
)
SITUATIONS |= situations(
    "rollback",
    {
        "as usual": {},
        "as JSON": {"words": "-o json rollback job -y --reason 'bad model'"},
        "answered yes": {"words": "rollback job", "types": "y\n"},
        "answered yes in full, as JSON": {"words": "-o json rollback job", "types": "YES\n"},
        "answered no": {"words": "rollback job", "types": "n\n"},
        "answered nothing": {"words": "rollback job", "types": "\n"},
        "answered no, as JSON": {"words": "-o json rollback job", "types": "no\n"},
        "the end of input": {"words": "rollback job", "types": ""},
        "nobody to ask": {"words": "rollback job"},
        "to a revision": {"words": "rollback job --yes --to 1"},
        "to an INACTIVE one": {"words": "rollback job --yes --to 1", "before": (deregisters(1),)},
        "to one with its settings": {
            "words": "rollback job --to 1 --settings",
            "types": "y\n",
            "revisions": (job("a", command=["old"], memory=1), ours(1, "b"), job("b", command=["new"])),
        },
        "to one that is not there": {"words": "rollback job --yes --to 9"},
        "to the newest": {"words": "rollback job --yes --to 2"},
        "to a foreign one": {"words": "rollback job --yes --to 1", "revisions": (job("busybox:1"), job("b"))},
        "to revision 0": {"words": "rollback job --to 0"},
        "no earlier image": {"revisions": BEHIND},
        "no earlier image, as JSON": {"words": "-o json rollback job --yes", "revisions": BEHIND},
        "the image is gone": {"images": (NEWER,)},
        "the image is archived": {
            "images": (Image(letter="a", details={"imageStatus": "ARCHIVED"}), NEWER),
        },
        "one image is passed over": {
            "revisions": (job("a"), job("c"), ours(2, "b")),
            "words": "-o json rollback job --yes",
        },
        "the image goes meanwhile": {
            "happens": (answers("ecr:DescribeImages", {"imageDetails": []}, nth=3),),
        },
        "a revision that names a tag": {
            "revisions": _MOVED,
            "images": (Image(letter="a", tags=("v1",)), NEWER),
        },
        "a tag that moved": {"revisions": _MOVED, "images": (Image(letter="b", tags=("v1", "latest")),)},
        "a tag that was ours": {
            "revisions": (
                job("a"),
                {
                    **ours(1, ":v1"),
                    "tags": {
                        "ecr-batch-updater/image-tag": "v1",
                        "ecr-batch-updater/image-digest": "sha256:" + "a" * 64,
                    },
                },
                ours(2, "b"),
            ),
            "images": (OLDER, Image(letter="b", tags=("v1", "latest"))),
        },
        "on hold already": {"revisions": HELD},
        "on hold already, to a revision": {
            "words": "rollback job --yes --to 1",
            "revisions": (job("a"), ours(1, "b"), ours(2, "b", hold="keep")),
        },
        "done already": {
            "words": "rollback job --yes --to 1 --reason again",
            "revisions": (job("a"), ours(1, "b"), ours(2, "a", hold="again")),
        },
        "Ctrl-C at the images": {"happens": (On(action="ecr:DescribeImages", before=presses_ctrl_c),)},
        "the image can't be asked for": {"happens": (fault("access-denied", "ecr:DescribeImages"),)},
        "tags that go meanwhile": {
            "happens": (On(action=_REGISTER, before=untags("latest")),),
        },
        "two definitions, one meant": {
            "words": "rollback index --yes",
            "stack": stack(jobDefinitions=["job", "index"]),
            "revisions": (job("a"), job("a", "index"), ours(1, "b", name="index")),
        },
        "on a narrow terminal": {"words": "rollback job", "types": "y\n", "screen": 40},
    },
    words="rollback job --yes",
)
