"""Databases for the storage tests: in a file and in memory."""

from __future__ import annotations

import pytest

from fusion_memory.storage.connect import open_database


@pytest.fixture
def path(tmp_path):
    return tmp_path / "memory.db"


@pytest.fixture
def database(path):
    database = open_database(path)
    yield database
    database.close()


@pytest.fixture(params=["file", "memory"])
def any_database(request, path):
    database = open_database(path if request.param == "file" else ":memory:")
    yield database
    database.close()


@pytest.fixture
def opened(path):
    """Opens databases, on the same file unless told otherwise, and closes them after the test."""
    databases = []

    def opener(target=path, **options):
        databases.append(open_database(target, **options))
        return databases[-1]

    yield opener
    for database in databases:
        database.close()
