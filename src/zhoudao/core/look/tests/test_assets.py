"""What browsers load is ours to serve, unchanged since it was reviewed, and asked of nobody else."""

import hashlib
import json
import re
from pathlib import Path

import pytest

LOOK = Path(__file__).parents[1]
CHECKOUT = Path(__file__).parents[5]
VENDORED = [LOOK / "static" / "vendor", CHECKOUT / "tests" / "browser" / "vendor"]


@pytest.mark.parametrize("root", VENDORED, ids=["served", "tests only"])
def test_vendored_files_are_the_ones_that_were_hashed(root):
    listed = dict(reversed(line.split("  ", 1)) for line in (root / "SHA256SUMS").read_text().splitlines())
    present = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert present == listed


def test_folders_carry_the_versions_that_the_lock_pins():
    lock = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    pinned = {
        f"{name.removesuffix('.org').removeprefix('@').replace('/', '-')}-{lock[f'node_modules/{name}']['version']}"
        for name in (
            *("htmx.org", "maplibre-gl", "dexie", "jsqr", "lean-qr", "sm-crypto", "axe-core"),
            *("graphology", "sigma", "@sigma/edge-curve"),
        )
    }
    present = {path.name for root in VENDORED for path in root.iterdir() if path.is_dir()}
    assert present == pinned


def test_the_lock_carries_hashes_and_no_download_address():
    lock = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    packages = {path: entry for path, entry in lock.items() if path}
    assert packages
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    assert [path for path, entry in packages.items() if "integrity" not in entry] == []


def test_every_package_is_in_the_notice_with_its_licence():
    for root in VENDORED:
        notice = (root / "NOTICE.md").read_text()
        for folder in (path for path in root.iterdir() if path.is_dir()):
            assert f"{folder.name}/LICENSE.txt" in notice
            assert len((folder / "LICENSE.txt").read_text()) > 200


OURS = sorted(path for path in (LOOK / "static" / "look").iterdir() if path.suffix in (".css", ".js", ".svg"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_files_ask_no_other_origin(path):
    outside = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text())
    assert [url for url in outside if "www.w3.org/" not in url] == []
