"""Amazon CloudWatch in the local cloud: metrics, logs, dashboards."""

from __future__ import annotations
