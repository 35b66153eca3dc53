import pytest

from zhoudao.core.audit.tests.acting import client_of, middleware


@pytest.fixture(autouse=True)
def heads_folder(settings, tmp_path):
    """Every test signs into a folder of its own."""
    settings.AUDIT_HEADS_DIR = tmp_path / "heads"
    return settings.AUDIT_HEADS_DIR


@pytest.fixture
def acting(settings):
    """Who asks for a page is whom ``client_of`` was given."""
    settings.MIDDLEWARE = middleware()
    return client_of
