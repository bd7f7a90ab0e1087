"""Providers that die and updates that are killed, and what can be asked afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from local.cloud import Cloud
from local.provider.errors import ProviderDied
from local.provider.messages import name_of, token_of
from local.provider.server import serve
from local.seed import push, seed_pair
from tests.engine.stage import Stage
from tests.ops.support import environment
from tests.support.engine import Ran
from tests.support.patience import PATIENCE
from tests.support.recorder import ROOT

NAME = "ecr-batch-updater-dev-ocr"
ADDRESS = "ops@example.com"
COMPONENT = "urn:pulumi:dev::ecr-batch-updater::ecr-batch-updater:index:BatchImageUpdater::ocr"
ALARMS = ("errors", "failures-queued", "events-dropped", "undelivered-failures", "undelivered-events")


class FirstOfEachType:
    """A hook: the provider dies before, or after, the first call of the method for each type.

    ``met`` are the types of which it has died, with the name of the resource, the last one last.
    """

    def __init__(self, phase: str, method: str, met: dict[str, str]) -> None:
        self._at = (phase, method)
        self._met = met

    def __call__(self, phase: str, method: str, urn: str) -> None:
        token = token_of(urn)
        if (phase, method) == self._at and token not in self._met:
            self._met[token] = name_of(urn)
            raise ProviderDied


class Unanswered:
    """A hook: AWS makes the resource of this name, and the engine does not hear of it.

    ``acted`` is set when it stands; the call ends, without an answer, when ``over`` is.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.acted = threading.Event()
        self.over = threading.Event()

    def __call__(self, phase: str, method: str, urn: str) -> None:
        if (phase, method, name_of(urn)) != ("after", "Create", self._name):
            return
        self.acted.set()
        self.over.wait(PATIENCE)
        raise ProviderDied


def dies(stage: Stage, hook: Callable[[str, str, str], None], command: str) -> Ran:
    """Runs a command with a provider of its own that this hook ends.

    One call after the other: what else is under way would end unanswered, too.
    """
    with serve(stage.cloud, hook=hook) as provider:
        stage.attach(provider.port)
        return stage.project.pulumi(
            command, "--yes", "--non-interactive", "--skip-preview", "--parallel=1", check=False
        )


def standing(cloud: Cloud) -> dict[str, list[str]]:
    """The names of all that AWS has of the stack."""
    functions, events, cloudwatch = (cloud.client(name) for name in ("lambda", "events", "cloudwatch"))
    roles = [each["RoleName"] for each in cloud.client("iam").list_roles()["Roles"]]
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    rules = [each["Name"] for each in events.list_rules()["Rules"]]
    return {
        "queues": [url.rpartition("/")[2] for url in cloud.client("sqs").list_queues().get("QueueUrls", [])],
        "rules": rules,
        "targets": [
            each["Id"] for rule in rules for each in events.list_targets_by_rule(Rule=rule)["Targets"]
        ],
        "functions": names,
        "permissions": [
            each["Sid"]
            for name in names
            for each in json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
        ],
        "roles": [name.rpartition("-")[0] for name in roles if name.startswith("ocr-role-")],
        "logs": [each["logGroupName"] for each in cloud.client("logs").describe_log_groups()["logGroups"]],
        "alarms": sorted(each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]),
        "dashboards": [each["DashboardName"] for each in cloudwatch.list_dashboards()["DashboardEntries"]],
        "topics": [
            each["TopicArn"].rpartition(":")[2] for each in cloud.client("sns").list_topics()["Topics"]
        ],
        "addresses": [each["Endpoint"] for each in cloud.client("sns").list_subscriptions()["Subscriptions"]],
    }


WHOLE = {
    "queues": [f"{NAME}-dlq"],
    "rules": [NAME],
    "targets": ["function"],
    "functions": [NAME],
    "permissions": ["RuleInvokesFunction"],
    "roles": ["ocr-role"],
    "logs": [f"/aws/lambda/{NAME}"],
    "alarms": sorted(f"{NAME}-{suffix}" for suffix in ALARMS),
    "dashboards": [NAME],
    "topics": ["ecr-batch-updater-dev-alarms"],
    "addresses": [ADDRESS],
}


def checked(stage: Stage) -> tuple[int, str]:
    """`ecr-batch check` after a push: its exit code, and what it says."""
    cloud = stage.cloud
    cloud.subscriptions.confirm(ADDRESS)
    seed_pair(cloud, repository="backend", job_definitions=["ocr-job"], roles=[])
    push(cloud, "backend", "one")
    cloud.settle()
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", "-C", str(stage.root), "check"],
        cwd=ROOT,
        env=environment(key="OPERATOR", endpoint=cloud.endpoint),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def attached(stage: Stage) -> int:
    """The port of the provider that lives."""
    return int(stage.project.environment["PULUMI_DEBUG_PROVIDERS"].partition(":")[2])


def whole(stage: Stage) -> None:
    """The stack is all there, once; state and AWS agree; and `ecr-batch check` finds nothing."""
    project = stage.project
    assert standing(stage.cloud) == WHOLE
    assert "pending_operations" not in project.pulumi("stack", "export").stdout
    project.preview("--refresh", "--expect-no-changes")
    code, said = checked(stage)
    assert code == 0, said


def identities(cloud: Cloud) -> dict[str, str]:
    """The ids for `pulumi import`, as docs/troubleshooting.md has them."""
    place = f"{cloud.region}:{cloud.account}"
    roles = [each["RoleName"] for each in cloud.client("iam").list_roles()["Roles"]]
    role = next((name for name in roles if name.startswith("ocr-role-")), "")
    queue = next(iter(cloud.client("sqs").list_queues().get("QueueUrls", [])), "")
    return {
        "ocr-dlq": queue,
        "ocr-dlq-policy": queue,
        "ocr-rule": f"default/{NAME}",
        "ocr-target": f"default/{NAME}/function",
        "ocr-role": role,
        "ocr-policy": f"{role}:{NAME}",
        "ocr-logs": f"/aws/lambda/{NAME}",
        "ocr-function": NAME,
        "ocr-permission": f"{NAME}/RuleInvokesFunction",
        "ocr-invoke-config": NAME,
        "ocr-dashboard": NAME,
        "alarms": f"arn:aws:sns:{place}:ecr-batch-updater-dev-alarms",
        **{f"ocr-{suffix}": f"{NAME}-{suffix}" for suffix in ALARMS},
    }


def pending(stage: Stage) -> list[str]:
    """The URNs of what an update was creating when it was killed."""
    deployment = json.loads(stage.project.pulumi("stack", "export").stdout)["deployment"]
    found: list[dict[str, Any]] = deployment.get("pending_operations") or []
    return [each["resource"]["urn"] for each in found if each["type"] == "creating"]


def clear(stage: Stage) -> None:
    """Has Pulumi forget what is pending."""
    stage.project.pulumi("refresh", "--clear-pending-creates", "--yes", "--non-interactive", "--skip-preview")
    assert pending(stage) == []


def import_one(stage: Stage, urn: str) -> None:
    """Imports it where the program has it."""
    name = name_of(urn)
    parent = () if name == "alarms" else ("--parent", f"ocr={COMPONENT}")
    flags = ("--protect=false", "--generate-code=false", "--yes", "--non-interactive", "--skip-preview")
    identity = identities(stage.cloud)[name]
    stage.project.pulumi("import", token_of(urn), name, identity, *parent, *flags)


def take_up(stage: Stage) -> list[str]:
    """Imports what stands in AWS of what the state lacks; the names.

    Not a subscription that nobody has confirmed: AWS does not tell its ARN.
    """
    file = stage.project.state / "import.json"
    stage.project.preview("--import-file", str(file))
    written, known = json.loads(file.read_text()), identities(stage.cloud)
    written["resources"] = [
        {**each, "id": known[each["name"]]} for each in written["resources"] if known.get(each["name"])
    ]
    file.write_text(json.dumps(written))
    flags = ("--protect=false", "--generate-code=false", "--yes", "--non-interactive", "--skip-preview")
    stage.project.pulumi("import", "--file", str(file), *flags)
    return [each["name"] for each in written["resources"]]
