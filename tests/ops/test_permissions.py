"""The policies of docs/operator-permissions.md against the calls that the verbs make.

A verb that is new gets its runs in ``READING`` or ``CHANGING``, and its permissions a place in the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.models import CommandInfo

from local.cloud import Cloud
from local.iam import Call
from local.policy import Access, decide
from ops.cli import app
from tests.ops.cloud_fixtures import Site

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "operator-permissions.md"
PAIR = "newsarchivepro"
# STS/latest/APIReference/API_GetCallerIdentity.html: no permission is required.
FREE = {"sts:GetCallerIdentity"}


class Runner:
    """Runs one verb under an access key of its own, so that its calls can be told from others'."""

    def __init__(self, site: Site, verb: str) -> None:
        self.site = site
        self.key = "KEY-" + verb.replace(" ", "-")
        self._verb = verb.split()

    def __call__(self, *arguments: str, code: int = 0) -> None:
        result = self.site.run(*self._verb, *arguments, key=self.key)
        assert result.returncode == code, result.stderr


def runs_of_status(run: Runner) -> None:
    run()
    run("--wait")


def runs_of_monitor(run: Runner) -> None:
    run("--since", "1h")


def runs_of_redrive(run: Runner) -> None:
    sqs = run.site.cloud.client("sqs")
    for body in ("no event", json.dumps(run.site.cloud.events.history[-1])):
        sqs.send_message(QueueUrl=run.site.queue_url(PAIR), MessageBody=body)
    run("--yes", code=1)
    sqs.purge_queue(QueueUrl=run.site.queue_url(PAIR))


def runs_of_test(run: Runner) -> None:
    run()
    run("--push", "--yes", "--interval", "0.1")


def runs_of_policy_try(run: Runner) -> None:
    run()


READING: Mapping[str, Callable[[Runner], None]] = {
    "status": runs_of_status,
    "monitor": runs_of_monitor,
    "policy try": runs_of_policy_try,
}
CHANGING: Mapping[str, Callable[[Runner], None]] = {"redrive": runs_of_redrive, "test": runs_of_test}
# Verbs that have no place in the document yet.
NOT_COVERED_YET: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def calls(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Call]]:
    """What each verb needed permission for, on the shipped example."""
    running_cloud.reset()
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    site = Site(running_cloud, tmp_path_factory.mktemp("checkout"), config["ecr-batch-updater:pairs"])
    site.push("one", "newsarchive-backend")
    found = {}
    for verb, runs in {**READING, **CHANGING}.items():
        runner = Runner(site, verb)
        runs(runner)
        found[verb] = [call for call in running_cloud.needs_of(runner.key) if call.action not in FREE]
    return found


@pytest.fixture(scope="module")
def policies() -> tuple[dict[str, Any], dict[str, Any]]:
    """The policy for the verbs that read, and the one on top of it for the others."""
    reading, others = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return json.loads(reading), json.loads(others)


def grants(policy: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The policy taken apart: one statement for each action on each resource."""
    for statement in policy["Statement"]:
        resources = statement["Resource"]
        for action in statement["Action"]:
            for resource in [resources] if isinstance(resources, str) else resources:
                yield {"Effect": "Allow", "Action": action, "Resource": resource}


def allows(call: Call, *documents: Mapping[str, Any]) -> bool:
    return decide(documents, Access(action=call.action, resource=call.resource)) == "allowed"


def name_of(command: CommandInfo) -> str:
    assert command.callback is not None
    return command.name or command.callback.__name__


def test_every_verb_is_run_here_or_listed_as_not_covered() -> None:
    registered = {name_of(command) for command in app.registered_commands}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        registered |= {
            f"{group.name} {name_of(command)}" for command in group.typer_instance.registered_commands
        }
    assert registered == READING.keys() | CHANGING.keys() | NOT_COVERED_YET


@pytest.mark.parametrize("verb", [*READING, *CHANGING])
def test_the_document_names_each_verb_under_its_policy(verb: str) -> None:
    _, reading, others = DOCUMENT.read_text().split("\n## ")
    assert f"`{verb}`" in (reading if verb in READING else others).split("```json")[0]


@pytest.mark.parametrize("verb", READING)
def test_a_verb_that_reads_needs_nothing_beyond_the_first_policy(
    verb: str, calls: Mapping[str, list[Call]], policies: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert calls[verb], "the verb called nothing, so nothing was checked"
    assert [call for call in calls[verb] if not allows(call, policies[0])] == []


@pytest.mark.parametrize("verb", CHANGING)
def test_the_other_verbs_need_nothing_beyond_both_policies(
    verb: str, calls: Mapping[str, list[Call]], policies: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert calls[verb], "the verb called nothing, so nothing was checked"
    assert [call for call in calls[verb] if not allows(call, *policies)] == []


def test_nothing_that_the_policies_allow_is_without_use(
    calls: Mapping[str, list[Call]], policies: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    for policy, verbs in zip(policies, (READING, CHANGING), strict=True):
        made = [call for verb in verbs for call in calls[verb]]
        unused = [
            grant for grant in grants(policy) if not any(allows(call, {"Statement": grant}) for call in made)
        ]
        assert unused == []


def test_no_permission_stands_in_both_policies(policies: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reading, others = (
        [(grant["Action"], grant["Resource"]) for grant in grants(policy)] for policy in policies
    )
    assert set(reading).isdisjoint(others)


def test_a_star_stands_alone_and_only_where_aws_offers_nothing_else(
    policies: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    on_everything = {
        grant["Action"] for policy in policies for grant in grants(policy) if grant["Resource"] == "*"
    }
    # service-authorization/latest/reference: list_awsbatch.html, list_amazoneventbridge.html
    assert on_everything == {"batch:DescribeJobDefinitions", "events:TestEventPattern"}
