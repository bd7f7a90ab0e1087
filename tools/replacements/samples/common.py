"""Values that several types of resources take."""

from __future__ import annotations

import json
from typing import Any


def arn(service: str, resource: str) -> str:
    """An ARN in the region and account of every sample."""
    return f"arn:aws:{service}:us-east-1:123456789012:{resource}"


def arns(service: str, resource: str) -> tuple[str, str]:
    """Two ARNs of resources whose names differ."""
    return arn(service, f"{resource}alpha"), arn(service, f"{resource}beta")


def lists(pair: tuple[Any, Any]) -> tuple[list[Any], list[Any]]:
    """The two values, each as the only one of a list."""
    return [pair[0]], [pair[1]]


def role(name: str) -> str:
    """A role's ARN."""
    return f"arn:aws:iam::123456789012:role/{name}"


def policy(action: str, **others: Any) -> str:
    """A policy document with one statement."""
    statement = {"Sid": "one", "Effect": "Allow", "Action": action, **(others or {"Resource": "*"})}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def resource_policies(service: str, first: str, second: str) -> tuple[str, str]:
    """Two policies of a resource that allow everybody another action."""
    return (
        policy(f"{service}:{first}", Resource="*", Principal="*"),
        policy(f"{service}:{second}", Resource="*", Principal="*"),
    )
