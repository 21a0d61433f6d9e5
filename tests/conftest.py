"""The option that all tests know: ``--full`` runs the campaigns at the size that the README reports."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the campaigns at full size: many minutes")


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the campaigns run at full size."""
    return bool(request.config.getoption("--full"))
