"""AWS Batch."""

from __future__ import annotations

import json
from typing import Any

from tools.replacements.cases import Samples, Setting
from tools.replacements.samples.common import arns, lists

_SERVICE_LINKED = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
_RESOURCES: dict[str, Any] = {
    "type": "EC2",
    "max_vcpus": 4,
    "subnets": ["subnet-1"],
    "security_group_ids": ["sg-1"],
    "instance_role": "arn:aws:iam::123456789012:instance-profile/alpha",
    "instance_type": ["optimal"],
}
_FARGATE: dict[str, Any] = {
    "type": "FARGATE",
    "max_vcpus": 4,
    "subnets": ["subnet-1"],
    "security_group_ids": ["sg-1"],
}


def _environment(**resources: Any) -> dict[str, Any]:
    return {"compute_environment_name": "alpha", "type": "MANAGED", "compute_resources": [resources]}


def _container(image: str) -> dict[str, Any]:
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    return {"image": image, "resourceRequirements": needs}


def _both(document: Any) -> tuple[str, str]:
    """A document of a job definition, with one image and with another."""
    return json.dumps(document("alpha:1")), json.dumps(document("beta:1"))


def _nodes(image: str) -> dict[str, Any]:
    nodes = [{"targetNodes": "0:", "container": _container(image)}]
    return {"mainNode": 0, "numNodes": 2, "nodeRangeProperties": nodes}


def _tasks(image: str) -> dict[str, Any]:
    container = {**_container(image), "name": "main", "essential": True}
    return {"taskProperties": [{"containers": [container]}]}


_POD = "eks_properties.pod_properties"
_PULL = ("Always", "Never")

SAMPLES = {
    "aws_batch_compute_environment": Samples(
        settings={
            "": Setting(
                _environment(**_RESOURCES),
                values={"compute_resources.allocation_strategy": ("BEST_FIT", "BEST_FIT_PROGRESSIVE")},
            ),
            "updated in place": Setting(
                _environment(**_RESOURCES, allocation_strategy="BEST_FIT_PROGRESSIVE"),
                {
                    "service_role": [None, f"arn:*:iam::*:{_SERVICE_LINKED}"],
                    "compute_resources.allocation_strategy": [
                        "BEST_FIT_PROGRESSIVE",
                        "SPOT_CAPACITY_OPTIMIZED",
                        "SPOT_PRICE_CAPACITY_OPTIMIZED",
                    ],
                },
            ),
            "Fargate": Setting(
                _environment(**_FARGATE), {"compute_resources.type": ["FARGATE", "FARGATE_SPOT"]}
            ),
        },
        values={
            "type": ("MANAGED", "UNMANAGED"),
            "state": ("ENABLED", "DISABLED"),
            "compute_resources.type": ("EC2", "SPOT"),
            "compute_resources.allocation_strategy": ("BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED"),
            "compute_resources.max_vcpus": (4, 8),
            "compute_resources.launch_template.version": ("1", "2"),
        },
        around={
            "compute_environment_name_prefix": {"compute_environment_name": None},
            "type": {"compute_resources": None},
        },
        apart={
            "compute_resources.launch_template.launch_template_id": "launch_template_name",
            "compute_resources.launch_template.launch_template_name": "launch_template_id",
        },
        computed={"service_role": f"arn:aws:iam::123456789012:{_SERVICE_LINKED}"},
    ),
    "aws_batch_job_definition": Samples(
        settings={
            "": Setting({"name": "alpha", "type": "container", "container_properties": _both(_container)[0]})
        },
        values={
            "type": ("container", "multinode"),
            "container_properties": _both(_container),
            "ecs_properties": _both(_tasks),
            "node_properties": _both(_nodes),
            "platform_capabilities": (["EC2"], ["FARGATE"]),
            "timeout.attempt_duration_seconds": (60, 120),
            "retry_strategy.evaluate_on_exit.action": ("RETRY", "EXIT"),
            "retry_strategy.evaluate_on_exit.on_exit_code": ("1", "2"),
            f"{_POD}.dns_policy": ("Default", "ClusterFirst"),
            f"{_POD}.containers.image_pull_policy": _PULL,
            f"{_POD}.init_containers.image_pull_policy": _PULL,
            f"{_POD}.containers.resources.limits": ({"memory": "1024Mi"}, {"memory": "2048Mi"}),
            f"{_POD}.containers.resources.requests": ({"memory": "1024Mi"}, {"memory": "2048Mi"}),
            f"{_POD}.init_containers.resources.limits": ({"memory": "1024Mi"}, {"memory": "2048Mi"}),
            f"{_POD}.init_containers.resources.requests": ({"memory": "1024Mi"}, {"memory": "2048Mi"}),
            f"{_POD}.volumes.empty_dir.medium": ("", "Memory"),
            f"{_POD}.volumes.empty_dir.size_limit": ("1Gi", "2Gi"),
        },
        around={
            "ecs_properties": {"container_properties": None},
            "eks_properties": {"container_properties": None},
            "node_properties": {"container_properties": None, "type": "multinode"},
        },
    ),
    "aws_batch_job_queue": Samples(
        settings={
            "": Setting(
                {
                    "name": "alpha",
                    "state": "ENABLED",
                    "priority": 1,
                    "compute_environment_order": [
                        {"order": 1, "compute_environment": arns("batch", "compute-environment/")[0]}
                    ],
                }
            )
        },
        values={
            "state": ("ENABLED", "DISABLED"),
            "compute_environments": lists(arns("batch", "compute-environment/")),
            "compute_environment_order.compute_environment": arns("batch", "compute-environment/"),
            "scheduling_policy_arn": arns("batch", "scheduling-policy/"),
            "job_state_time_limit_action.action": ("CANCEL", "CANCEL"),
            "job_state_time_limit_action.max_time_seconds": (600, 1200),
            "job_state_time_limit_action.reason": (
                "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
                "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
            ),
            "job_state_time_limit_action.state": ("RUNNABLE", "RUNNABLE"),
        },
        around={"compute_environments": {"compute_environment_order": None}},
    ),
}
