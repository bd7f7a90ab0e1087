"""The local cloud as Pulumi's provider: every call of the engine, over gRPC."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from local.cloud import Cloud
from local.provider.server import Serving, serve
from local.provider.wire import UNKNOWN, Secret, decode, encode
from local.server import PortTaken
from tests.cloud.conftest import ACCOUNT, REGION, ROOT
from tests.cloud.provider_client import QUEUE, ROLE, Client, Found, connected, urn

JOB_DEFINITION = "aws:batch/jobDefinition:JobDefinition"
JOB = '{"image":"%s","resourceRequirements":[{"type":"VCPU","value":"1"},{"type":"MEMORY","value":"8"}]}'


@pytest.fixture
def serving(cloud: Cloud) -> Iterator[Serving]:
    with serve(cloud) as running:
        yield running


@pytest.fixture
def client(serving: Serving) -> Iterator[Client]:
    with connected(serving.port, region=REGION) as connection:
        yield connection


def queue(cloud: Cloud, name: str, *, region: str = REGION) -> str:
    url: str = cloud.client("sqs", region).get_queue_url(QueueName=name)["QueueUrl"]
    return url


def test_the_handshake_takes_secrets_and_declines_references_and_output_values(client: Client) -> None:
    found = client.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert found.accept_secrets
    assert found.supports_autonaming_configuration
    assert [found.accept_resources, found.accept_outputs, found.accepts_outputs_in_invoke] == [False] * 3


def test_it_says_that_it_is_the_installed_pulumi_aws(client: Client) -> None:
    version = client.stub.GetPluginInfo(empty_pb2.Empty()).version
    assert version.startswith("7.")
    schema = json.loads(client.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert (schema["name"], schema["version"]) == ("aws", version)
    assert "aws:ec2/getVpc:getVpc" in schema["functions"]
    assert {QUEUE, ROLE, "aws:lambda/function:Function"} <= schema["resources"].keys()


MANY = """
from concurrent.futures import ThreadPoolExecutor
from local.provider.kinds import KINDS
from local.provider.schema import schema_of
with ThreadPoolExecutor(32) as pool:
    list(pool.map(schema_of, [*KINDS] * 3))
"""


def test_types_can_be_read_by_many_calls_at_once_from_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", MANY], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_cancelled_operation_is_acknowledged(client: Client) -> None:
    assert client.stub.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()


def test_an_unknown_argument_is_refused_before_anything_is_made(client: Client) -> None:
    found = client.check(QUEUE, "q", {"visibilityTimeout": 30, "delaySeconds": "soon"})
    assert [(each.property, each.reason) for each in found.failures] == [
        ("delaySeconds", "expected a whole number, got a string. Examine values at 'q.delaySeconds'."),
        ("visibilityTimeout", "Invalid or unknown key. Examine values at 'q.visibilityTimeout'."),
    ]


def test_a_missing_argument_is_refused(client: Client) -> None:
    found = client.check(ROLE, "r", {})
    assert [each.reason for each in found.failures] == ["Missing required property 'assumeRolePolicy'"]


def test_a_name_is_made_once_and_kept(client: Client) -> None:
    first = client.checked(QUEUE, "q", {"delaySeconds": "5"})
    assert first["name"].startswith("q-")
    assert first["delaySeconds"] == 5
    again = client.check(QUEUE, "q", {"delaySeconds": 5}, first)
    assert decode(again.inputs) == first


def test_the_way_of_naming_of_the_stack_is_honoured(client: Client) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    for mode, expected in ((options.Mode.ENFORCE, "mine"), (options.Mode.DISABLE, None)):
        request = provider_pb2.CheckRequest(
            urn=urn(QUEUE, "q"), news=encode({}), autonaming=options(mode=mode, proposed_name="mine")
        )
        found = client.stub.Check(request)
        assert decode(found.inputs).get("name") == expected
        assert [each.property for each in found.failures] == ([] if expected else ["name"])


def test_a_type_that_the_local_cloud_does_not_know_is_an_error(client: Client) -> None:
    with pytest.raises(grpc.RpcError, match="q is of type aws:s3/bucket:Bucket, which the local cloud"):
        client.check("aws:s3/bucket:Bucket", "q", {})


def test_a_resource_is_made_changed_read_and_deleted(cloud: Cloud, client: Client) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "tags": {"a": "1"}})
    assert made.id == made.outputs["url"] == queue(cloud, "jobs")
    assert made.outputs["arn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    assert (made.outputs["tagsAll"], made.outputs["region"]) == ({"a": "1"}, REGION)
    changed = client.update(QUEUE, "q", made, {**made.inputs, "visibilityTimeoutSeconds": 77})
    found = client.read(QUEUE, "q", changed)
    assert found.outputs["visibilityTimeoutSeconds"] == 77
    assert found == Found(made.id, changed.inputs, changed.outputs)
    client.delete(QUEUE, "q", changed)
    client.delete(QUEUE, "q", changed)
    assert client.read(QUEUE, "q", changed) == Found("", {}, {})


def test_drift_is_seen_in_the_state_and_in_the_inputs_that_the_program_sets(
    cloud: Cloud, client: Client
) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "visibilityTimeoutSeconds": 30})
    changes = {"VisibilityTimeout": "60", "DelaySeconds": "9"}
    cloud.client("sqs", REGION).set_queue_attributes(QueueUrl=made.id, Attributes=changes)
    found = client.read(QUEUE, "q", made)
    assert found.inputs == {**made.inputs, "visibilityTimeoutSeconds": 60}
    assert (found.outputs["visibilityTimeoutSeconds"], found.outputs["delaySeconds"]) == (60, 9)
    # The program says nothing of the delay, so that the provider's own value is what it wants.
    again = client.diff(QUEUE, "q", found, made.inputs)
    assert sorted(again.diffs) == ["delaySeconds", "visibilityTimeoutSeconds"]


def test_what_the_program_does_not_set_is_put_back_to_the_providers_default(
    cloud: Cloud, client: Client
) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs"})
    sqs = cloud.client("sqs", REGION)
    sqs.set_queue_attributes(QueueUrl=made.id, Attributes={"VisibilityTimeout": "60"})
    read = client.read(QUEUE, "q", made)
    found = client.diff(QUEUE, "q", read, made.inputs)
    assert list(found.detailedDiff) == ["visibilityTimeoutSeconds"]
    preview = client.update(QUEUE, "q", read, made.inputs, preview=True)
    assert preview.outputs["visibilityTimeoutSeconds"] == 30
    updated = client.update(QUEUE, "q", read, made.inputs)
    assert updated.outputs == made.outputs
    assert client.diff(QUEUE, "q", updated, made.inputs).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_an_import_finds_the_inputs_of_what_stands(cloud: Cloud, client: Client) -> None:
    sqs = cloud.client("sqs", REGION)
    url = sqs.create_queue(QueueName="old", Attributes={"VisibilityTimeout": "60"}, tags={"a": "1"})[
        "QueueUrl"
    ]
    found = client.read(QUEUE, "q", Found(url, {}, {}))
    assert found.id == url
    assert {key: found.inputs[key] for key in ("name", "visibilityTimeoutSeconds", "tags")} == {
        "name": "old",
        "visibilityTimeoutSeconds": 60,
        "tags": {"a": "1"},
    }
    assert not found.inputs.keys() & {"arn", "url", "tagsAll", "region", "delaySeconds"}
    assert client.diff(QUEUE, "q", found, found.inputs).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_difference_is_told_by_path_and_by_what_it_means(client: Client) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "tags": {"a": "1", "b": "2"}})
    kinds = provider_pb2.PropertyDiff.Kind
    found = client.diff(QUEUE, "q", made, {**made.inputs, "tags": {"a": "2", "c": "3"}})
    assert {path: kinds.Name(each.kind) for path, each in found.detailedDiff.items()} == {
        "tags.a": "UPDATE",
        "tags.b": "DELETE",
        "tags.c": "ADD",
    }
    assert (found.diffs, found.replaces, found.deleteBeforeReplace) == (["tags"], [], False)
    found = client.diff(QUEUE, "q", made, {**made.inputs, "name": "others"})
    assert kinds.Name(found.detailedDiff["name"].kind) == "UPDATE_REPLACE"
    assert (found.replaces, found.deleteBeforeReplace) == (["name"], True)


def test_a_preview_makes_nothing_and_knows_what_can_be_known(cloud: Cloud, client: Client) -> None:
    inputs = client.checked(QUEUE, "q", {"name": "jobs", "policy": UNKNOWN, "tags": {"a": "1"}})
    request = provider_pb2.CreateRequest(urn=urn(QUEUE, "q"), properties=encode(inputs), preview=True)
    found = decode(client.stub.Create(request).properties)
    assert (found["name"], found["tagsAll"], found["region"]) == ("jobs", {"a": "1"}, REGION)
    assert (found["url"], found["policy"]) == (UNKNOWN, UNKNOWN)
    assert "QueueUrls" not in cloud.client("sqs", REGION).list_queues()


def test_the_preview_of_a_changed_tag_leaves_nothing_open(cloud: Cloud, client: Client) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "tags": {"a": "1"}})
    found = client.update(QUEUE, "q", made, {**made.inputs, "tags": {"a": "2"}}, preview=True)
    assert found.outputs == {**made.outputs, "tags": {"a": "2"}, "tagsAll": {"a": "2"}}
    assert cloud.client("sqs", REGION).list_queue_tags(QueueUrl=made.id)["Tags"] == {"a": "1"}


def test_a_new_revision_is_found_though_the_engine_keeps_the_id_of_the_first(client: Client) -> None:
    inputs = {"name": "job", "type": "container", "containerProperties": JOB % "one"}
    made = client.create(JOB_DEFINITION, "j", inputs)
    changed = {**made.inputs, "containerProperties": JOB % "two"}
    preview = client.update(JOB_DEFINITION, "j", made, changed, preview=True)
    assert (preview.outputs["arn"], preview.outputs["revision"]) == (UNKNOWN, UNKNOWN)
    assert preview.outputs["arnPrefix"] == made.outputs["arnPrefix"]
    updated = client.update(JOB_DEFINITION, "j", made, changed)
    assert (made.id[-2:], updated.outputs["arn"][-2:]) == (":1", ":2")
    found = client.read(JOB_DEFINITION, "j", updated)
    assert (found.id, found.outputs) == (made.id, updated.outputs)
    client.delete(JOB_DEFINITION, "j", updated)
    assert client.read(JOB_DEFINITION, "j", updated).id == ""


def test_secrets_stay_secret_through_every_call(client: Client) -> None:
    made = client.create(QUEUE, "q", {"name": "jobs", "tags": {"a": Secret("hidden"), "b": "open"}})
    secret = {"a": Secret("hidden"), "b": "open"}
    assert made.inputs["tags"] == made.outputs["tags"] == made.outputs["tagsAll"] == secret
    found = client.read(QUEUE, "q", made)
    assert found.inputs["tags"] == found.outputs["tags"] == found.outputs["tagsAll"] == secret
    changed = client.update(QUEUE, "q", made, {**made.inputs, "delaySeconds": 5})
    assert changed.outputs["tagsAll"] == secret
    preview = client.update(QUEUE, "q", made, {**made.inputs, "delaySeconds": 5}, preview=True)
    assert preview.outputs["tagsAll"] == secret


def test_look_ups_answer_for_the_region_and_account_of_the_provider(client: Client) -> None:
    found = client.invoke("aws:index/getRegion:getRegion")
    assert getattr(found, "return")["region"] == REGION
    found = client.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert getattr(found, "return")["accountId"] == ACCOUNT


def test_a_look_up_that_finds_nothing_says_so(client: Client) -> None:
    found = client.invoke("aws:batch/getJobDefinition:getJobDefinition", name="none")
    assert "reading Batch Job Definitions (none/ACTIVE)" in found.failures[0].reason


def test_a_look_up_that_only_aws_could_answer_is_an_error(client: Client) -> None:
    with pytest.raises(grpc.RpcError, match="a VPC that is not the default one"):
        client.invoke("aws:ec2/getVpc:getVpc", id="vpc-1")
    with pytest.raises(grpc.RpcError, match="the program calls aws:s3/getBucket:getBucket, which the local"):
        client.invoke("aws:s3/getBucket:getBucket", bucket="b")


def test_the_network_of_the_complete_example_is_found(client: Client) -> None:
    vpc = decode(getattr(client.invoke("aws:ec2/getVpc:getVpc", default=True), "return"))["id"]
    found = client.invoke("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [vpc]}])
    assert decode(getattr(found, "return"))["ids"]
    group = "aws:ec2/getSecurityGroup:getSecurityGroup"
    assert decode(getattr(client.invoke(group, name="default", vpcId=vpc), "return"))["name"] == "default"
    (failure,) = client.invoke(group, name="other", vpcId=vpc).failures
    assert failure.reason == "no matching EC2 Security Group found"


def test_a_look_up_of_a_secret_answers_in_secret(client: Client) -> None:
    client.create("aws:ecr/repository:Repository", "r", {"name": "images"})
    found = client.invoke("aws:index/getRegion:getRegion", region=Secret(REGION))
    assert decode(getattr(found, "return"))["region"] == Secret(REGION)


def test_a_port_that_is_in_use_is_an_error_with_its_remedy(cloud: Cloud, serving: Serving) -> None:
    with pytest.raises(PortTaken, match="--engine-port"), serve(cloud, port=serving.port):
        pass
