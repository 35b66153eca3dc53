"""Everything that can alarm an operator has its entry in the handbook: its meaning, its cause and its remedy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import sign_head
from zhoudao.health import CHECKS
from zhoudao.operations.backup import making
from zhoudao.operations.watch import reading

CODE = Path(__file__).parents[1] / "src" / "zhoudao"
HANDBOOK = Path(__file__).parents[1] / "docs" / "operating.md"
TO_KEEPERS = {"kiosks/needs"}
"""Letters about the machines themselves to one person, not to a role."""


def entries() -> dict[str, str]:
    """Each heading of the third order, and what stands below it."""
    text = HANDBOOK.read_text(encoding="utf-8")
    parts = re.split(r"^### (\S+)$", text, flags=re.M)
    return {
        name: re.split(r"^## ", body, flags=re.M)[0]
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def letters_to_administrators() -> Iterator[str]:
    """Templates of all notices in the code that go to a role which runs the platform."""
    roles = {f"role:{role}" for role in ("administrator", "security_officer", "auditor")}
    for path in CODE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "tests" in path.parts or "enqueue_notice" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if (
                isinstance(call, ast.Call)
                and getattr(call.func, "id", "") == "enqueue_notice"
                and len(call.args) > 2
            ):
                to, template = call.args[1:3]
                if isinstance(to, ast.Constant) and to.value in roles:
                    assert isinstance(template, ast.Constant), f"{path}: a template that can't be looked up"
                    yield template.value


def test_the_handbook_names_every_sign_and_no_other():
    signs = {sign.name for sign in reading.known()}
    assert set(entries()) == signs | set(letters_to_administrators()) | TO_KEEPERS


def test_the_search_for_letters_finds_one():
    assert "workdays/unconfirmed" in set(letters_to_administrators())


@pytest.mark.parametrize("name", sorted(entries()))
def test_every_entry_says_meaning_cause_and_remedy(name):
    assert re.findall(r"^\*\*(\w+)\*\*: \S", entries()[name], re.M) == ["Meaning", "Cause", "Remedy"]


@pytest.mark.django_db(transaction=True)
def test_every_number_a_sign_gives_stands_in_its_entry(tmp_path, settings):
    settings.AUDIT_HEADS_DIR, settings.BACKUPS_DIR = tmp_path / "heads", tmp_path / "backups"
    sign_head(SYSTEM)
    making.create(SYSTEM, settings.BACKUPS_DIR, lambda said: None)
    written = entries()
    for read in reading.read_all():
        missing = [name for name in read.reading.numbers if f"`{name}`" not in written[read.sign.name]]
        assert missing == [], read.sign.name


def test_every_check_has_its_line():
    table = HANDBOOK.read_text(encoding="utf-8").partition("## What `zhoudao check` says")[2]
    assert re.findall(r"^\| ([a-z ]+) \|", table, re.M)[1:] == list(CHECKS)
