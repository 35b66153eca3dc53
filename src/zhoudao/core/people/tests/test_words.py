"""Every problem this room can name is said in words, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

from zhoudao.core.people import forms

ROOM = Path(forms.__file__).parent


def reasons() -> set[str]:
    found = set()
    for path in [*ROOM.glob("*.py"), *ROOM.glob("actions/*.py"), *ROOM.glob("rules/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "BadInput",
                "BadNumber",
                "BadName",
            ):
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
                found.add(node.args[0].value)
    return found


def test_every_reason_has_its_sentence_and_every_sentence_its_reason():
    assert reasons() == set(forms.SENTENCES)
