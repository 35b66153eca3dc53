"""One temporary home for everything a test run writes, made before settings are read."""

import os
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="zhoudao-test-"))
os.environ["ZHOUDAO_VAR"] = str(_home)
os.environ.setdefault("ZHOUDAO_CLOCK", "fixed:2026-11-24T09:00:00+08:00")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_home / 'zhoudao.sqlite3'}")
os.environ.setdefault("ZHOUDAO_LOG_LEVEL", "ERROR")
# Here, not in pyproject.toml: pytest-django would read settings from there before this file is run.
os.environ["DJANGO_SETTINGS_MODULE"] = "zhoudao.settings"

import django  # noqa: E402  settings are read from the environment set above
import hypothesis  # noqa: E402
import pytest  # noqa: E402

django.setup()
# A slow machine is no failure: no test asserts a time.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _words_in_both_languages(django_test_environment):
    """Translations are compiled from their sources: none of it is committed."""
    from zhoudao.core.look.translations import compile_stale

    compile_stale()


@pytest.fixture(autouse=True)
def _assets_as_they_lie(settings):
    """Pages can be tested without collecting and hashing their assets first."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


def pytest_sessionfinish(session, exitstatus):
    import shutil

    shutil.rmtree(_home, ignore_errors=True)
