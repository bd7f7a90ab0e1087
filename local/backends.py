"""The one door to moto's own memory, for what no AWS API gives: archives, policies, rules, writing logs."""

from __future__ import annotations

from typing import Any

# Fixed by AWS: IAM is global, so moto keeps it under the partition's name.
_PARTITION = "aws"


class Backends:
    """moto's backends of one account. moto is imported late: that takes most of the cloud's start-up."""

    def __init__(self, *, account: str) -> None:
        self.account = account

    def of(self, service: str, region: str) -> Any:
        """The backend of ``service`` ("ecr", "lambda", "logs"…) in ``region``."""
        from moto import backends  # noqa: PLC0415 - see the class

        where = _PARTITION if service == "iam" else region
        known: Any = backends
        return known.get_backend(service)[self.account][where]

    def reset(self) -> None:
        """Empties every service of every account."""
        from moto.core.base_backend import BackendDict  # noqa: PLC0415 - see the class

        BackendDict.reset()

    def queue(self, arn: str) -> Any | None:
        """The SQS queue with that ARN, if there is one."""
        region, name = arn.split(":")[3], arn.rpartition(":")[2]
        return self.of("sqs", region).queues.get(name)

    def function(self, name_or_arn: str, region: str) -> Any | None:
        """The Lambda function with that name or ARN, qualified or not, if there is one."""
        region, name = function_name(name_or_arn, region)
        functions = self.of("lambda", region).list_functions()
        return next((function for function in functions if function.function_name == name), None)

    def role(self, arn: str) -> Any | None:
        """The IAM role with that ARN, if there is one."""
        return next((role for role in self.of("iam", "").get_roles() if role.arn == arn), None)


def function_name(name_or_arn: str, region: str) -> tuple[str, str]:
    """The region and the bare name of a function.

    >>> function_name("arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST", "us-east-1")
    ('eu-west-1', 'f')
    """
    if name_or_arn.startswith("arn:"):
        parts = name_or_arn.split(":")
        return parts[3], parts[6]
    return region, name_or_arn.partition(":")[0]
