"""Runs of every verb that make each call that the verb can make, each under an access key of its own.

The stack is the shipped example. A verb that is new gets its runs in ``READING`` or ``CHANGING``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local.cloud import Cloud
from local.iam.policy import Access
from tests.ops.cloud_fixtures import Site
from tests.ops.submitter import submit_nightly
from tests.ops.support import ROOT, checkout

_EXAMPLE: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
((PAIR, KEYS),) = _EXAMPLE["ecr-batch-updater:pairs"].items()
REPOSITORY, (DEFINITION,) = KEYS["repository"], KEYS["jobDefinitions"]
_ADDRESS = "ops@example.com"
# STS/latest/APIReference/API_GetCallerIdentity.html: no permission is required.
_FREE = {"sts:GetCallerIdentity"}

Needs = Mapping[str, list[Access]]


def deployed_example(cloud: Cloud, directory: Path) -> Site:
    """The shipped example with what ``check`` looks at besides, and two images rolled out.

    That is an address for alarms, and rules of others that submit jobs, one of them on a bus of its own.
    """
    site = Site(cloud, directory, {PAIR: KEYS}, alarmEmails=[_ADDRESS])
    cloud.subscriptions.confirm(_ADDRESS)
    cloud.client("events").create_event_bus(Name="own")
    for bus in ("default", "own"):
        submit_nightly(cloud, DEFINITION, bus)
    for build in ("one", "two"):
        site.push(build, REPOSITORY)
    return site


class Runner:
    """Runs one verb; ``occasion`` tells its runs from those on another occasion."""

    def __init__(self, site: Site, verb: str, occasion: str = "") -> None:
        self.site = site
        self._verb = verb.split()
        self._key = "-".join([*occasion.split(), *self._verb])

    def __call__(self, *arguments: str, code: int = 0, directory: Path | None = None) -> None:
        where = ["-C", str(directory or self.site.directory)]
        result = self.site.run(*where, *self._verb, *arguments, key=self._key)
        assert result.returncode == code, result.stdout + result.stderr

    def needs(self) -> list[Access]:
        """What the runs until now needed permission for."""
        return [access for access in self.site.cloud.needs_of(self._key) if access.action not in _FREE]


def _plain(run: Runner) -> None:
    run()


def _check(run: Runner) -> None:
    run()
    events, rule = run.site.cloud.client("events"), run.site.function(PAIR)
    events.disable_rule(Name=rule)
    run(code=1)
    events.enable_rule(Name=rule)


def _history(run: Runner) -> None:
    run(DEFINITION, "--inactive")
    run(DEFINITION, "--diff", "1", "2")


def _monitor(run: Runner) -> None:
    run("--since", "1h")


def _simulate(run: Runner) -> None:
    event = run.site.directory / "event.json"
    event.write_text(json.dumps(run.site.cloud.events.last("aws.ecr")))
    run(str(event))


def _status(run: Runner) -> None:
    run()
    run("--wait")


READING: Mapping[str, Callable[[Runner], None]] = {
    "check": _check,
    "history": _history,
    "monitor": _monitor,
    "policy try": _plain,
    "simulate": _simulate,
    "status": _status,
}


def _redrive(run: Runner) -> None:
    sqs, queue = run.site.cloud.client("sqs"), run.site.queue_url(PAIR)
    for body in ("no event", json.dumps(run.site.cloud.events.last("aws.ecr"))):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    run("--yes", code=1)
    sqs.purge_queue(QueueUrl=queue)


def _rollback(run: Runner) -> None:
    run(DEFINITION, "--yes", "--to", "1", code=1)  # ECR does not hold its image
    run(DEFINITION, "--yes", "--to", "2", "--settings")


def _of_definition(run: Runner) -> None:
    run(DEFINITION)


def _reconcile(run: Runner) -> None:
    run("--dry-run")
    run()


# In this order: `unhold` needs something that is on hold.
CHANGING: Mapping[str, Callable[[Runner], None]] = {
    "reconcile": _reconcile,
    "redrive": _redrive,
    "test": _plain,
    "hold": _of_definition,
    "rollback": _rollback,
    "unhold": _of_definition,
}


def needs_of_verbs(site: Site) -> Needs:
    """What each verb needed permission for."""
    found = {}
    for verb, runs in {**READING, **CHANGING}.items():
        runner = Runner(site, verb)
        runs(runner)
        found[verb] = runner.needs()
    return found


# Which gates the pair has -> the verbs that are run where an image waits at them.
GATED: Mapping[str, tuple[str, ...]] = {
    "platform": ("status",),
    "maxSeverity": ("status",),
    "maxSeverity with enhanced scanning": ("check", "simulate", "status"),
}


def needs_of_gates(site: Site, other_checkout: Path) -> Mapping[str, Needs]:
    """What each of these verbs needed permission for, by gates; the tool goes by its checkout alone."""
    platform, severity, enhanced = (
        {verb: Runner(site, verb, occasion=gate) for verb in verbs} for gate, verbs in GATED.items()
    )
    _let_an_image_wait(site)
    platform["status"](code=1, directory=_with_a_platform_alone(site, other_checkout))
    severity["status"](code=1)
    site.cloud.client("ecr").put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    enhanced["status"](code=1)
    enhanced["check"](code=1)
    _simulate(enhanced["simulate"])
    needs = zip(GATED, (platform, severity, enhanced), strict=True)
    return {gate: {verb: run.needs() for verb, run in runs.items()} for gate, runs in needs}


def _with_a_platform_alone(site: Site, directory: Path) -> Path:
    """Another checkout of the same stack, which asks for less."""
    document = yaml.safe_load((site.directory / "Pulumi.dev.yaml").read_text())
    del document["config"]["ecr-batch-updater:pairs"][PAIR]["requires"]["maxSeverity"]
    return checkout(directory, dev=yaml.safe_dump(document))


def _let_an_image_wait(site: Site) -> None:
    """Gives the pair gates, and pushes an image that nobody scans and the function does not hear of."""
    site.deploy({PAIR: {**KEYS, "requires": {"maxSeverity": "HIGH", "platform": "linux/amd64"}}})
    site.cloud.client("events").disable_rule(Name=site.function(PAIR))
    site.push("three", REPOSITORY)
