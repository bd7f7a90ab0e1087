"""Measurements. ``python -m benchmarks`` makes all that have a figure; each module runs alone, too.

A benchmark measures; what must always hold is a test.
"""

from __future__ import annotations
