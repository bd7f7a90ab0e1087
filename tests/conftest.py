"""Options of the whole test suite."""

from __future__ import annotations

import pytest
from hypothesis import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="many more examples and walks; takes much longer")


def pytest_configure(config: pytest.Config) -> None:
    # Without the option the profile stays as it is: in CI hypothesis itself takes a repeatable one.
    settings.register_profile("long", max_examples=1000)
    if config.getoption("--long"):
        settings.load_profile("long")
