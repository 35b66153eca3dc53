"""The officers and the case of the cases' own tests, and a ledger in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhoudao.desk.cases.tests.conftest import (  # noqa: F401  fixtures
    _own_vaults,
    case,
    mei,
    officer,
    opened,
)

if TYPE_CHECKING:
    from zhoudao.desk.evidence.models import Cleaning


@pytest.fixture
def ledger(case) -> Cleaning:  # noqa: F811
    from zhoudao.desk.evidence.tests.made import put_ledger

    return put_ledger(case)
