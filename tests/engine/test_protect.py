"""`protect`: on, what it refuses, off, and what a destroy leaves then."""

from __future__ import annotations

from local.seed import push, seed_pair
from tests.engine.stage import PAIR, Stage
from tests.engine.test_pairs import names
from tests.support.engine import Ran

PROTECTED = {"ocr-dlq", "ocr-logs"}


def refused(ran: Ran) -> set[str]:
    """The resources that Pulumi names as protected."""
    assert ran.code != 0
    told = [
        each["diagnosticEvent"]
        for each in ran.events
        if "protect" in each.get("diagnosticEvent", {}).get("message", "")
    ]
    return {each["urn"].rpartition("::")[2] for each in told if each.get("urn")}


def test_protected_queues_and_logs_stay_until_they_are_let_go_and_then_a_destroy_leaves_no_resource(
    stage: Stage,
) -> None:
    cloud, project = stage.cloud, stage.project
    seed_pair(cloud, repository="backend", job_definitions=["ocr-job"], roles=[])
    stage.init({"ocr": PAIR}, alarmEmails=["ops@example.com"])
    project.up("--skip-preview")
    push(cloud, "backend", "second")
    cloud.settle()
    before = names(cloud)

    stage.configure({"ocr": PAIR}, alarmEmails=["ops@example.com"], protect=True)
    assert project.up("--skip-preview").changes() == {}
    assert {
        each["urn"].rpartition("::")[2] for each in project.exported() if each.get("protect")
    } == PROTECTED
    assert refused(project.destroy(check=False)) == PROTECTED
    stage.configure({"renamed": PAIR}, alarmEmails=["ops@example.com"], protect=True)
    assert refused(project.up(check=False)) == PROTECTED
    assert names(cloud) == before

    stage.configure({"ocr": PAIR}, alarmEmails=["ops@example.com"])
    project.up("--skip-preview")
    project.destroy()
    assert project.exported() == []
    assert names(cloud) == []
    assert cloud.client("sns").list_topics()["Topics"] == []
    # docs/operations.md, "What is kept where": images, and revisions with their tags.
    found = cloud.client("batch").describe_job_definitions(jobDefinitionName="ocr-job", status="ACTIVE")
    tags = {each["revision"]: set(each["tags"]) for each in found["jobDefinitions"]}
    assert tags.keys() == {1, 2}
    assert "ecr-batch-updater/image-digest" in tags[2]
    images = cloud.client("ecr").describe_images(repositoryName="backend")["imageDetails"]
    assert [each["imageTags"] for each in images] == [["latest"]]
