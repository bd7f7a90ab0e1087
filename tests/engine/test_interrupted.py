"""Updates that end in the middle: what the next one makes of it, and the ways out that the docs name."""

from __future__ import annotations

import json

from local.provider.messages import name_of
from local.provider.server import serve
from tests.engine.interruptions import (
    ADDRESS,
    WHOLE,
    FirstOfEachType,
    Unanswered,
    attached,
    clear,
    dies,
    import_one,
    pending,
    standing,
    take_up,
    whole,
)
from tests.engine.stage import PAIR, Stage

# What AWS, or the provider before it asks AWS, refuses to make a second time. A role gets another name.
REFUSED = {
    "aws:sns/topic:Topic",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:lambda/function:Function",
    "aws:lambda/permission:Permission",
}


def test_a_provider_that_dies_before_a_call_leaves_nothing_that_the_next_update_does_not_take_up(
    stage: Stage,
) -> None:
    stage.init({"ocr": PAIR}, alarmEmails=[ADDRESS])
    met: dict[str, dict[str, str]] = {"Create": {}, "Update": {}}
    fresh = attached(stage)

    def until_it_lives(method: str) -> None:
        before = -1
        while (ran := dies(stage, FirstOfEachType("before", method, met[method]), "up")).code:
            assert len(met[method]) > before, ran.output
            before = len(met[method])
        stage.attach(fresh)

    until_it_lives("Create")
    assert len(met["Create"]) == len(WHOLE) + 3  # the queue's policy, the role's, the invoke config
    assert standing(stage.cloud) == WHOLE
    stage.configure({"ocr": {**PAIR, "tags": {"team": "ocr"}}}, alarmEmails=[ADDRESS])
    until_it_lives("Update")
    assert len(met["Update"]) == 6
    whole(stage)


def test_a_killed_update_leaves_a_lock_and_a_pending_create_that_is_taken_into_the_state_by_its_id(
    stage: Stage,
) -> None:
    project = stage.project
    stage.init({"ocr": PAIR}, alarmEmails=[ADDRESS])
    fresh = attached(stage)
    hook = Unanswered("ocr-logs")
    with serve(stage.cloud, hook=hook) as provider:
        stage.attach(provider.port)
        project.killed(hook.acted, "up", "--yes", "--non-interactive", "--skip-preview", "--parallel=1")
        hook.over.set()
    stage.attach(fresh)
    assert "the stack is currently locked" in project.up("--skip-preview", check=False).output
    project.pulumi("cancel", "--yes", "dev")
    (urn,) = pending(stage)
    assert name_of(urn) == "ocr-logs"
    clear(stage)
    import_one(stage, urn)
    project.up("--skip-preview")
    whole(stage)


def test_whatever_is_pending_is_taken_into_the_state_by_its_id(stage: Stage) -> None:
    """Of every kind at once: the state is what the engine leaves of a killed update."""
    project = stage.project
    stage.init({"ocr": PAIR}, alarmEmails=[ADDRESS])
    project.up("--skip-preview")
    before = {each["urn"]: each["id"] for each in project.exported() if each["type"].startswith("aws:")}
    file = project.state / ".pulumi/stacks/ecr-batch-updater/dev.json"
    written = json.loads(file.read_text())
    latest = written["checkpoint"]["latest"]
    made = [each for each in latest["resources"] if each["urn"] in before]
    latest["resources"] = [each for each in latest["resources"] if each not in made]
    latest["pending_operations"] = [
        {
            "resource": {key: value for key, value in each.items() if key not in ("id", "outputs")},
            "type": "creating",
        }
        for each in made
    ]
    file.write_text(json.dumps(written))
    assert set(pending(stage)) == before.keys()
    clear(stage)
    imported = take_up(stage)
    after = {each["urn"]: each["id"] for each in project.exported() if each["urn"] in before}
    left = {urn: identity for urn, identity in before.items() if urn not in after}
    assert after | left == before
    assert [name_of(urn) for urn in left] == ["alarms-af3c8254"]
    changes = project.up("--skip-preview").changes()
    assert changes.pop("alarms-af3c8254") == "create"
    assert changes.keys() <= set(imported)
    assert set(changes.values()) == {"update"}
    assert standing(stage.cloud) == WHOLE
    project.preview("--refresh", "--expect-no-changes")


def test_what_a_provider_made_and_never_told_is_made_once_more_or_imported(stage: Stage) -> None:
    project, cloud = stage.project, stage.cloud
    stage.init({"ocr": PAIR}, alarmEmails=[ADDRESS])
    fresh = attached(stage)
    met: dict[str, str] = {}
    while dies(stage, FirstOfEachType("after", "Create", met), "up").code:
        stage.attach(fresh)
        # The engine takes what a dead provider was doing for failed: nothing is pending.
        assert pending(stage) == []
        token, name = list(met.items())[-1]
        if token not in REFUSED:
            continue
        refused = project.up("--skip-preview", "--parallel=1", check=False)
        assert f"({name}): operation error" in refused.output
        assert "exist" in refused.output
        (urn,) = (each for each in refused.steps() if name_of(each) == name)
        import_one(stage, urn)
    stage.attach(fresh)
    assert met.keys() > REFUSED
    roles = [each["RoleName"] for each in cloud.client("iam").list_roles()["Roles"]]
    (left,) = (
        name
        for name in roles
        if name.startswith("ocr-role-") and name != stage.outputs()["pairs"]["ocr"]["roleName"]
    )
    cloud.client("iam").delete_role(RoleName=left)
    whole(stage)
