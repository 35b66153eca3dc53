"""A case with a ledger, and somebody at work in it."""

from __future__ import annotations

from zhoudao.desk.evidence.tests.conftest import (  # noqa: F401  fixtures
    _own_vaults,
    case,
    ledger,
    mei,
    officer,
    opened,
)
