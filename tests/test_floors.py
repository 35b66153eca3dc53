"""The floors and the wall, as import-linter holds them, and shown to be able to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(config)],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )


def test_the_house_keeps_its_floors():
    done = lint(CHECKOUT / "pyproject.toml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("low", "high"), [("zhoudao.core", "zhoudao.counter"), ("zhoudao.engines", "zhoudao.core")]
)
def test_an_import_that_goes_up_would_be_found(tmp_path, low, high):
    """The same tool, told that the floors are the other way round, complains: it does read the imports."""
    config = tmp_path / "upside-down.toml"
    config.write_text(
        f'[tool.importlinter]\nroot_package = "zhoudao"\n[[tool.importlinter.contracts]]\nname = "upside down"\n'
        f'type = "forbidden"\nsource_modules = ["{high}"]\nforbidden_modules = ["{low}"]\n',
        encoding="utf-8",
    )
    done = lint(config)
    expected_broken = any(
        f"import {low}" in text or f"from {low}" in text
        for path in (CHECKOUT / "src" / Path(*high.split("."))).rglob("*.py")
        for text in [path.read_text(encoding="utf-8")]
    )
    assert (done.returncode != 0) == expected_broken, done.stdout


def test_engines_are_importable_without_settings():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, zhoudao.engines.wayfinding, zhoudao.engines.seals; "
            "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))",
        ],
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        check=False,
    )
    assert done.returncode == 0
