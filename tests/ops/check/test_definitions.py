"""The job definitions, their roles, and who submits jobs of them.

Each test breaks exactly one link, and exactly that finding appears.
"""

from __future__ import annotations

import json

import pytest

from tests.ops.check.world import BASE, DEFINITION, EXECUTION_ROLE, JOB_ROLE, REDEPLOY, World, assert_finding


def test_a_definition_that_does_not_exist_is_found(world: World) -> None:
    world.deployed_with(jobDefinitions=[DEFINITION, "index-job"])
    assert_finding(world.finding(), "definition", "index-job", "no such job definition", "jobDefinitions")


def test_a_definition_without_an_active_revision_is_found(world: World) -> None:
    batch = world.client("batch")
    resources = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    batch.register_job_definition(
        jobDefinitionName="old-job",
        type="container",
        containerProperties={"image": world.image(world.newer), "resourceRequirements": resources},
    )
    batch.deregister_job_definition(jobDefinition="old-job:1")
    world.deployed_with(jobDefinitions=[DEFINITION, "old-job"])
    assert_finding(world.finding(), "definition", "old-job", "INACTIVE", "register it again")


def test_a_definition_that_uses_another_repository_is_found(world: World) -> None:
    number = world.register(image="busybox:latest")
    assert_finding(
        world.finding(),
        "definition",
        DEFINITION,
        f"revision {number} uses busybox:latest",
        "adopt of pair ocr",
    )


def test_a_role_that_pass_roles_does_not_list_is_found(world: World) -> None:
    world.register(containerProperties={"jobRoleArn": f"{JOB_ROLE}-2"})
    assert_finding(
        world.finding(),
        "role",
        f"{JOB_ROLE}-2",
        f"{DEFINITION} names it, and passRoles does not list it",
        "passRoles of pair ocr in the configuration of stack dev",
    )


def test_a_role_of_another_account_is_found(world: World) -> None:
    foreign = JOB_ROLE.replace("123456789012", "999999999999")
    world.register(containerProperties={"jobRoleArn": foreign})
    assert_finding(world.finding(), "role", foreign, "account 999999999999", "a role of account 123456789012")


def function_role(world: World) -> str:
    configuration = world.client("lambda").get_function_configuration(FunctionName=BASE)
    return str(configuration["Role"].rpartition("/")[2])


def test_a_role_that_the_deployed_function_may_not_pass_is_found(world: World) -> None:
    iam, role = world.client("iam"), function_role(world)
    document = iam.get_role_policy(RoleName=role, PolicyName=BASE)["PolicyDocument"]
    for statement in document["Statement"]:
        if statement["Sid"] == "PassJobRoles":
            statement["Resource"] = [JOB_ROLE]
    iam.put_role_policy(RoleName=role, PolicyName=BASE, PolicyDocument=json.dumps(document))
    world.redeploy_afterwards()
    assert_finding(world.finding(), "role", EXECUTION_ROLE, "deployed function may not pass it", REDEPLOY)


def test_a_function_whose_role_lost_its_policy_is_found(world: World) -> None:
    world.client("iam").delete_role_policy(RoleName=function_role(world), PolicyName=BASE)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "role", BASE, f"has no policy {BASE}", REDEPLOY)


def test_more_active_revisions_than_a_page_holds_are_found(world: World) -> None:
    for _ in range(98):
        world.register()
    assert_finding(
        world.finding(),
        "revisions",
        DEFINITION,
        "101 of its revisions are ACTIVE",
        "keepRevisions of pair ocr",
    )


def test_too_many_propagated_tags_are_found(world: World) -> None:
    tags = {f"tag-{number}": "x" for number in range(41)}
    world.register(tags=tags)
    assert world.check()[0] == 0
    number = world.register(tags=tags, propagateTags=True)
    assert_finding(world.finding(), "tags", DEFINITION, f"revision {number} propagates 41 tags", "fewer tags")


@pytest.mark.parametrize("bus", ["default", "own"])
def test_a_rule_that_submits_jobs_of_a_fixed_revision_is_found(world: World, bus: str) -> None:
    assert world.note("submitter") == ""
    events = world.client("events")
    if bus == "own":
        events.create_event_bus(Name="own")
        world.afterwards(lambda: events.delete_event_bus(Name="own"))
        world.afterwards(lambda: events.delete_rule(Name="nightly", EventBusName="own"))
        world.afterwards(lambda: events.remove_targets(Rule="nightly", EventBusName="own", Ids=["job"]))
    else:
        world.afterwards(lambda: world.submit_nightly(DEFINITION))
    arn = f"arn:aws:batch:ap-southeast-2:123456789012:job-definition/{DEFINITION}"
    world.submit_nightly(f"{DEFINITION}:2" if bus == "default" else f"{arn}:2", bus)
    finding = world.finding()
    assert_finding(
        finding,
        "submitter",
        "nightly" if bus == "default" else "nightly of bus own",
        f"submits revision 2 of {DEFINITION} for ever",
        f"name {DEFINITION} without a revision",
    )
