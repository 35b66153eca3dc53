"""Every vital sign has its section in the operator's handbook, and every section its sign."""

import re
from pathlib import Path

from zhoudao.operations.watch import reading

HANDBOOK = Path(__file__).parents[4] / "docs" / "operating.md"


def test_the_handbook_names_every_sign_and_no_other():
    headings = set(re.findall(r"^### (\S+)$", HANDBOOK.read_text(encoding="utf-8"), re.M))
    assert headings == {sign.name for sign in reading.known()}
