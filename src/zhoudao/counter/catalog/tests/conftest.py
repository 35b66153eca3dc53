"""A small folder of items to break, and pages whose static files nothing has collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhoudao.core.access import SYSTEM
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.counter.catalog import actions


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two items that belong together: driver-licence-renewal, and its replacement."""
    for code, other in (
        ("driver-licence-renewal", "driver-licence-replacement"),
        ("driver-licence-replacement", "driver-licence-renewal"),
    ):
        text = (ITEMS / "traffic" / f"{code}.yaml").read_text(encoding="utf-8")
        lines = [f"related: [{other}]" if line.startswith("related:") else line for line in text.splitlines()]
        target = tmp_path / "items" / "traffic" / f"{code}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "items"


@pytest.fixture
def renewal(folder) -> Path:
    return folder / "traffic" / "driver-licence-renewal.yaml"


@pytest.fixture
def catalogue(db):
    """The city's own items, loaded."""
    return actions.load_items(SYSTEM, ITEMS)
