"""Where the pair is deployed: partition, region and account, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

_CONSOLE = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


@dataclass(frozen=True)
class Place:
    """One region of one account.

    >>> Place("aws-cn", "cn-north-1", "123456789012").arn("sqs", "ocr-dlq")
    'arn:aws-cn:sqs:cn-north-1:123456789012:ocr-dlq'
    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def dashboard_url(self, name: str) -> str:
        """The page of a dashboard in the AWS console."""
        host = f"{self.region}.{_CONSOLE.get(self.partition, _CONSOLE['aws'])}"
        return f"https://{host}/cloudwatch/home?region={self.region}#dashboards/dashboard/{name}"
