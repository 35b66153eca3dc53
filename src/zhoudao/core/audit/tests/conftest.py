import pytest


@pytest.fixture(autouse=True)
def heads_folder(settings, tmp_path):
    """Every test signs into a folder of its own."""
    settings.AUDIT_HEADS_DIR = tmp_path / "heads"
    return settings.AUDIT_HEADS_DIR
