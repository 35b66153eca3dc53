import errno
import os
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def notices_of_tests(settings):
    """Templates that only tests send."""
    engine = dict(settings.TEMPLATES[0])
    engine["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = [engine]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path
    settings.AUDIT_HEADS_DIR = tmp_path / "heads"


@pytest.fixture
def full_disk(monkeypatch):
    """Within the block, nothing can be written to a file."""

    @contextmanager
    def block():
        def refuse(*_, **__):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_text", refuse)
            yield

    return block()
