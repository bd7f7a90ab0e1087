"""Measurements: ``python -m benchmarks.NAME`` prints what it saw. None is a test, none asserts."""

from __future__ import annotations
