"""What the provider's data sources answer in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.batch_resources import newest_active
from local.inputs import UnknownResource

if TYPE_CHECKING:
    from local.cloud import Cloud

Answer = dict[str, Any] | tuple[dict[str, Any], list[tuple[str, str]]]
"""The result; or an empty one with failures, each a property and the provider's words."""


def look_up(cloud: Cloud, token: str, args: Mapping[str, Any]) -> Answer:
    """The answer to one call of the program. Raises UnknownResource."""
    account, region = cloud.account, cloud.region
    match token:
        case "aws:index/getPartition:getPartition":
            return {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"}
        case "aws:index/getRegion:getRegion":
            return {"region": region, "name": region, "id": region}
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return {"accountId": account, "id": account, "arn": f"arn:aws:iam::{account}:user/local"}
        case "aws:batch/getJobDefinition:getJobDefinition":
            return _job_definition(cloud, args)
        case "aws:ec2/getVpc:getVpc":
            found = cloud.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
            return {"id": found["Vpcs"][0]["VpcId"], "default": True}
        case "aws:ec2/getSubnets:getSubnets":
            filters = [{"Name": each["name"], "Values": each["values"]} for each in args["filters"]]
            found = cloud.client("ec2").describe_subnets(Filters=filters)
            return {"ids": sorted(subnet["SubnetId"] for subnet in found["Subnets"]), "id": region}
        case "aws:ec2/getSecurityGroup:getSecurityGroup":
            filters = [
                {"Name": "group-name", "Values": [args["name"]]},
                {"Name": "vpc-id", "Values": [args["vpcId"]]},
            ]
            found = cloud.client("ec2").describe_security_groups(Filters=filters)
            return {"id": found["SecurityGroups"][0]["GroupId"], "name": args["name"]}
    raise UnknownResource(f"the program calls {token}, which the local cloud does not know")


def _job_definition(cloud: Cloud, args: Mapping[str, Any]) -> Answer:
    name = args["name"]
    newest = newest_active(cloud, name)
    if newest is None:
        return {}, [("", f"reading Batch Job Definitions ({name}/ACTIVE): empty result")]
    # Neither containerProperties nor ecsProperties: the provider's data source does not show them.
    arn = newest["jobDefinitionArn"]
    return {"arn": arn, "id": arn, "name": name, "revision": newest["revision"], "status": "ACTIVE"}
