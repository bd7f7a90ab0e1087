"""Amazon EventBridge in the local cloud, and AWS CloudTrail as far as it hears of it."""

from __future__ import annotations
