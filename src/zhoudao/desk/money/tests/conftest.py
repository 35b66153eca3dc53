"""A case with the small ledger of money, and somebody at work in it."""

from __future__ import annotations

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
    from zhoudao.desk.evidence.models import Cleaning


@pytest.fixture
def ledger(case) -> Cleaning:  # noqa: F811
    from zhoudao.desk.evidence.tests.made import put_ledger
    from zhoudao.desk.money.tests.made import rows

    return put_ledger(case, rows=rows())


@pytest.fixture
def refs(ledger, case, mei) -> dict[str, str]:  # noqa: F811
    """Account → its reference in this case."""
    from zhoudao.desk.money.queries.start import start_page

    return {each["account"]: each["ref"] for each in start_page(mei, case.number, "").accounts}
