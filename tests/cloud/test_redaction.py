"""What users put into a job definition stays there: it is in no log, result, message or notice."""

from __future__ import annotations

import json
from typing import Any

from local.cloud import Cloud
from local.seed import create_repository, create_role, fargate_definition, push
from tests.cloud.pair import HOST, ROLES, invoke, newest, queued, records, redeploy

SECRET = 'hunter2 "quoted"'
TOKEN = "splunk-0123456789"


def deploy_with_secrets(cloud: Cloud, **keys: Any) -> dict[str, Any]:
    """The pair with a job definition that holds SECRET and TOKEN wherever users may write."""
    create_repository(cloud, "backend")
    for role in ROLES:
        create_role(cloud, role.rpartition("/")[2])
    document = fargate_definition("one", image=f"{HOST}:first", job_role=ROLES[0], execution_role=ROLES[1])
    document["parameters"] = {"password": SECRET}
    properties = document["containerProperties"]
    properties["environment"].append({"name": "PASSWORD", "value": SECRET})
    properties["command"] += ["--password", SECRET]
    properties["logConfiguration"] = {"logDriver": "splunk", "options": {"splunk-token": TOKEN}}
    cloud.client("batch").register_job_definition(**document)
    return redeploy(cloud, "one", **keys)


def told(cloud: Cloud) -> str:
    """Every line of the log, and every event that was published."""
    return json.dumps([records(cloud), cloud.events.history])


def assert_no_secret(text: str) -> None:
    for secret in (SECRET, TOKEN):
        assert secret.partition(" ")[0] not in text


def test_an_update_tells_nothing_of_what_it_copies_and_no_credentials(cloud: Cloud) -> None:
    outputs = deploy_with_secrets(cloud, logLevel="DEBUG", keepRevisions=1)
    for build in ("first", "second"):
        push(cloud, "backend", build)
        cloud.settle()
    assert newest(cloud, "one")["revision"] == 3
    assert_no_secret(json.dumps(invoke(cloud, {"action": "reconcile", "dryRun": True})))
    assert_no_secret(told(cloud))
    assert "x-amz-security-token" not in told(cloud).lower()
    assert queued(cloud, outputs) == []


def test_a_failure_tells_nothing_of_what_aws_quotes(cloud: Cloud) -> None:
    outputs = deploy_with_secrets(cloud, logLevel="DEBUG")
    # Three attempts of Lambda's, and the call below.
    cloud.faults.add("batch:RegisterJobDefinition", "refused", times=4)
    push(cloud, "backend", "build")
    cloud.settle()
    (message,) = queued(cloud, outputs)
    assert_no_secret(json.dumps(message))
    assert_no_secret(json.dumps(invoke(cloud, {"action": "reconcile"})))
    assert_no_secret(told(cloud))
    # What helps to find the fault is left.
    said = message["responsePayload"]["errorMessage"]
    assert "AWS Batch refuses the new revision of job definition one" in said
    assert "PASSWORD" in said
    assert "(not shown)" in said
