"""One temporary home for everything a test run writes, made before settings are read."""

import gettext
import os
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="zhoudao-test-"))
(_home / "static").mkdir()  # where assets would be collected: without it every request warns
os.environ["ZHOUDAO_VAR"] = str(_home)
os.environ.setdefault("ZHOUDAO_CLOCK", "fixed:2026-11-24T09:00:00+08:00")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_home / 'zhoudao.sqlite3'}")
os.environ.setdefault("ZHOUDAO_LOG_LEVEL", "ERROR")
# Here, not in pyproject.toml: pytest-django would read settings from there before this file is run.
os.environ["DJANGO_SETTINGS_MODULE"] = "zhoudao.settings"

import django  # noqa: E402  settings are read from the environment set above
import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.utils.translation import trans_real  # noqa: E402

django.setup()

from zhoudao.core.look.translations import compile_stale  # noqa: E402  needs the apps set up above

# Translations are compiled from their sources, and none of it is committed. Now, not in a fixture: a module that is
# collected first may already say something, and Django would then remember that it found no catalogue.
if compile_stale():
    # Setting up has read the catalogues already (Django names its own models): forget them, so that new ones are read.
    gettext._translations.clear()
    trans_real._translations.clear()
    trans_real._default = None
# A slow machine is no failure: no test asserts a time. Every run has the same examples: what passed passes again.
# To look for new ones: pytest --hypothesis-profile=search
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _assets_as_they_lie(settings):
    """Pages can be tested without collecting and hashing their assets first."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


@pytest.fixture(autouse=True)
def _nothing_kept_of_another_test():
    """Answers are kept for some seconds, in which another test may have begun."""
    from zhoudao.counter.places.answers_kept import DOCUMENTS, KEPT
    from zhoudao.counter.places.pages_kept import PAGES

    for kept in (KEPT, DOCUMENTS, PAGES):
        kept.clear()


def pytest_sessionfinish(session, exitstatus):
    import shutil

    shutil.rmtree(_home, ignore_errors=True)
