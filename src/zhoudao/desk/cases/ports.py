"""What higher rooms lend to cases: they hold data of a case that must go when the case goes.

ports.on_destroying("evidence", forget)     # forget(case_id) -> {"files": 12, "rows": 3}
ports.offer_tab("evidence", 20, gettext_lazy("Evidence"), "evidence:files")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Forget = Callable[[int], dict[str, int]]
_forgetters: dict[str, Forget] = {}


def on_destroying(room: str, forget: Forget) -> None:
    """``forget`` is called inside the destroying transaction; it says how many rows of each kind went."""
    _forgetters[room] = forget


def forget_everywhere(case_id: int) -> dict[str, int]:
    return {
        f"{room}.{kind}": count
        for room, forget in sorted(_forgetters.items(), reverse=True)
        for kind, count in forget(case_id).items()
    }


@dataclass(frozen=True)
class Tab:
    order: int
    label: str | Promise
    route: str
    """Its only argument is the case's number."""
    under: str
    """Paths beginning with this, after the case's own, belong to it."""


_tabs: dict[str, Tab] = {}


def offer_tab(order: int, label: str | Promise, route: str, under: str) -> None:
    """A page that every case has, shown in the row of tabs."""
    _tabs[route] = Tab(order, label, route, under)


def tabs() -> list[Tab]:
    return sorted(_tabs.values(), key=lambda tab: tab.order)
