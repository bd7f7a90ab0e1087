"""The roles of docs/deploying.md against what the program creates, and against IAM's own database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml
from policy_sentry.querying.actions import get_action_data

from local.iam.policy import Access, decide
from tests.support.provider_calls import CALLS, ROLE
from tests.support.recorder import ACCOUNT, COMPONENT, ROOT, Recording, Registered, evaluate_main

Document = Mapping[str, Any]

BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/ecr-batch-updater-boundary"
# Not for a resource: Pulumi's state, what is secret in it, and the role that Lambda is given.
_OTHERS = {
    *("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "kms:Decrypt", "iam:PassRole"),
}


def documents(page: str) -> list[Document]:
    texts = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)
    return [json.loads(text) for text in texts]


PREVIEW_TRUST, DEPLOY_TRUST, PREVIEW, DEPLOY, BOUNDARY = documents("deploying.md")
GITLAB_PREVIEW_TRUST, GITLAB_DEPLOY_TRUST = documents("deploying-gitlab.md")
ROLES = {"preview": PREVIEW, "deploy": DEPLOY, "boundary": BOUNDARY}


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def grants(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Action, resource and statement, one by one."""
    for statement in document["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield action, resource, statement


@pytest.fixture(scope="module")
def deployed() -> Recording:
    """The shipped example as the page has it, with everything that the program can create for a pair."""
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    pair = config["ecr-batch-updater:pairs"]["newsarchivepro"]
    pair |= {"keepRevisions": 20, "requires": {"maxSeverity": "HIGH", "platform": "linux/arm64"}}
    return evaluate_main(
        config
        | {
            "ecr-batch-updater:defaults": {"permissionsBoundary": BOUNDARY_ARN},
            "ecr-batch-updater:alarmEmails": ["ops@example.com"],
        }
    )


def physical(resource: Registered) -> str:
    """The name by which IAM knows what a call for this resource is about."""
    inputs = resource.inputs
    if resource.short in ("Role", "RolePolicy"):
        return "newsarchivepro-role-0123abc"
    for key in ("function", "functionName", "rule", "dashboardName", "name"):
        if key in inputs:
            return str(inputs[key])
    return re.split(r"[:/]", inputs.get("queueUrl") or inputs["topic"])[-1]


def accesses(recording: Recording) -> Iterator[Access]:
    """Every call that the provider makes for these resources, in their whole life."""
    bounded = {"iam:permissionsboundary": [BOUNDARY_ARN]}
    for resource in recording.resources:
        if resource.type == COMPONENT:
            continue
        calls = CALLS[resource.short]
        arn = calls.arn.format(physical(resource))
        context = bounded if calls.service == "iam" else {}
        for action in calls.actions:
            yield Access(action=f"{calls.service}:{action}", resource=arn, context=context)
        for action in calls.free:
            yield Access(action=f"{calls.service}:{action}", resource="*")


def test_every_type_of_resource_has_its_calls_here(deployed: Recording) -> None:
    assert {resource.short for resource in deployed.resources if resource.type != COMPONENT} == CALLS.keys()


def test_the_deploy_role_may_do_everything_that_the_provider_does(deployed: Recording) -> None:
    assert [access for access in accesses(deployed) if decide([DEPLOY], access) != "allowed"] == []


def test_the_deploy_role_has_no_action_that_nothing_needs(deployed: Recording) -> None:
    needed = {access.action for access in accesses(deployed)} | _OTHERS
    assert {action for action, _, _ in grants(DEPLOY)} == needed


def test_the_deploy_role_of_a_stack_reaches_no_other_stack(deployed: Recording) -> None:
    others = [
        Access(
            action=access.action, resource=access.resource.replace("-dev", "-prod"), context=access.context
        )
        for access in accesses(deployed)
        if "-dev" in access.resource
    ]
    assert others
    assert [access for access in others if decide([DEPLOY], access) == "allowed"] == []
    state = "arn:aws:s3:::ecr-batch-updater-state/.pulumi/stacks/ecr-batch-updater/{}.json"
    written = {
        stack: decide([DEPLOY], Access(action="s3:PutObject", resource=state.format(stack)))
        for stack in ("dev", "prod", "dev2")
    }
    assert written == {"dev": "allowed", "prod": "implicitly denied", "dev2": "implicitly denied"}


@pytest.mark.parametrize("name", ROLES)
def test_actions_exist_and_a_star_stands_only_where_aws_has_no_resource(name: str) -> None:
    for action, resource, statement in grants(ROLES[name]):
        service, _, verb = action.partition(":")
        data = get_action_data(service, verb)
        assert data, f"{action} does not exist"
        formats = [re.sub(r"\$\{.*?\}", "*", row["resource_arn_format"]) for row in data[service]]
        if resource == "*":
            assert formats == ["*"], f"{action} knows resources: {formats}"
        else:
            # The document's own `*` stands for any text, and AWS's colons may be within it.
            some = [resource.replace("*", text) for text in ("x", "x:1", "x:log-stream:x")]
            assert [
                each for each in formats if each != "*" and any(fnmatchcase(arn, each) for arn in some)
            ], (action, resource)
        known = {key for row in data[service] for key in row["condition_keys"]}
        asked = {key for keys in statement.get("Condition", {}).values() for key in keys}
        assert asked <= known, (action, asked)


@pytest.mark.parametrize("document", ROLES.values(), ids=ROLES)
def test_a_star_stands_alone_and_no_statement_is_named_or_granted_twice(document: Document) -> None:
    assert all(
        listed(s["Resource"]) == ["*"] or "*" not in listed(s["Resource"]) for s in document["Statement"]
    )
    sids = [statement["Sid"] for statement in document["Statement"]]
    given = [(action, resource) for action, resource, _ in grants(document)]
    assert len(sids) == len(set(sids))
    assert len(given) == len(set(given))
    # IAM/latest/UserGuide/reference_iam-quotas.html: characters of a managed policy, blanks left out
    assert len(json.dumps(document, separators=(",", ":"))) <= 6144


def test_the_preview_role_only_reads() -> None:
    assert {action for action, _, _ in grants(PREVIEW)} == {"s3:ListBucket", "s3:GetObject", "kms:Decrypt"}
    assert {grant[:2] for grant in grants(PREVIEW)} <= {grant[:2] for grant in grants(DEPLOY)}


def test_what_a_refreshing_preview_adds_reads_and_is_what_the_provider_reads(deployed: Recording) -> None:
    added = [s for s in DEPLOY["Statement"] if s["Sid"].startswith("Read") and "State" not in s["Sid"]]
    actions = {action for action, _, _ in grants({"Statement": added})}
    needed = {access.action for access in accesses(deployed)}
    reading = {action for action in needed if re.match(r"\w+:(Get|Describe|List)", action)}
    assert actions == reading


def test_a_role_without_the_boundary_cannot_be_made_or_given_a_policy() -> None:
    role = ROLE.format("newsarchivepro-role-0123abc")
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        verdicts = [
            decide([DEPLOY], Access(action=action, resource=role, context=context))
            for context in (
                {"iam:permissionsboundary": [BOUNDARY_ARN]},
                {"iam:permissionsboundary": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
                {},
            )
        ]
        assert verdicts == ["allowed", "implicitly denied", "implicitly denied"], action


@pytest.mark.parametrize(
    "action",
    [
        *("iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"),
        *("iam:CreateUser", "iam:CreateAccessKey", "sts:AssumeRole", "lambda:InvokeFunction"),
        *("batch:RegisterJobDefinition", "ecr:PutImage"),
    ],
)
@pytest.mark.parametrize("name", ["preview", "deploy"])
def test_neither_role_may_escape_nor_do_the_functions_work(name: str, action: str) -> None:
    assert [granted for granted, _, _ in grants(ROLES[name]) if fnmatchcase(action, granted)] == []


@pytest.mark.parametrize(
    ("role", "service", "verdict"),
    [
        ("newsarchivepro-role-0123abc", "lambda.amazonaws.com", "allowed"),
        ("newsarchivepro-role-0123abc", "ec2.amazonaws.com", "implicitly denied"),
        ("admin", "lambda.amazonaws.com", "implicitly denied"),
    ],
)
def test_only_the_functions_role_is_passed_and_only_to_lambda(role: str, service: str, verdict: str) -> None:
    context = {"iam:passedtoservice": [service]}
    access = Access(action="iam:PassRole", resource=ROLE.format(role), context=context)
    assert decide([DEPLOY], access) == verdict


def test_the_program_gives_the_boundary_to_the_role(deployed: Recording) -> None:
    assert deployed.one("Role").inputs["permissionsBoundary"] == BOUNDARY_ARN


def test_without_the_key_the_role_has_no_boundary() -> None:
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    assert "permissionsBoundary" not in evaluate_main(config).one("Role").inputs


def test_the_boundary_lets_through_all_that_a_functions_own_policy_allows(deployed: Recording) -> None:
    policy = deployed.one("RolePolicy").document("policy")
    # One at a time, since a role is passed to one service, and a document's own `*` is taken as text.
    services = [{}, *({"iam:passedtoservice": [f"{name}.amazonaws.com"]} for name in ("batch", "ecs-tasks"))]
    for action, resource, _ in grants(policy):
        wanted = services[1:] if action == "iam:PassRole" else services[:1]
        for context in wanted:
            access = Access(action=action, resource=resource.replace(":*", ":7"), context=context)
            assert decide([BOUNDARY], access) == "allowed", access


def trusts(document: Document, issuer: str, subject: str, audience: str = "sts.amazonaws.com") -> bool:
    statements = [
        {key: value for key, value in statement.items() if key != "Principal"} | {"Resource": "*"}
        for statement in document["Statement"]
    ]
    context = {f"{issuer}:aud": [audience], f"{issuer}:sub": [subject]}
    access = Access(action="sts:AssumeRoleWithWebIdentity", resource="*", context=context)
    return decide([{"Statement": statements}], access) == "allowed"


GITHUB = "token.actions.githubusercontent.com"
OURS = "repo:ORG@1234567/REPO@7654321"


@pytest.mark.parametrize(
    ("subject", "preview", "deploy"),
    [
        (f"{OURS}:pull_request", True, False),
        (f"{OURS}:environment:dev", False, True),
        (f"{OURS}:environment:prod", False, False),
        (f"{OURS}:ref:refs/heads/main", False, False),
        ("repo:FORK@1/REPO@7654321:pull_request", False, False),
        ("repo:ORG@1234567/REPO@1:environment:dev", False, False),
    ],
)
def test_each_role_trusts_its_own_kind_of_job(subject: str, preview: bool, deploy: bool) -> None:
    assert trusts(PREVIEW_TRUST, GITHUB, subject) is preview
    assert trusts(DEPLOY_TRUST, GITHUB, subject) is deploy


def test_a_token_for_another_audience_is_not_trusted() -> None:
    assert not trusts(PREVIEW_TRUST, GITHUB, f"{OURS}:pull_request", "https://example.com")
    assert not trusts(DEPLOY_TRUST, GITHUB, f"{OURS}:environment:dev", "https://example.com")


@pytest.mark.parametrize(
    ("subject", "preview", "deploy"),
    [
        ("project_path:GROUP/PROJECT:ref_type:branch:ref:main", True, True),
        ("project_path:GROUP/PROJECT:ref_type:branch:ref:feature", True, False),
        ("project_path:GROUP/PROJECT:ref_type:tag:ref:main", False, False),
        ("project_path:FORK/PROJECT:ref_type:branch:ref:main", False, False),
    ],
)
def test_with_gitlab_a_branch_previews_and_main_deploys(subject: str, preview: bool, deploy: bool) -> None:
    assert trusts(GITLAB_PREVIEW_TRUST, "gitlab.com", subject) is preview
    assert trusts(GITLAB_DEPLOY_TRUST, "gitlab.com", subject) is deploy
