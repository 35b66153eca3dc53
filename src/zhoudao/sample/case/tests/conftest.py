"""An officer at work in an empty case, as the desk's own tests have it."""

from __future__ import annotations

from zhoudao.desk.cases.tests.conftest import (  # noqa: F401  fixtures
    _own_vaults,
    case,
    mei,
    officer,
    opened,
)
