"""The wall seen from the desk: a member walks every page of a case, and no statement names a counter's table."""

from __future__ import annotations

from tests.test_routes import ROUTES
from tests.test_wall import ask, half_of

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.wall.halves import Half, tables_of
from zhoudao.desk.evidence.tests.conftest import (  # noqa: F401  fixtures
    _own_vaults,
    case,
    ledger,
    mei,
    officer,
    opened,
)


def test_every_address_of_the_desk_names_no_table_of_the_counter(ledger, case, mei):  # noqa: F811
    walked = [name for name in sorted(ROUTES) if half_of(name) is Half.DESK]
    last = ["cases:leave", "cases:change"]
    seen: set[str] = set()
    client = client_of(mei)
    for name in [name for name in walked if name not in last] + last:
        here = {"number": case.number} if "number" in ROUTES[name].arguments else {}
        seen |= ask(client, name, **here)
    assert len(walked) > 40
    assert seen & tables_of(Half.COUNTER) == set()
    assert len(seen & tables_of(Half.DESK)) > 9, "the walk reached the desk's tables"
