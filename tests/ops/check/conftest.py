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


def pytest_configure(config: pytest.Config) -> None:
    """pulumi_aws warns of deprecated resources while it is imported, whoever uses them."""
    config.addinivalue_line("filterwarnings", "ignore:aws\\..* has been deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The stack as it runs; use ``world``."""
    with Cloud(time_factor=0.001) as cloud:
        yield World(cloud, tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def world(deployed: World) -> Iterator[World]:
    """The stack with every link good, before and after each test."""
    try:
        yield deployed
    finally:
        deployed.mend()
