"""The resource types as pulumi_aws declares them, and the package schema that is made of them."""

from __future__ import annotations

import json

import pytest

from local.lookups import FUNCTIONS
from local.provider.check import fitting
from local.provider.defaults import defaults_of
from local.provider.kinds import KINDS
from local.provider.package import package
from local.provider.schema import Type, function_of, provider_arguments, schema_of

FUNCTION = "aws:lambda/function:Function"


def test_names_types_and_nesting_are_those_of_the_wire() -> None:
    inputs = schema_of(FUNCTION).inputs
    assert inputs.required == {"role"}
    assert {key: inputs.fields[key].name for key in ("memorySize", "publish", "code", "runtime", "tags")} == {
        "memorySize": "integer",
        "publish": "boolean",
        "code": "archive",
        "runtime": "string",
        "tags": "map",
    }
    assert inputs.fields["architectures"] == Type("array", item=Type("string"))
    logging = inputs.fields["loggingConfig"]
    assert (logging.title, list(logging.required)) == ("FunctionLoggingConfig", ["logFormat"])
    assert logging.fields["applicationLogLevel"] == Type("string")


def test_what_aws_decides_alone_is_computed() -> None:
    computed = schema_of(FUNCTION).computed()
    assert {"arn", "invokeArn", "lastModified", "tagsAll"} <= computed
    assert not {"name", "role", "region"} & computed


def test_an_object_within_a_list_has_its_own_fields() -> None:
    orders = schema_of("aws:batch/jobQueue:JobQueue").inputs.fields["computeEnvironmentOrders"]
    assert orders.item is not None
    assert orders.item.required == {"computeEnvironment", "order"}


@pytest.mark.parametrize("token", KINDS)
def test_the_providers_own_values_are_of_arguments_and_of_their_types(token: str) -> None:
    fields = schema_of(token).inputs.fields
    own = defaults_of(token)
    assert {key: fitting(fields[key], value) for key, value in own.items()} == own


@pytest.mark.parametrize("token", FUNCTIONS)
def test_every_function_that_the_local_cloud_answers_is_one_of_pulumi_aws(token: str) -> None:
    taken, answered = function_of(token)
    assert "id" in answered.fields
    assert "opts" not in taken.fields


@pytest.mark.parametrize("token", ["aws:sqs/queue:Nothing", "aws:nowhere/queue:Queue"])
def test_a_type_that_pulumi_aws_lacks_is_an_error(token: str) -> None:
    with pytest.raises(KeyError, match=token):
        schema_of(token)


def test_the_configuration_of_a_provider_is_known() -> None:
    fields = provider_arguments().fields
    assert fields["region"] == Type("string")
    assert fields["assumeRoles"].item is not None
    assert "roleArn" in fields["assumeRoles"].item.fields


def test_the_package_schema_names_every_type_that_its_resources_refer_to() -> None:
    found = json.loads(
        package("7.51.1", [FUNCTION, "aws:batch/jobQueue:JobQueue"], ["aws:ec2/getSubnets:getSubnets"])
    )
    assert (found["name"], found["version"]) == ("aws", "7.51.1")
    function = found["resources"][FUNCTION]
    assert function["requiredInputs"] == ["role"]
    assert function["inputProperties"]["code"] == {"$ref": "pulumi.json#/Archive"}
    assert function["inputProperties"]["tags"] == {
        "type": "object",
        "additionalProperties": {"type": "string"},
    }
    reference = "#/types/aws:lambda/FunctionLoggingConfig:FunctionLoggingConfig"
    assert function["properties"]["loggingConfig"] == {"$ref": reference}
    subnets = found["functions"]["aws:ec2/getSubnets:getSubnets"]
    filters = {"type": "array", "items": {"$ref": "#/types/aws:ec2/GetSubnetsFilter:GetSubnetsFilter"}}
    assert subnets["inputs"]["properties"]["filters"] == filters
    assert subnets["outputs"]["properties"]["ids"] == {"type": "array", "items": {"type": "string"}}
    own = {text.split('"')[0] for text in json.dumps(found).split("#/types/")[1:]}
    assert own == found["types"].keys()
    assert found["config"]["variables"]["region"] == {"type": "string"}
