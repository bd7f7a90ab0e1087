"""What AWS asks for what a pair uses. Prices change and differ by region: change them here, and here alone.

In US dollars, for us-east-1, without the free tier. AWS's pages fill their tables in while they are shown, so
the figures are what others quote of those pages, in the month given where the quotation has a date.
"""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY, REGION = "USD", "us-east-1"

_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"


@dataclass(frozen=True)
class Price:
    """``amount`` dollars for each ``unit``; ``as_of`` is the month in which it was quoted of ``page``."""

    amount: float
    unit: str
    page: str
    as_of: str


REQUEST = Price(0.20 / 1e6, "request to Lambda", _LAMBDA, "undated")
GB_SECOND = Price(0.0000133334, "GB-second of Lambda on Arm", _LAMBDA, "undated")
ALARM = Price(0.10, "alarm of standard resolution, a month", _CLOUDWATCH, "undated")
METRIC = Price(0.30, "custom metric, a month, by the hour in which it is sent", _CLOUDWATCH, "2026-02")
DASHBOARD = Price(3.00, "dashboard, a month", _CLOUDWATCH, "2026-06")
LOG_INGESTED = Price(0.50, "GB of logs ingested", _CLOUDWATCH, "2026-06")
LOG_STORED = Price(0.03, "GB of logs stored, a month", _CLOUDWATCH, "undated")
CUSTOM_EVENT = Price(1.00 / 1e6, "custom event of EventBridge", _EVENTBRIDGE, "2026-06")

PRICES = (REQUEST, GB_SECOND, ALARM, METRIC, DASHBOARD, LOG_INGESTED, LOG_STORED, CUSTOM_EVENT)
