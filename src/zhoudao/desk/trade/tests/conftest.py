"""A case with a small refund scheme in its vault, screened."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhoudao.desk.evidence.tests.conftest import (  # noqa: F401  fixtures
    _own_vaults,
    case,
    mei,
    officer,
    opened,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import SimpleUploadedFile


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The files of a made-up case, the smallest that has one."""
    place = tmp_path_factory.mktemp("trade") / "case"
    size = ["--seed", "5", "--firms", "400", "--invoices", "4000"]
    made = [sys.executable, "-m", "zhoudao", "sample", "case", "refund", *size, "--out", str(place)]
    subprocess.run(made, check=True, capture_output=True)
    return place


@pytest.fixture
def upload(folder) -> SimpleUploadedFile:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    return SimpleUploadedFile("移交.zip", data.getvalue())
