"""The fixtures of the tool's tests."""

from __future__ import annotations

from tests.ops.cloud_fixtures import cloud_of_sites, site

__all__ = ["cloud_of_sites", "site"]
