"""``ecr-batch simulate`` and ``policy try``: what would be."""

from __future__ import annotations

import json
from typing import Any

from tests.replay.aws import Image, On
from tests.replay.scenario import RECONCILE, job
from tests.replay.tool.changes import BASE, answers, failed, fault, presses_ctrl_c, push, ticks
from tests.replay.tool.situation import BEHIND, FOREIGN, HELD, OLDER, STACK, TWO, Situation, stack

_IMAGES = (
    Image(letter="a", tags=("1.3.0", "old"), minutes=60),
    Image(letter="b", tags=("1.4.0", "latest"), minutes=30),
    Image(letter="c", tags=("2.0.0", "1.5.0-rc1"), minutes=1),
)
_LIST = "main-3\nmain-10\n# a comment\n\nother\n"
_TIMED = "v1 2026-01-01T10:00:00Z\nv2,2026-01-01T11:00:00\n"
_TWO = (job("a"), job(":stable", "news"), job("a", "index"))


def _simulate(event: Any, words: str = "simulate event.json", **how: Any) -> Situation:
    text = event if isinstance(event, str) else json.dumps(event)
    return Situation(words=words, files={"event.json": text}, **{"revisions": BEHIND, **how})


_JSON = "-o json simulate event.json"
SITUATIONS: dict[str, Situation] = {
    f"ecr-batch simulate: {name}": situation
    for name, situation in {
        "a push": _simulate(push()),
        "a push, as JSON": _simulate(push(), _JSON),
        "a push from standard input": Situation(
            words="simulate -", input=json.dumps(push()), revisions=BEHIND
        ),
        "a push of another tag": _simulate(push("v2")),
        "a push of another tag, as JSON": _simulate(push("v2"), _JSON),
        "a push to another repository": _simulate(push(**{"repository-name": "other"})),
        "a push that failed": _simulate(push(result="FAILURE")),
        "a reconcile": _simulate(RECONCILE),
        "a reconcile of one definition": _simulate(
            {**RECONCILE, "jobDefinitions": ["index"]},
            stack=stack(jobDefinitions=["job", "index"]),
            deployed=STACK,
            revisions=(job("a"), job("a", "index")),
        ),
        "a reconcile of an unknown definition": _simulate({**RECONCILE, "jobDefinitions": ["other"]}),
        "a tick": _simulate(ticks([f"{BASE}-reconcile"])),
        "another rule's tick": _simulate(ticks(["other"])),
        "a message of the queue": _simulate(failed(push())),
        "a message of another function's queue": _simulate(failed(push(), "other")),
        "no event": _simulate({"detail-type": "other", "source": "x"}),
        "no object": _simulate("[]"),
        "no JSON": _simulate("{"),
        "no file": Situation(words="simulate nowhere.json"),
        "nothing to do": _simulate(push(), revisions=(job("b"),)),
        "on hold": _simulate(push(), revisions=HELD),
        "foreign": _simulate(push(), revisions=FOREIGN),
        "foreign, as JSON": _simulate(push(), _JSON, revisions=FOREIGN),
        "missing": _simulate(push(), revisions=()),
        "no image": _simulate(RECONCILE, images=(OLDER,)),
        "paused": _simulate(push(), stack=stack(paused=True), deployed=STACK),
        "paused, as JSON": _simulate(push(), _JSON, stack=stack(paused=True), deployed=STACK),
        "gated": _simulate(push(), stack=stack(requires={"minAge": "10m"}), deployed=STACK),
        "two pairs": _simulate(push(), stack=TWO, revisions=_TWO),
        "two pairs, as JSON": _simulate(RECONCILE, _JSON, stack=TWO, revisions=_TWO),
        "one of two pairs": _simulate(push(), "-p press simulate event.json", stack=TWO, revisions=_TWO),
        "tags that are full": _simulate(
            push(), revisions=(job("a", tags={f"t{n}": "x" for n in range(47)}),)
        ),
        "denied": _simulate(push(), happens=(fault("access-denied", "batch:DescribeJobDefinitions"),)),
        "interrupted": _simulate(push(), happens=(On(action="ecr:DescribeImages", before=presses_ctrl_c),)),
        "on a narrow terminal": _simulate(push(), screen=40),
    }.items()
}


def _try(options: str = "", **how: Any) -> Situation:
    return Situation(words=f"policy try{options}", **{"images": _IMAGES, "deployed": STACK, **how})


_SEMVER = " --policy '{semver: \">=1.3 <2\"}'"
_REGEX = " --policy '{regex: \"^main-([0-9]+)$\", order: numeric}' --list -"
SITUATIONS |= {
    f"ecr-batch policy try: {name}": situation
    for name, situation in {
        "that of the pair": _try(),
        "that of the pair, as JSON": Situation(words="-o json policy try", images=_IMAGES),
        "semver": _try(_SEMVER),
        "semver, as JSON": Situation(words=f"-o json policy try{_SEMVER}", images=_IMAGES),
        "a list from standard input": _try(_REGEX, input=_LIST),
        "a list with times": _try(" --policy '{glob: \"v*\"}' --list tags", files={"tags": _TIMED}),
        "a list with times, as JSON": Situation(
            words="-o json policy try --policy '{glob: \"v*\"}' --list tags", files={"tags": _TIMED}
        ),
        "a list and the pair's policy": _try(" --list tags", files={"tags": "latest\nother\n"}),
        "a list without a stack": _try(_REGEX, input=_LIST, files={"Pulumi.yaml": None}),
        "a list with some times": _try(_REGEX, input="a\nb 2026-01-01\n"),
        "a list with a wrong time": _try(_REGEX, input="a yesterday\n"),
        "no list": _try(" --policy '{semver: \"*\"}' --list nowhere"),
        "no text": _try(_REGEX, input=""),
        "nothing selected": _try(" --policy '{glob: \"none-*\"}'"),
        "numbers in turn": _try(
            " --policy '{regex: \"^6[.]([0-9]+)[.]?([0-9]+)?$\", order: numeric}' --list -",
            input="6.2.9\n6.2.10\n6.10\n7.1\n",
        ),
        "texts": _try(
            ' --policy \'{regex: "^release-(.*)$", order: alphabetical, ignore: ["*-rc"]}\' --list -',
            input="release-b\nrelease-a\nrelease-c-rc\n",
        ),
        "another repository": _try(f"{_SEMVER} --repository press"),
        "no such repository": _try(f"{_SEMVER} --repository nowhere"),
        "a policy of nonsense": _try(" --policy '{semver: x}'"),
        "a policy of two kinds": _try(' --policy \'{semver: "*", glob: "*"}\''),
        "no YAML": _try(" --policy '{'"),
        "a text": _try(" --policy latest"),
        "two pairs": _try(stack=TWO),
        "one of two pairs": Situation(words="-p press policy try", images=_IMAGES, stack=TWO, deployed=STACK),
        "denied": _try(_SEMVER, happens=(fault("access-denied", "ecr:DescribeImages"),)),
        "a malformed answer": _try(_SEMVER, happens=(answers("ecr:DescribeImages", {}),)),
        "interrupted": _try(_SEMVER, happens=(On(action="ecr:DescribeImages", before=presses_ctrl_c),)),
        "on a terminal": _try(_SEMVER, screen=100),
    }.items()
}
SITUATIONS["ecr-batch policy: alone"] = Situation(words="policy", deployed=STACK)
