"""Configurations of a stack: every option, several pairs, and what is refused.

Keys are the project's unless they say whose they are; ``stack`` and ``place`` are about the evaluation.
"""

from __future__ import annotations

from typing import Any

_JOB = {"repository": "team/app", "jobDefinitions": ["job"]}
_ROLE = "arn:aws:iam::123456789012:role/job"
_TOPIC = "arn:aws:sns:ap-southeast-2:123456789012:team"


def _one(**keys: Any) -> dict[str, Any]:
    """A stack of one pair."""
    return {"pairs": {"ocr": {**_JOB, **keys}}}


def _policy(**policy: Any) -> dict[str, Any]:
    return _one(imagePolicy=policy)


def _gates(**requires: Any) -> dict[str, Any]:
    return _one(requires=requires, reconcile="rate(1 hour)")


def _pairs(count: int, **keys: Any) -> dict[str, Any]:
    return {
        "pairs": {
            f"p{number}": {**_JOB, "jobDefinitions": [f"job{number}"], **keys} for number in range(count)
        }
    }


_TAKEN: dict[str, dict[str, Any]] = {
    "plain": _one(),
    "several definitions": _one(jobDefinitions=["one", "two", "three"]),
    "imageTag": _one(imageTag="stable"),
    "imagePolicy semver": _policy(semver=">=1.4 <2"),
    "imagePolicy semver, many majors": _policy(semver=">=1", ignore=["*-rc*"], allowDowngrade=True),
    "imagePolicy glob": _policy(glob="release-*"),
    "imagePolicy glob, a suffix": _policy(glob="*-prod", order="alphabetical"),
    "imagePolicy glob, both ends": _policy(glob="release-*-amd64"),
    "imagePolicy glob, numeric": _policy(glob="????", order="numeric"),
    "imagePolicy regex": _policy(regex="^main-([0-9]+)$", order="numeric"),
    "imagePolicy regex, alternatives": _policy(regex="^(?:main|release)-[0-9a-f]{7}$"),
    "imagePolicy regex, two groups": _policy(regex="^6[.]([0-9]+)[.]([0-9]+)$", order="alphabetical"),
    "requires nothing": _gates(),
    "adopt in another definition": _one(adopt={"other": ["main"]}),
    "pin tag": _one(pin="tag"),
    "passRoles": _one(passRoles=[_ROLE, "arn:aws:iam::123456789012:role/path/execution"]),
    "permissionsBoundary": _one(permissionsBoundary="arn:aws:iam::123456789012:policy/boundary"),
    "adopt": _one(adopt={"job": ["main", "side"]}),
    "requires maxSeverity": _gates(maxSeverity="HIGH"),
    "requires scanTimeout": _gates(maxSeverity="LOW", scanTimeout="2h"),
    "requires minAge": _gates(minAge="10m"),
    "requires platform": _gates(platform="linux/arm64"),
    "requires everything": _gates(maxSeverity="CRITICAL", minAge="1d", platform="windows/amd64"),
    "paused": _one(paused=True, reconcile="rate(1 hour)", followChanges=True),
    "dryRun": _one(dryRun=True),
    "keepRevisions": _one(keepRevisions=20),
    "reconcile": _one(reconcile="rate(15 minutes)"),
    "reconcile by cron": _one(reconcile="cron(0 6 * * ? *)"),
    "followChanges": _one(followChanges=True),
    "dashboard none": _one(dashboard="none"),
    "notify off": _one(notify=False),
    "alarmTopics": _one(alarmTopics=[_TOPIC]),
    "logLevel": _one(logLevel="DEBUG"),
    "logRetentionDays": _one(logRetentionDays=365),
    "timeoutSeconds": _one(timeoutSeconds=30),
    "memoryMb": _one(memoryMb=512),
    "omitFields": _one(omitFields=["schedulingPriority", "containerProperties.newField"]),
    "tags": _one(tags={"team": "ocr", "pair": "mine"}),
    "alarmEmails": {**_one(), "alarmEmails": ["ops@example.com", "more@example.com"]},
    "protect": {**_one(), "protect": True},
    "defaults": {**_one(logLevel="ERROR"), "defaults": {"logLevel": "DEBUG", "memoryMb": 128, "pin": "tag"}},
    "defaults, and a choice of the pair's own": {
        **_one(imageTag="v1"),
        "defaults": {"imagePolicy": {"glob": "*"}},
    },
    "two pairs": _pairs(2),
    "two pairs on one overview": _pairs(2, dashboard="overview"),
    "another stack": {**_one(), "stack": "team-prod"},
    "in China": {**_one(followChanges=True), "place": {"region": "cn-north-1", "partition": "aws-cn"}},
    "in GovCloud": {
        **_gates(maxSeverity="HIGH"),
        "place": {"region": "us-gov-west-1", "partition": "aws-us-gov"},
    },
    "everything": {
        **_one(
            imagePolicy={"regex": "^v([0-9]+)$", "order": "numeric", "ignore": ["v1"]},
            pin="tag",
            passRoles=[_ROLE],
            adopt={"job": ["*"]},
            requires={"maxSeverity": "HIGH", "minAge": "10m", "platform": "linux/amd64", "scanTimeout": "3h"},
            keepRevisions=5,
            reconcile="rate(1 hour)",
            followChanges=True,
            alarmTopics=[_TOPIC],
            omitFields=["newField"],
            tags={"team": "ocr"},
        ),
        "alarmEmails": ["ops@example.com"],
        "protect": True,
    },
}
_REFUSED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no pairs": {"pairs": {}},
    "pairs as a list": {"pairs": [_JOB]},
    "a pair that is a text": {"pairs": {"ocr": "team/app"}},
    "a pair without anything": {"pairs": {"ocr": {}}},
    "an unknown key of the stack": {**_one(), "alarmEmail": ["ops@example.com"]},
    "unknown keys of a pair": _one(imageTags="latest", Pin="tag", whatever=1),
    "a key of the stack in a pair": _one(alarmEmails=["ops@example.com"]),
    "numbers where texts are due": _one(repository=1, imageTag=1.1, jobDefinitions=["job", 7]),
    "texts where others are due": _one(paused="yes", keepRevisions="3", timeoutSeconds="60", tags={"a": 1}),
    "names that AWS refuses": _one(repository="Team/App", jobDefinitions=["job:3", "a b"], imageTag="-x"),
    "a definition twice": _one(jobDefinitions=["job", "job"]),
    "no definitions": _one(jobDefinitions=[]),
    "numbers out of range": _one(keepRevisions=0, timeoutSeconds=901, memoryMb=64, logRetentionDays=15),
    "choices that are none": _one(pin="sha", dashboard="big", logLevel="LOUD"),
    "ARNs that are none": _one(
        passRoles=["arn:aws:iam::*:role/*"], alarmTopics=["x"], permissionsBoundary="y"
    ),
    "schedules that are none": {
        "pairs": {
            f"p{number}": {**_JOB, "jobDefinitions": [f"job{number}"], "reconcile": text}
            for number, text in enumerate(("hourly", "rate(1 hours)", "rate(2 hour)", "cron(0 6 * * * *)"))
        }
    },
    "a tag and a policy": _one(imageTag="v1", imagePolicy={"glob": "*"}),
    **{
        f"imagePolicy {policy}": _policy(**policy)
        for policy in (
            {},
            {"glob": "a*", "semver": "1"},
            {"semver": "1", "order": "numeric"},
            {"semver": ">=2 <1"},
            {"semver": "one"},
            {"glob": "a b"},
            {"glob": "main-*", "order": "numeric"},
            {"glob": "a*", "ignore": ["a*"]},
            {"glob": "a*", "order": "size"},
            {"regex": "("},
            {"regex": "^(a+)+$"},
            {"regex": "^a(?=b)$"},
            {"regex": "^.+-.+-([0-9]+)$"},
            {"regex": r"^[\w.-]+-[\w.-]+-[0-9]+$"},
            {"regex": "^ $"},
            {"regex": "^(main)-[0-9]+$", "order": "numeric"},
        )
    },
    "requires what is none": _gates(
        maxSeverity="AWFUL", minAge="soon", platform="linux/mips", scanTimeout="1w"
    ),
    "requires minAge without reconcile": _one(requires={"minAge": "10m"}),
    "requires scanTimeout without maxSeverity": _gates(scanTimeout="1h"),
    "omits what it needs": _one(omitFields=["jobDefinitionName", "a b"]),
    "tags that AWS refuses": _one(tags={"aws:x": "y", "k": "x" * 257}),
    "two pairs with one definition": {"pairs": {"a": _JOB, "b": _JOB}},
    "defaults for what each pair needs": {**_one(), "defaults": {"repository": "x", "pin": "sha"}},
    "names that are too long": {"pairs": {"o" * 60: {**_JOB, "reconcile": "rate(1 hour)"}}},
    "names of pairs that are none": {"pairs": {"OCR_1": _JOB}},
    "more definitions than fit": _one(jobDefinitions=[f"definition-{number:0>100}" for number in range(60)]),
    "more rules than the bus takes": {**_pairs(3, reconcile="rate(1 hour)"), "rulesPerBus": 5},
    "more wildcards than the bus takes": _pairs(31, imagePolicy={"glob": "a*b"}),
    "a quota that is none": {**_one(), "rulesPerBus": 0},
    "addresses that are none": {**_one(), "alarmEmails": ["ops", 7]},
    "protect that is none": {**_one(), "protect": "yes"},
}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    **_TAKEN,
    **{f"refused: {name}": configuration for name, configuration in _REFUSED.items()},
}
