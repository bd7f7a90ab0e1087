"""AWS IAM: roles and their inline policies. IAM is global, so a region is no property of these."""

from __future__ import annotations

from typing import Any

from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tag_list, tagged, unless_gone, written
from local.provider.kind import NOTHING, Kind, Place, Properties, State

_AN_HOUR = 3600


def _create_role(place: Place, inputs: Inputs) -> State:
    name = inputs.get("name")
    wanted = {
        "RoleName": name,
        "AssumeRolePolicyDocument": inputs.get("assumeRolePolicy"),
        "MaxSessionDuration": inputs.number("maxSessionDuration", _AN_HOUR),
        **inputs.call(Description="description", Path="path", PermissionsBoundary="permissionsBoundary"),
        "Tags": tag_list(inputs.get("tags")),
    }
    inputs.get("forceDetachPolicies")
    inputs.done()
    place.client("iam").create_role(**wanted)
    return standing(_read_role, place, name, inputs)


def _read_role(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    found = unless_gone(place.client("iam").get_role, RoleName=identity)
    if found is None:
        return None
    role = found["Role"]
    told = {
        "name": role["RoleName"],
        "arn": role["Arn"],
        "assumeRolePolicy": written(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": role.get("Description"),
        "forceDetachPolicies": known.get("forceDetachPolicies", False),
        "maxSessionDuration": role["MaxSessionDuration"],
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "uniqueId": role["RoleId"],
        **tagged(role.get("Tags", [])),
    }
    return described(identity, told, known=known)


def _update_role(place: Place, state: State, inputs: Inputs) -> State:
    iam, name, old = place.client("iam"), state.id, state.properties
    inputs.call(name="name", path="path", force="forceDetachPolicies")
    trust, boundary = inputs.get("assumeRolePolicy"), inputs.get("permissionsBoundary")
    described_as, tags = inputs.get("description", ""), inputs.get("tags")
    duration = inputs.number("maxSessionDuration", _AN_HOUR)
    inputs.done()
    if trust != old.get("assumeRolePolicy"):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    if (described_as, duration) != (old.get("description", ""), old.get("maxSessionDuration")):
        iam.update_role(RoleName=name, Description=described_as, MaxSessionDuration=duration)
    if boundary != old.get("permissionsBoundary"):
        # Kept, not applied: the policy that it names is made by hand, in AWS alone.
        if boundary:
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=name)
    retag(
        old,
        tags,
        put=lambda pairs: iam.tag_role(RoleName=name, Tags=tag_list(pairs)),
        remove=lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
    )
    return standing(_read_role, place, name, inputs)


def _delete_role(place: Place, state: State) -> None:
    """IAM refuses while policies are left, unless the program said that they go with it."""
    iam = place.client("iam")
    if state.properties.get("forceDetachPolicies"):
        _detach(iam, state.id)
    unless_gone(iam.delete_role, RoleName=state.id)


def _detach(iam: Any, role: str) -> None:
    inline = unless_gone(iam.list_role_policies, RoleName=role) or {"PolicyNames": []}
    for name in inline["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    attached = unless_gone(iam.list_attached_role_policies, RoleName=role) or {"AttachedPolicies": []}
    for policy in attached["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])


def _put_policy(place: Place, inputs: Inputs) -> State:
    role, name, policy = inputs.get("role"), inputs.get("name"), inputs.get("policy")
    inputs.done()
    place.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)
    return standing(_read_policy, place, f"{role}:{name}", inputs)


def _read_policy(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    role, _, name = identity.partition(":")
    found = unless_gone(place.client("iam").get_role_policy, RoleName=role, PolicyName=name)
    if found is None:
        return None
    return described(
        identity, {"role": role, "name": name, "policy": written(found["PolicyDocument"])}, known=known
    )


def _delete_policy(place: Place, state: State) -> None:
    role, _, name = state.id.partition(":")
    unless_gone(place.client("iam").delete_role_policy, RoleName=role, PolicyName=name)


KINDS = (
    Kind(
        token="aws:iam/role:Role",
        create=_create_role,
        read=_read_role,
        update=_update_role,
        delete=_delete_role,
        fixed=frozenset({"name", "path"}),
        documents=frozenset({"assumeRolePolicy"}),
    ),
    Kind(
        token="aws:iam/rolePolicy:RolePolicy",
        create=_put_policy,
        read=_read_policy,
        update=lambda place, _state, inputs: _put_policy(place, inputs),
        delete=_delete_policy,
        fixed=frozenset({"name", "role"}),
        documents=frozenset({"policy"}),
    ),
)
