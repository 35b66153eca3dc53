import pytest

from zhoudao.core.files import owners


@pytest.fixture(autouse=True)
def store_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def room(monkeypatch):
    """A room that opens what belongs to point P001, and nothing else."""
    monkeypatch.setitem(owners._owners, "testing", lambda actor, subject: subject == "point:P001")
    return "testing"
