"""What each option changes, alone: a pair for each, all changed in one update, and back in another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic.alias_generators import to_camel

from components.pair import FrozenModel, ImagePolicy, Requires, keys
from components.problems import Spelling
from stack_config import KEYS
from tests.engine.stage import PAIR, Stage
from tests.support.engine import Ran

TOPIC = "arn:aws:sns:ap-southeast-2:123456789012:paging"
ROLE = "arn:aws:iam::123456789012:role/ocr-job"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
ALARMS = ("errors", "failures-queued", "events-dropped", "undelivered-failures", "undelivered-events")
TAGGED = ("rule", "function", "role", "logs", "dlq", *ALARMS)


def rule(part: str, alarm: str) -> set[str]:
    """What a further rule brings along."""
    return {part, f"permission-{part}", f"target-{part}", alarm}


@dataclass(frozen=True)
class Row:
    """An option with its ``value``; ``before`` are further keys that the pair has all the time, ``was`` the
    option's own value before. What is not in ``updates`` or ``creates`` must stay as it is."""

    option: str
    value: Any
    updates: set[str] = field(default_factory=set)
    creates: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    before: dict[str, Any] = field(default_factory=dict)
    was: Any = None


HOURLY = {"reconcile": "rate(1 hour)"}
FOLLOWING = {"followChanges": True}
SCAN = {"maxSeverity": "HIGH"}
GLOB = {"glob": "release-*"}
ROWS = (
    Row("repository", "other", {"function", "policy", "rule"}, was="backend"),
    Row("jobDefinitions", ["more"], {"function", "policy", "changes"}, was=["less"], before=FOLLOWING),
    Row("imageTag", "stable", {"function", "rule"}),
    Row("imagePolicy", GLOB, {"function", "rule"}),
    Row("imagePolicy", {"semver": ">=1.4 <2"}, {"function", "rule"}),
    Row("imagePolicy", {"regex": "^main-([0-9]+)$", "order": "numeric"}, {"function", "rule"}),
    Row("imagePolicy", {**GLOB, "ignore": ["*-rc"], "allowDowngrade": True}, {"function"}, was=GLOB),
    Row("pin", "tag", {"function"}),
    Row("passRoles", [ROLE], {"policy"}),
    Row("permissionsBoundary", BOUNDARY, {"role"}),
    Row("adopt", {"adopt": ["*"]}, {"function"}),
    Row("requires", {"platform": "linux/arm64"}, {"function", "policy"}),
    Row("requires", {"minAge": "10m"}, {"function", "policy"}, before=HOURLY),
    Row("requires", {**SCAN, "scanTimeout": "2h"}, {"function"}, was=SCAN, before=HOURLY),
    Row(
        "requires",
        SCAN,
        {"function", "policy", "dlq-policy", "dashboard"},
        rule("scans", "undelivered-scans"),
        before=HOURLY,
    ),
    Row("paused", True, {"function", "rule"}),
    Row("dryRun", True, {"function"}),
    Row("keepRevisions", 5, {"function", "policy"}),
    Row(
        "reconcile", "rate(1 hour)", {"dlq-policy", "dashboard"}, rule("reconcile", "undelivered-reconciles")
    ),
    Row("reconcile", "rate(2 hours)", {"reconcile"}, was="rate(1 hour)"),
    Row("followChanges", True, {"dlq-policy", "dashboard"}, rule("changes", "undelivered-changes")),
    Row("dashboard", "none", deletes={"dashboard"}),
    Row("dashboard", "overview", deletes={"dashboard"}),
    Row("notify", False, {"function", "policy"}),
    Row("alarmTopics", [TOPIC], set(ALARMS)),
    Row("logLevel", "DEBUG", {"function"}),
    Row("logRetentionDays", 30, {"logs"}),
    Row("timeoutSeconds", 60, {"function", "dashboard"}),
    Row("memoryMb", 512, {"function"}),
    Row("omitFields", ["containerProperties.new"], {"function"}),
    Row("tags", {"team": "ocr"}, set(TAGGED)),
)


STACK: dict[str, tuple[Any, dict[str, str]]] = {
    "defaults": ({"memoryMb": 512}, {"ocr-function": "update"}),
    "alarmEmails": (
        ["ops@example.com"],
        {"alarms": "create", "subscription": "create"} | {f"ocr-{alarm}": "update" for alarm in ALARMS},
    ),
    # Pulumi's own word on a resource, which it shows as no step.
    "protect": (True, {}),
    "rulesPerBus": (10, {}),
}


def pairs(*, changed: bool) -> dict[str, Any]:
    """A pair for each row, before or after its option has changed."""
    found = {}
    for number, row in enumerate(ROWS):
        name = f"p{number}"
        value = row.value if changed else row.was
        own = {} if value is None else {row.option: value}
        job = "adopt" if row.option == "adopt" else f"job-{number}"
        found[name] = {**PAIR, "jobDefinitions": [job], **row.before, **own}
    return found


def of_pair(ran: Ran, number: int) -> dict[str, set[str]]:
    """The parts of a row's pair by what was done to them."""
    found: dict[str, set[str]] = {}
    for name, step in ran.changes().items():
        pair, _, part = name.partition("-")
        if pair == f"p{number}":
            found.setdefault(step, set()).add(part)
    return found


def test_every_option_has_a_row() -> None:
    models: dict[str, type[FrozenModel]] = {"imagePolicy": ImagePolicy, "requires": Requires}
    within = {(key, to_camel(name)) for key, model in models.items() for name in model.model_fields}
    expected = {(key, "") for key in keys(Spelling.YAML)} | within
    have = {(row.option, key) for row in ROWS for key in ("", *(row.value if row.option in models else ()))}
    assert expected - have == set()


def unexpected(ran: Ran, *, back: bool) -> list[tuple[str, Any, dict[str, set[str]]]]:
    """The rows of which something else came than the table says, with what came."""
    found = []
    for number, row in enumerate(ROWS):
        made, gone = (row.deletes, row.creates) if back else (row.creates, row.deletes)
        expected = {"update": row.updates, "create": made, "delete": gone}
        came = of_pair(ran, number)
        if came != {step: parts for step, parts in expected.items() if parts}:
            found.append((row.option, row.value, came))
    return found


def test_an_option_that_changes_changes_what_it_is_about_and_replaces_nothing(stage: Stage) -> None:
    # The state is written at the end alone: with as many resources, writing it at each step takes longest.
    at_the_end = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    project = replace(stage.project, environment={**stage.project.environment, **at_the_end})
    stage.init(pairs(changed=False))
    project.up("--skip-preview")

    stage.configure(pairs(changed=True))
    ran = project.up("--skip-preview")
    assert unexpected(ran, back=False) == []
    assert ran.changes()["overview"] == "create"
    project.preview("--refresh", "--expect-no-changes")

    stage.configure(pairs(changed=False))
    ran = project.up("--skip-preview")
    assert unexpected(ran, back=True) == []
    assert ran.changes()["overview"] == "delete"


def of_stack(ran: Ran) -> dict[str, str]:
    """What was done, without the digest by which a subscription is named."""
    return {re.sub("^alarms-.*", "subscription", name): step for name, step in ran.changes().items()}


def test_an_option_of_the_stack_that_changes_changes_what_it_is_about(stage: Stage) -> None:
    project, one = stage.project, {"ocr": PAIR}
    assert {"pairs", *STACK} == set(KEYS)
    stage.init(one)
    project.up("--skip-preview")
    for key, (value, changes) in STACK.items():
        stage.configure(one, **{key: value})
        assert (key, of_stack(project.preview())) == (key, changes)

    values = {key: value for key, (value, _) in STACK.items()}
    stage.configure(one, **values)
    project.up("--skip-preview")
    project.preview("--refresh", "--expect-no-changes")

    stage.configure(one, **{**values, "alarmEmails": ["dev@example.com"]})
    ran = project.up("--skip-preview")
    assert sorted(ran.changes().values()) == ["create", "delete"]
    assert set(of_stack(ran)) == {"subscription"}
    subscribed = stage.cloud.client("sns").list_subscriptions()["Subscriptions"]
    # AWS takes nobody off before he has confirmed; it forgets who never does.
    assert [each["Endpoint"] for each in subscribed] == ["ops@example.com", "dev@example.com"]
