"""What the provider's data sources answer in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.inputs import UnknownResource
from local.provider.kind import Place
from local.provider.kinds.job_definition import newest_active

Answer = dict[str, Any] | tuple[dict[str, Any], list[tuple[str, str]]]
"""The result; or an empty one with failures, each a property and the provider's words."""


def look_up(place: Place, token: str, args: Mapping[str, Any]) -> Answer:
    """The answer to one call of the program. Raises UnknownResource."""
    account, region = place.account, place.region
    match token:
        case "aws:index/getPartition:getPartition":
            return {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"}
        case "aws:index/getRegion:getRegion":
            return {"region": region, "name": region, "id": region}
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return {"accountId": account, "id": account, "arn": f"arn:aws:iam::{account}:user/local"}
        case "aws:batch/getJobDefinition:getJobDefinition":
            return _job_definition(place, args)
        case "aws:ec2/getVpc:getVpc":
            found = place.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
            return {"id": found["Vpcs"][0]["VpcId"], "default": True}
        case "aws:ec2/getSubnets:getSubnets":
            filters = [{"Name": each["name"], "Values": each["values"]} for each in args["filters"]]
            found = place.client("ec2").describe_subnets(Filters=filters)
            return {"ids": sorted(subnet["SubnetId"] for subnet in found["Subnets"]), "id": region}
        case "aws:ec2/getSecurityGroup:getSecurityGroup":
            filters = [
                {"Name": "group-name", "Values": [args["name"]]},
                {"Name": "vpc-id", "Values": [args["vpcId"]]},
            ]
            found = place.client("ec2").describe_security_groups(Filters=filters)
            return {"id": found["SecurityGroups"][0]["GroupId"], "name": args["name"]}
    raise UnknownResource(f"the program calls {token}, which the local cloud does not know")


def _job_definition(place: Place, args: Mapping[str, Any]) -> Answer:
    name = args["name"]
    newest = newest_active(place, name)
    if newest is None:
        return {}, [("", f"reading Batch Job Definitions ({name}/ACTIVE): empty result")]
    # Neither containerProperties nor ecsProperties: the provider's data source does not show them.
    arn = newest["jobDefinitionArn"]
    return {"arn": arn, "id": arn, "name": name, "revision": newest["revision"], "status": "ACTIVE"}
