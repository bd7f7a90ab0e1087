"""The fixtures of the tool's tests."""

from __future__ import annotations

import sys

from tests.ops.cloud_fixtures import cloud_of_sites, news, site

__all__ = ["cloud_of_sites", "news", "site"]

if sys.platform != "linux":
    # awslambdaric, which runs the function on the local cloud, exists for Linux alone.
    collect_ignore = [
        "test_monitor.py",
        "test_permissions.py",
        "test_redrive.py",
        "test_rehearsal.py",
        "test_round_trip.py",
        "test_round_trip_interrupted.py",
        "test_status_follow.py",
    ]
