"""docs/look.md names every tag, filter, icon, token and refusal."""

import re
from pathlib import Path

import pytest

from zhoudao.core.look import icons, refusals
from zhoudao.core.look.navigation import GROUPS
from zhoudao.core.look.templatetags.look import register

DOCS = (Path(__file__).parents[5] / "docs" / "look.md").read_text()
TOKENS = (Path(__file__).parents[1] / "static" / "look" / "tokens.css").read_text()
INTERNAL = {"side_navigation"}
NAMES = [
    *sorted(set(register.tags) - INTERNAL),
    *sorted(register.filters),
    *sorted(icons.PATHS),
    *sorted(set(re.findall(r"^ {4}(--[a-z0-9-]+):", TOKENS, re.MULTILINE))),
    *(name for name in ("Conflict", "TooMany", "Unusable") if hasattr(refusals, name)),
    *GROUPS,
]


@pytest.mark.parametrize("name", NAMES)
def test_is_documented(name):
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", DOCS), f"docs/look.md says nothing of {name}"
