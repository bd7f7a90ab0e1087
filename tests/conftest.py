"""Options of the whole test suite, and the one local cloud of a test process, emptied before each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from local.cloud import Cloud

# No example fails for being slow, on no machine.
settings.register_profile("at any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("at any speed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="many more examples and walks; takes much longer")


def pytest_configure(config: pytest.Config) -> None:
    # pulumi_aws warns of deprecated resources while it is imported, whoever uses them.
    config.addinivalue_line("markers", "denies: the policy of a function's role refuses a call, on purpose")
    config.addinivalue_line("filterwarnings", "ignore:aws\\..* has been deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    """The cloud as it runs; use ``cloud``."""
    from local.cloud import Cloud  # noqa: PLC0415 - needs awslambdaric, which exists for Linux alone

    with Cloud(time_factor=0.001) as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Cloud:
    """An empty local cloud."""
    running_cloud.reset()
    return running_cloud


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a finished file leaves behind is left out of garbage collection from then on.

    Pulumi keeps what it evaluated, hundreds of megabytes by the end, which would be looked at over and over.
    """
    if nextitem is None or nextitem.path != item.path:
        gc.freeze()
