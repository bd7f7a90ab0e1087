"""One deployed stack a module for the tests of ``check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from local.cloud import Cloud
from tests.ops.check.world import World

if sys.platform != "linux":
    # awslambdaric, which runs the function, exists for Linux alone.
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="module")
def deployed(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The stack as it runs; use ``world``."""
    running_cloud.reset()
    return World(running_cloud, tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def world(deployed: World) -> Iterator[World]:
    """The stack with every link good, before and after each test."""
    try:
        yield deployed
    finally:
        deployed.mend()
