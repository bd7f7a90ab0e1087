"""The command line as a whole: options, the stack's files, credentials, and what the shell completes."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.replay.tool.changes import fault, is_so
from tests.replay.tool.situation import BEHIND, STACK, TWO, Situation, stack

_VERBS = ("check", "history", "hold", "monitor", "policy", "policy try", "reconcile", "redrive")
_MORE_VERBS = ("rollback", "simulate", "status", "test", "unhold")
_STS = "sts:GetCallerIdentity"
_ALL_VERBS = {
    "check": "check",
    "history": "history job",
    "hold": "hold job",
    "policy try": "policy try",
    "reconcile": "reconcile",
    "redrive": "redrive --yes",
    "rollback": "rollback job --yes",
    "simulate": "simulate event.json",
    "status": "status",
    "test": "test",
    "monitor": "monitor --since 1h",
    "unhold": "unhold job",
}
_EVENT = {"event.json": json.dumps({"action": "reconcile"})}
_NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
_EXPORTED = {
    "aws:region": {"value": "eu-west-1", "secret": False},
    "ecr-batch-updater:pairs": {"value": json.dumps(STACK["pairs"]), "objectValue": STACK["pairs"]},
}
_ENCRYPTED = yaml.safe_dump(
    {
        "config": {
            "aws:region": "eu-west-1",
            "ecr-batch-updater:pairs": {"secure": "v1:abc"},
        }
    }
)
_PULUMI = f"#!/bin/sh\necho '{json.dumps(_EXPORTED)}'\n"


def _usage(words: str, **how: Any) -> Situation:
    return Situation(words=words, **{"deployed": {}, **how})


def _status(**how: Any) -> Situation:
    return Situation(words="-o json status", **{"deployed": STACK, **how})


def _completes(words: str, **how: Any) -> Situation:
    return _usage(
        "",
        environment={
            "_ECR_BATCH_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        **how,
    )


SITUATIONS: dict[str, Situation] = {
    **{
        f"ecr-batch help: {verb}": _usage(f"{verb} --help", environment={"COLUMNS": "100"})
        for verb in (*_VERBS, *_MORE_VERBS)
    },
    **{
        f"ecr-batch without credentials: {verb}": Situation(
            words=words, files=_EVENT, environment=_NO_KEYS, deployed={}
        )
        for verb, words in _ALL_VERBS.items()
    },
    **{
        f"ecr-batch out of AWS's reach: {verb}": Situation(
            words=words,
            files=_EVENT,
            deployed=STACK,
            happens=tuple(
                fault("unreachable", action)
                for action in (_STS, "lambda:InvokeFunction", "logs:FilterLogEvents", "sqs:GetQueueUrl")
            ),
        )
        for verb, words in _ALL_VERBS.items()
    },
}
SITUATIONS |= {
    f"ecr-batch usage: {name}": situation
    for name, situation in {
        "nothing": _usage(""),
        "help": _usage("-h", environment={"COLUMNS": "100"}),
        "help on a narrow terminal": _usage("--help", screen=50),
        "version": _usage("--version"),
        "no such verb": _usage("deploy"),
        "no such option": _usage("--nonsense status"),
        "no such output": _usage("-o xml status"),
        "an argument too many": _usage("status job"),
        "no event": _usage("simulate"),
        "expired credentials": _status(happens=(fault("access-denied", _STS),)),
        "no such profile": _status(environment={"AWS_PROFILE": "nobody"}),
        "a profile of the stack": _status(stack={**STACK, "aws:profile": "nobody"}),
        "a profile by option": Situation(words="--profile nobody status", deployed=STACK),
        "no region": Situation(
            words="status",
            deployed=STACK,
            files={
                "Pulumi.dev.yaml": yaml.safe_dump({"config": {"ecr-batch-updater:pairs": STACK["pairs"]}})
            },
        ),
        "a region of the environment": Situation(
            words="-o json status",
            deployed=STACK,
            environment={"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"},
            files={
                "Pulumi.dev.yaml": yaml.safe_dump({"config": {"ecr-batch-updater:pairs": STACK["pairs"]}})
            },
        ),
        "an endpoint of the environment": _status(environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}),
        "an account that is allowed": _status(stack={**STACK, "aws:allowedAccountIds": ["123456789012"]}),
        "accounts that are no list": _status(stack={**STACK, "aws:allowedAccountIds": "123456789012"}),
        "another partition": _status(
            before=(is_so(caller="arn:aws-cn:iam::123456789012:user/alice"),), revisions=BEHIND
        ),
    }.items()
}
SITUATIONS |= {
    f"ecr-batch stack: {name}": situation
    for name, situation in {
        "by option": Situation(words="-s acme/ecr-batch-updater/dev -o json status", deployed=STACK),
        "of another project": Situation(words="-s acme/other/dev status", deployed=STACK),
        "of no name": Situation(words="-s a/b/c/d status", deployed=STACK),
        "without a file": Situation(words="-s prod status", deployed=STACK),
        "by the environment": _status(environment={"PULUMI_STACK": "prod"}),
        "several": Situation(words="status", deployed=STACK, files={"Pulumi.prod.yaml": "config: {}\n"}),
        "none": Situation(words="status", deployed=STACK, files={"Pulumi.dev.yaml": None}),
        "no project": Situation(words="status", deployed=STACK, files={"Pulumi.yaml": None}),
        "in another directory": Situation(
            words="-C below -o json status", deployed=STACK, files={"below/file": ""}
        ),
        "a directory that is not there": Situation(words="-C nowhere status", deployed=STACK),
        "no YAML": Situation(words="status", deployed=STACK, files={"Pulumi.dev.yaml": "config: [\n"}),
        "a key twice": Situation(
            words="status", deployed=STACK, files={"Pulumi.dev.yaml": "config:\n  a:b: 1\n  a:b: 2\n"}
        ),
        "no pairs": _status(stack={}),
        "an unknown key": _status(stack=stack(imageTags="x")),
        "several mistakes": _status(
            stack={**stack(imageTag=1.10, pin="x", keepRevisions=0), "alarmEmails": "x"},
        ),
        "pairs of one definition": _status(stack={"pairs": {**TWO["pairs"], "again": TWO["pairs"]["ocr"]}}),
        "an environment of ESC": Situation(
            words="-o json status",
            deployed=STACK,
            files={
                "Pulumi.dev.yaml": yaml.safe_dump(
                    {
                        "environment": ["shared"],
                        "config": {"aws:region": "eu-west-1", "ecr-batch-updater:pairs": STACK["pairs"]},
                    }
                )
            },
        ),
        "an environment of ESC alone": Situation(
            words="status", deployed=STACK, files={"Pulumi.dev.yaml": "environment: [shared]\n"}
        ),
        "encrypted, no Pulumi": Situation(
            words="status",
            deployed=STACK,
            files={"Pulumi.dev.yaml": _ENCRYPTED},
            environment={"PATH": "/nowhere"},
        ),
        "encrypted": Situation(
            words="-o json status",
            deployed=STACK,
            files={"Pulumi.dev.yaml": _ENCRYPTED, "bin/pulumi": _PULUMI},
        ),
        "encrypted, Pulumi refuses": Situation(
            words="status",
            deployed=STACK,
            files={
                "Pulumi.dev.yaml": _ENCRYPTED,
                "bin/pulumi": "#!/bin/sh\necho no passphrase >&2\nexit 1\n",
            },
        ),
        "given as a file": Situation(
            words="--config given.json -o json status",
            deployed=STACK,
            files={"given.json": json.dumps(_EXPORTED)},
        ),
        "given on standard input": Situation(
            words="--config - -o json status", deployed=STACK, input=json.dumps(_EXPORTED)
        ),
        "given as no JSON": Situation(words="--config - status", deployed=STACK, input="pairs: {}"),
        "given with a hidden secret": Situation(
            words="--config - status", deployed=STACK, input='{"a:b": {"secret": true}}'
        ),
        "given as a file that is not there": Situation(words="--config nowhere status", deployed=STACK),
    }.items()
}
SITUATIONS |= {
    f"ecr-batch completion: {name}": situation
    for name, situation in {
        "verbs": _completes("ecr-batch re"),
        "stacks": _completes("ecr-batch -s "),
        "pairs": _completes("ecr-batch -p o", stack=TWO),
        "pairs of no stack": _completes("ecr-batch -p ", files={"Pulumi.yaml": None}),
        "options": _completes("ecr-batch status --"),
    }.items()
}
