"""What the provider's data sources answer in the local cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.inputs import UnknownResource
from local.provider.kind import Place
from local.provider.kinds.job_definition import newest_active

Arguments = Mapping[str, Any]
Answer = dict[str, Any] | tuple[dict[str, Any], list[tuple[str, str]]]
"""The result; or an empty one with failures, each a property and the provider's words."""


def look_up(place: Place, token: str, args: Arguments) -> Answer:
    """The answer to one call of the program. Raises UnknownResource."""
    answer = _ANSWERS.get(token)
    if answer is None:
        raise UnknownResource(f"the program calls {token}, which the local cloud does not know")
    return answer(place, args)


def _partition(_place: Place, _args: Arguments) -> Answer:
    return {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"}


def _region(place: Place, _args: Arguments) -> Answer:
    return {"region": place.region, "name": place.region, "id": place.region}


def _caller(place: Place, _args: Arguments) -> Answer:
    arn = f"arn:aws:iam::{place.account}:user/local"
    return {"accountId": place.account, "id": place.account, "arn": arn}


def _job_definition(place: Place, args: Arguments) -> Answer:
    name = args["name"]
    newest = newest_active(place, name)
    if newest is None:
        return _refused(f"reading Batch Job Definitions ({name}/ACTIVE): empty result")
    # Neither containerProperties nor ecsProperties: the provider's data source does not show them.
    arn = newest["jobDefinitionArn"]
    return {"arn": arn, "id": arn, "name": name, "revision": newest["revision"], "status": "ACTIVE"}


def _vpc(place: Place, args: Arguments) -> Answer:
    if not args.get("default"):
        raise UnknownResource(
            "the program looks for a VPC that is not the default one; that is not known here"
        )
    filters = [{"Name": "is-default", "Values": ["true"]}]
    found = place.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return {"id": found[0]["VpcId"], "default": True} if found else _refused("no matching EC2 VPC found")


def _subnets(place: Place, args: Arguments) -> Answer:
    filters = [{"Name": each["name"], "Values": each["values"]} for each in args.get("filters") or ()]
    found = place.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    return {"ids": sorted(subnet["SubnetId"] for subnet in found), "id": place.region}


def _security_group(place: Place, args: Arguments) -> Answer:
    wanted = {"group-name": args.get("name"), "vpc-id": args.get("vpcId"), "group-id": args.get("id")}
    filters: Sequence[Mapping[str, Any]] = [
        {"Name": name, "Values": [value]} for name, value in wanted.items() if value
    ]
    found = place.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    if len(found) != 1:
        return _refused(f"{'multiple' if found else 'no'} matching EC2 Security Group found")
    return {"id": found[0]["GroupId"], "name": found[0]["GroupName"]}


def _refused(reason: str) -> Answer:
    return {}, [("", reason)]


_ANSWERS: Mapping[str, Callable[[Place, Arguments], Answer]] = {
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:batch/getJobDefinition:getJobDefinition": _job_definition,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getSecurityGroup:getSecurityGroup": _security_group,
}
FUNCTIONS = tuple(_ANSWERS)
"""The tokens that ``look_up`` knows."""
