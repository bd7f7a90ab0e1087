"""What the local cloud tells about an operator."""

from __future__ import annotations

import urllib.request

from local.cloud import ACCESS_KEY, Cloud
from local.iam import Call
from local.seed import create_repository, push
from tests.cloud.conftest import Handmade

WHERE = "ap-southeast-2:123456789012"


def test_what_an_operator_needed_is_remembered_by_access_key(handmade: Handmade) -> None:
    cloud = handmade.cloud
    create_repository(cloud, "backend")
    handmade.queue("failures")
    cloud.client("ecr").describe_repositories(repositoryNames=["backend"])
    cloud.client("sqs").get_queue_url(QueueName="failures")
    needs = cloud.needs_of(ACCESS_KEY)
    assert needs[-2:] == [
        Call("ecr:DescribeRepositories", f"arn:aws:ecr:{WHERE}:repository/backend", allowed=True),
        Call("sqs:GetQueueUrl", f"arn:aws:sqs:{WHERE}:failures", allowed=True),
    ]
    assert cloud.needs_of("somebody else") == []


def test_a_request_in_a_protocol_of_former_clients_is_answered_all_the_same(cloud: Cloud) -> None:
    scope = f"{ACCESS_KEY}/20260101/ap-southeast-2/sqs/aws4_request"
    request = urllib.request.Request(
        cloud.endpoint,
        data=b"Action=CreateQueue&QueueName=old&Version=2012-11-05",
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"<QueueUrl>" in answer.read()
    assert Call("sqs:CreateQueue", "*", allowed=True) in cloud.needs_of(ACCESS_KEY)


def test_a_deleted_image_is_gone_though_it_has_no_tag(cloud: Cloud) -> None:
    create_repository(cloud, "backend")
    first = push(cloud, "backend", "one")
    push(cloud, "backend", "two")
    ecr = cloud.client("ecr")
    ecr.batch_delete_image(repositoryName="backend", imageIds=[{"imageDigest": first}])
    assert first not in {
        image["imageDigest"] for image in ecr.list_images(repositoryName="backend")["imageIds"]
    }
