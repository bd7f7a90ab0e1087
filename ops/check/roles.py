"""The roles that the job definitions name: may the function pass them on?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handler.revision import Revision
from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict

# batch/latest/APIReference/API_RegisterJobDefinition.html, in containers, tasks and nodes alike
_FIELDS = ("jobRoleArn", "executionRoleArn", "taskRoleArn")


@dataclass(frozen=True)
class Passes:
    """The ARNs that the deployed function may pass; None if its role has no policy at all."""

    roles: frozenset[str] | None


def look_at_passes(ask: Ask, role: str, policy: str) -> Passes:
    """Reads the inline policy of the function's role."""
    found = ask("iam", "get_role_policy", absent=["NoSuchEntity"], RoleName=role, PolicyName=policy)
    if found is None:
        return Passes(None)
    statements = found["PolicyDocument"]["Statement"]
    return Passes(
        frozenset(
            role
            for statement in statements
            if statement.get("Effect") == "Allow" and "iam:PassRole" in statement.get("Action", ())
            for role in _texts(statement.get("Resource"))
        )
    )


def judge_roles(
    newest: Mapping[str, Revision], passes: Passes | None, expected: Expected
) -> Iterator[Verdict]:
    """Each role of the newest revisions; ``passes`` is None when the function or its role was not seen."""
    named: dict[str, list[str]] = {}
    for name, revision in newest.items():
        for role in sorted(set(roles_in(revision.document))):
            named.setdefault(role, []).append(name)
    if passes is not None and passes.roles is None:
        yield Finding(
            link=Link.ROLE,
            subject=expected.names.base,
            found=f"the function's role has no policy {expected.names.base}, so the function can do nothing",
            remedy=expected.redeploy,
        )
        passes = None
    for role, definitions in named.items():
        yield _judge(role, ", ".join(definitions), passes, expected)


def _judge(role: str, definitions: str, passes: Passes | None, expected: Expected) -> Verdict:
    configured = {
        arn if role.startswith("arn:") else arn.rpartition("/")[2] for arn in expected.pair.pass_roles
    }
    account = role.split(":")[4] if role.startswith("arn:") else expected.place.account
    if account != expected.place.account:
        found = f"{definitions} names this role of account {account}, and Batch takes roles of its own only"
        remedy = f"register {definitions} with a role of account {expected.place.account}"
    elif role not in configured:
        found = f"{definitions} names it, and passRoles does not list it: the update will be denied"
        remedy = f"add it to {expected.key('passRoles')} and run `pulumi up --stack {expected.names.stack}`"
    elif passes is not None and not _is_passed(role, passes):
        found = f"{definitions} names it and passRoles lists it, but the deployed function may not pass it"
        remedy = expected.redeploy
    else:
        return Good(link=Link.ROLE, subject=role)
    return Finding(link=Link.ROLE, subject=role, found=found, remedy=remedy)


def _is_passed(role: str, passes: Passes) -> bool:
    passed = passes.roles or ()
    return role in passed or any(arn.rpartition("/")[2] == role for arn in passed)


def roles_in(node: Any) -> Iterator[str]:
    """Every role that a job definition names, whatever its shape."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _FIELDS and isinstance(value, str) and value:
                yield value
            else:
                yield from roles_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from roles_in(item)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
