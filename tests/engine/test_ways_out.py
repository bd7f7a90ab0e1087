"""What docs/troubleshooting.md and docs/environments.md say of Pulumi itself, by Pulumi itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import Cloud
from tests.support.pages import page
from tests.support.rehearsal import Rehearsal, rehearsing

TROUBLESHOOTING = page("troubleshooting.md")
LOG_GROUP = "/aws/lambda/ecr-batch-updater-{}-ocr"
COMPONENT = "urn:pulumi:{}::ecr-batch-updater::ecr-batch-updater:index:BatchImageUpdater::ocr"


@pytest.fixture(scope="module")
def rehearsal(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(running_cloud, tmp_path_factory.mktemp("ways")) as running:
        yield running


def stack(rehearsal: Rehearsal, name: str, **config: Any) -> None:
    rehearsal.stack(name, pairs={"ocr": {"repository": "backend", "jobDefinitions": [name]}}, **config)


def said(words: str, output: str) -> bool:
    """Whether Pulumi says what the page quotes, … standing for anything."""
    assert f'"{words}"' in TROUBLESHOOTING
    at = 0
    for part in words.split("…"):
        at = output.find(part.strip(), at)
        if at < 0:
            return False
    return True


def import_log_group(rehearsal: Rehearsal, name: str, *more: str) -> None:
    kind, identity = "aws:cloudwatch/logGroup:LogGroup", LOG_GROUP.format(name)
    flags = ("--protect=false", "--generate-code=false", "--yes", "--non-interactive")
    rehearsal.project.pulumi("import", kind, "ocr-logs", identity, *flags, *more)


def test_what_exists_already_is_imported_into_the_component_and_not_beside_it(rehearsal: Rehearsal) -> None:
    project = rehearsal.project
    rehearsal.cloud.client("logs").create_log_group(logGroupName=LOG_GROUP.format("imported"))
    stack(rehearsal, "imported")
    failed = project.up("--skip-preview", check=False)
    assert (failed.code != 0, "already exists" in failed.output) == (True, True)

    import_log_group(rehearsal, "imported")
    (beside,) = (urn for urn in rehearsal.urns() if "BatchImageUpdater" not in urn)
    assert project.preview().steps()[beside] == "delete"
    project.pulumi("state", "delete", beside, "--yes")

    import_log_group(rehearsal, "imported", "--parent", f"ocr={COMPONENT.format('imported')}")
    changes = project.preview().changes()
    assert changes.pop("ocr-logs") == "update"
    assert set(changes.values()) == {"create"}
    project.up("--skip-preview")
    assert project.preview("--expect-no-changes").changes() == {}


def test_a_lock_that_was_left_over_stops_updates_and_no_previews_until_it_is_cancelled(
    rehearsal: Rehearsal,
) -> None:
    project = rehearsal.project
    stack(rehearsal, "locked")
    locks = project.state / ".pulumi/locks/organization/ecr-batch-updater/locked"
    locks.mkdir(parents=True, exist_ok=True)
    lock = {"pid": 1, "username": "ci", "hostname": "runner", "timestamp": "2026-01-01T00:00:00Z"}
    (locks / "0.json").write_text(json.dumps(lock))
    locked = project.up("--skip-preview", check=False)
    assert locked.code != 0
    assert said("the stack is currently locked", locked.output)
    assert project.preview().code == 0
    project.pulumi("cancel", "--yes", "locked")
    assert list(locks.glob("*.json")) == []


def test_pending_operations_are_told_kept_by_a_refresh_and_cleared_on_request(rehearsal: Rehearsal) -> None:
    project = rehearsal.project
    stack(rehearsal, "killed")
    project.up("--skip-preview")
    # As if the update had been killed after AWS had made the log group. `stack import` would drop the rest.
    file = project.state / ".pulumi/stacks/ecr-batch-updater/killed.json"
    written = json.loads(file.read_text())
    latest = written["checkpoint"]["latest"]
    (group,) = (each for each in latest["resources"] if each["urn"].endswith("::ocr-logs"))
    gone = ("ocr-logs", "ocr-function", "ocr-permission", "ocr-target", "ocr-invoke-config")
    latest["resources"] = [each for each in latest["resources"] if not each["urn"].endswith(gone)]
    pending = {key: value for key, value in group.items() if key not in ("id", "outputs")}
    latest["pending_operations"] = [{"resource": pending, "type": "creating"}]
    file.write_text(json.dumps(written))
    rehearsal.cloud.client("lambda").delete_function(FunctionName="ecr-batch-updater-killed-ocr")
    rehearsal.cloud.client("events").remove_targets(Rule="ecr-batch-updater-killed-ocr", Ids=["function"])

    failed = project.up("--skip-preview", check=False)
    assert said("Attempting to deploy or update resources with … pending operations", failed.output)
    assert (failed.code != 0, "already exists" in failed.output) == (True, True)

    refresh = ("refresh", "--yes", "--non-interactive", "--skip-preview")
    project.pulumi(*refresh)
    assert "pending_operations" in project.pulumi("stack", "export").stdout
    project.pulumi(*refresh, "--clear-pending-creates")
    assert "pending_operations" not in project.pulumi("stack", "export").stdout
    import_log_group(rehearsal, "killed", "--parent", f"ocr={COMPONENT.format('killed')}")
    project.up("--skip-preview")
    assert project.preview("--expect-no-changes").changes() == {}


def test_protect_stops_a_destroy_in_its_preview_and_without_one_only_after_the_rest_is_gone(
    rehearsal: Rehearsal,
) -> None:
    project = rehearsal.project
    stack(rehearsal, "protected", protect=True)
    project.up("--skip-preview")
    before = rehearsal.urns()
    stopped = project.destroy(check=False)
    assert stopped.code != 0
    assert said("cannot be deleted because it is protected", " ".join(stopped.output.split()))
    assert rehearsal.urns() == before
    project.destroy("--skip-preview", check=False)
    assert sorted(urn.rpartition("::")[2] for urn in rehearsal.urns()) == ["ocr-dlq", "ocr-logs"]


def test_what_a_preview_is_given_by_path_replaces_what_stood_beside_it_in_the_file(
    rehearsal: Rehearsal,
) -> None:
    stack(rehearsal, "given")
    key = f"{rehearsal.name}:pairs.ocr.paused=true"
    ran = rehearsal.project.preview("--config-path", "-c", key, check=False)
    assert 'key "repository": found nothing' in ran.output
    written = rehearsal.file("given").read_text()
    assert ("paused" in written, "backend" in written) == (True, False)
