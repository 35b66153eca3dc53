"""A small directory, on a Tuesday afternoon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zhoudao.core import clock
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.places.tests import directory as small


@pytest.fixture(autouse=True)
def tuesday_afternoon() -> Iterator[None]:
    workdays.forget_cached()  # primary keys start again with each test
    with clock.at(small.TUESDAY_AFTERNOON):
        yield


@pytest.fixture
def directory(db, tmp_path: Path) -> Path:
    """Six points, seven phones, seven guides; returns the folder their files are in."""
    folder = tmp_path / "in"
    folder.mkdir()
    small.load(folder)
    return folder
