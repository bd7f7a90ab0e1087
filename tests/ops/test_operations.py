"""docs/operations.md, played on the local cloud: its commands, as they stand there and in their order.

What a command of the page is for is asserted after it. Where the page says that a command needs AWS, the
test does itself what the command stands for.
"""

from __future__ import annotations

from tests.ops.cloud_fixtures import Site
from tests.ops.documents import ROOT
from tests.ops.play import JOB, PAIR, REPOSITORY, RULE, Play, images, pair, register, shipped

__all__ = ["shipped"]


def test_the_introduction(shipped: Site) -> None:
    play = Play(shipped, "")
    shipped.push("one", REPOSITORY)
    play(". .venv/bin/activate")
    play("export PULUMI_STACK=dev")
    assert "current" in play("ecr-batch status")
    play.end()


def test_first_deployment(shipped: Site) -> None:
    shipped.cloud.client("events").disable_rule(Name=RULE)
    digest = shipped.push("there before the pair", REPOSITORY)
    shipped.cloud.client("events").enable_rule(Name=RULE)
    play = Play(shipped, "First deployment")
    assert "register" in play("echo")
    play.elsewhere("pulumi preview")
    play.elsewhere("pulumi up")
    assert "0 findings" in play("ecr-batch check")
    assert "dry run, would register" in play("ecr-batch reconcile --dry-run")
    assert images(shipped) == {1: ":first"}
    assert "1 -> 2" in play("ecr-batch reconcile")
    assert "current" in play("ecr-batch status --wait")
    assert images(shipped) == {1: ":first", 2: f"@{digest}"}
    play.end()


def test_a_bad_image_at_3_am(shipped: Site) -> None:
    play = Play(shipped, "A bad image at 3 a.m.")
    good, bad = shipped.push("good", REPOSITORY), shipped.push("bad", REPOSITORY)
    assert "2 -> 3" in play("ecr-batch monitor").splitlines()[-1]
    assert bad[7:19] in play("ecr-batch history").splitlines()[1]
    difference = play("ecr-batch history")
    assert f"@{good}" in difference
    assert f"@{bad}" in difference
    play("ecr-batch rollback")
    shown = f"{JOB}: revision 4 is registered: image of revision 2, on hold: build 42 crashes on start"
    assert shown in (ROOT / "docs" / "operations.md").read_text()
    assert images(shipped) == {1: ":first", 2: f"@{good}", 3: f"@{bad}", 4: f"@{good}"}
    worse = shipped.push("worse", REPOSITORY)
    assert max(images(shipped)) == 4
    status = play("ecr-batch status", code=1)
    assert "held" in status
    assert f"latest {worse[7:19]}" in status
    last = play("ecr-batch monitor").splitlines()[-1]
    assert "skipped" in last
    assert "on hold: build 42 crashes on start" in last
    fix = shipped.push("fix", REPOSITORY)
    assert f"latest {fix[7:19]}" in play("ecr-batch status", code=1)
    assert max(images(shipped)) == 4
    assert "5 -> 6" in play("ecr-batch unhold")
    assert "current" in play("ecr-batch status --wait")
    assert list(images(shipped).values())[3:] == [f"@{good}", f"@{good}", f"@{fix}"]
    play.end()


def test_infrastructure_code_on_top_of_a_hold_keeps_its_settings_and_a_reconcile_brings_the_image_back(
    shipped: Site,
) -> None:
    good = shipped.push("good", REPOSITORY)
    shipped.push("bad", REPOSITORY)
    assert shipped.run("rollback", JOB, "--yes").returncode == 0
    register(shipped, executionRoleArn="arn:aws:iam::123456789012:role/ocr-job")
    assert shipped.run("reconcile").returncode == 0
    newest = shipped.revisions(JOB)[-1]
    assert images(shipped)[6] == f"@{good}"
    assert newest["containerProperties"]["executionRoleArn"].endswith("role/ocr-job")


def test_deregistering_by_hand_is_no_rollback(shipped: Site) -> None:
    good, bad = shipped.push("good", REPOSITORY), shipped.push("bad", REPOSITORY)
    shipped.cloud.client("batch").deregister_job_definition(jobDefinition=f"{JOB}:3")
    document, code = shipped.json("status")
    assert (code, document["definitions"][0]["state"]) == (1, "behind")
    assert shipped.run("reconcile").returncode == 0
    assert images(shipped) == {1: ":first", 2: f"@{good}", 4: f"@{bad}"}


def test_a_tag_that_is_moved_back_is_a_push(shipped: Site) -> None:
    ecr, good = shipped.cloud.client("ecr"), shipped.push("good", REPOSITORY)
    manifest = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": good}])["images"][0]
    shipped.push("bad", REPOSITORY)
    ecr.put_image(repositoryName=REPOSITORY, imageTag="latest", imageManifest=manifest["imageManifest"])
    shipped.cloud.settle()
    assert images(shipped)[4] == f"@{good}"


def test_a_stuck_pipeline(shipped: Site) -> None:
    role = "arn:aws:iam::123456789012:role/new"
    shipped.cloud.client("iam").create_role(RoleName="new", AssumeRolePolicyDocument="{}")
    register(shipped, executionRoleArn=role)
    digest = shipped.push("one", REPOSITORY)
    play = Play(shipped, "A stuck pipeline")
    check = play("ecr-batch check", code=1)
    assert f"passRoles of pair {PAIR}" in check
    assert "1 event waits in it" in check
    status = play("ecr-batch status", code=1)
    assert "behind" in status
    assert "iam:PassRole" in status
    assert "failed" in play("ecr-batch monitor")
    assert "waits" in play("ecr-batch redrive --dry-run", code=1)
    shipped.deploy(pair(passRoles=[*pair()[PAIR]["passRoles"], role]))
    assert "1 done, 0 still in the queue" in play("ecr-batch redrive")
    assert "already on the selected image" in play("ecr-batch reconcile")
    play("ecr-batch status")
    assert images(shipped)[3] == f"@{digest}"
    play.end()


def test_ci_after_a_push(shipped: Site) -> None:
    play = Play(shipped, "CI after a push")
    play.elsewhere("docker push")
    shipped.push_only("one", REPOSITORY)
    assert "current" in play("ecr-batch --stack dev")
    assert "selected: v1.4.2" in play("echo v1.4.2")
    play.end()


def test_moving_from_hand_made_scripts(shipped: Site) -> None:
    play = Play(shipped, "Moving from hand-made scripts")
    digest = shipped.push("one", REPOSITORY)
    register(shipped)
    assert "register" in play("echo")
    play.elsewhere("pulumi up")
    shipped.deploy(pair(dryRun=True))
    assert "in dry run" in play("ecr-batch check")
    assert "dry run, would register" in play("ecr-batch reconcile")
    assert "dry run, would register" in play("ecr-batch monitor")
    play.elsewhere("aws events disable-rule")
    assert max(images(shipped)) == 3
    play.elsewhere("pulumi up")
    shipped.deploy(pair())
    assert "3 -> 4" in play("ecr-batch reconcile")
    assert "current" in play("ecr-batch status --wait")
    assert "lets such a push through" in play("ecr-batch test")
    assert images(shipped)[4] == f"@{digest}"
    play.end()


def test_what_a_script_leaves_out_stays_out_and_its_tag_is_behind_until_the_next_look(shipped: Site) -> None:
    digest = shipped.push("one", REPOSITORY)
    kept = shipped.revisions(JOB)[1]
    container = {
        **kept["containerProperties"],
        "image": f"{kept['containerProperties']['image'].partition('@')[0]}:latest",
    }
    shipped.cloud.client("batch").register_job_definition(
        jobDefinitionName=JOB,
        type="container",
        platformCapabilities=kept["platformCapabilities"],
        containerProperties=container,
    )
    document, code = shipped.json("status")
    assert (code, document["definitions"][0]["state"]) == (1, "behind")
    assert shipped.run("reconcile").returncode == 0
    assert images(shipped)[4] == f"@{digest}"
    found, _ = shipped.json("history", JOB)
    assert [entry["by"] for entry in found["revisions"]][:2] == ["updater", "other"]
    assert "timeout.attemptDurationSeconds" in found["revisions"][1]["alsoChanged"]
    assert not shipped.revisions(JOB)[-1].get("timeout")


def test_regular_checks(shipped: Site) -> None:
    play = Play(shipped, "Regular checks")
    shipped.push("one", REPOSITORY)
    assert "0 findings" in play("ecr-batch check")
    assert "current" in play("ecr-batch status")
    assert "updater" in play("ecr-batch history")
    assert "Datapoints" in play("aws cloudwatch get-metric-statistics")
    assert "lets such a push through" in play("ecr-batch test")
    assert sorted(images(shipped)) == [1, 2]
    play.elsewhere("aws cloudwatch set-alarm-state")
    alarms = shipped.cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert f"{RULE}-errors" in {alarm["AlarmName"] for alarm in alarms}
    play.end()


def test_a_new_python_runtime(shipped: Site) -> None:
    play = Play(shipped, "A new Python runtime")
    shipped.push("one", REPOSITORY)
    functions = shipped.cloud.client("lambda")
    functions.update_function_configuration(FunctionName=RULE, Runtime="python3.12")
    for target in ("clean", "test", "demo"):
        play.elsewhere(f"make {target}")
    assert "runtime python3.12, this checkout deploys" in play("ecr-batch check", code=1)
    play.elsewhere("pulumi up")
    shipped.deploy(pair())
    assert "0 findings" in play("ecr-batch check")
    play("ecr-batch test")
    play.end()


def test_what_is_kept_where(shipped: Site) -> None:
    play = Play(shipped, "What is kept where")
    play.elsewhere("pulumi stack export")
    play("aws batch describe-job-definitions")
    assert JOB in (shipped.directory / "revisions.json").read_text()
    play.end()
