"""Each line of the checklists is met by a test or a setting that exists, or says that it isn't met."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = ("asvs.md", "graded-protection.md")
ADMITTED = ("*not met*", "*yours*", "*does not apply*")


def lines(page: str) -> list[list[str]]:
    text = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


@cache
def named_tests() -> frozenset[str]:
    paths = [*(CHECKOUT / "src").rglob("test_*.py"), *(CHECKOUT / "tests").rglob("test_*.py")]
    return frozenset(
        name
        for path in paths
        for name in re.findall(r"^ *def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    )


@cache
def named_settings() -> frozenset[str]:
    code = (CHECKOUT / "src" / "zhoudao" / "settings.py").read_text(encoding="utf-8")
    return frozenset(re.findall(r'"(ZHOUDAO_[A-Z_]+)"', code))


@pytest.mark.parametrize("page", PAGES)
def test_every_line_names_what_exists(page):
    found = lines(page)
    assert len(found) > 30
    for point, _how, shown in found:
        names = re.findall(r"`(\w+)`", shown)
        assert names or any(words in shown for words in ADMITTED), f"{page}: {point} says nothing"
        for name in names:
            there = named_tests() if name.startswith("test_") else named_settings()
            assert name in there, f"{page}: {point} names {name}, which there is not"


@pytest.mark.parametrize("page", PAGES)
def test_no_line_stands_twice(page):
    points = [point for point, *_ in lines(page)]
    assert len(points) == len(set(points))
