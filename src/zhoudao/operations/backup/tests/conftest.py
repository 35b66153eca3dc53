import pytest

from zhoudao.core.access import SYSTEM
from zhoudao.core.files import actions as files
from zhoudao.core.files.tests.uploads import Upload


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    """Stores of the test's own: nothing another test left is in the backup."""
    var = tmp_path / "var"
    settings.VAR = var
    settings.FILES_DIR = var / "files"
    settings.VAULTS_DIR = var / "vaults"
    settings.AUDIT_HEADS_DIR = var / "audit-heads"
    settings.SAMPLE_DIR = var / "sample"


@pytest.fixture
def hand_in():
    """Take a text file in, as an application's page would."""

    def receive(text: str):
        content = files.receive(Upload("proof.txt", text.encode(), 1000))
        return files.keep(SYSTEM, content, room="test", subject="test:1")

    return receive


@pytest.fixture
def said():
    return []
