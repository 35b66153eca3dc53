"""Which places of an answer somebody wants to see: open now, round the clock, step-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhoudao.counter.places.queries import Place

ROUND_THE_CLOCK = "24/7"


@dataclass(frozen=True)
class Filters:
    open_now: bool = False
    always: bool = False
    step_free: bool = False

    @property
    def any(self) -> bool:
        return self.open_now or self.always or self.step_free

    def keep(self, place: Place) -> bool:
        return (
            (not self.open_now or place.state.is_open)
            and (not self.always or place.point.hours == ROUND_THE_CLOCK)
            and (not self.step_free or place.point.step_free)
        )

    @property
    def kept(self) -> dict[str, str]:
        """What links in an answer go on saying."""
        return {name: "1" for name in ("open_now", "always", "step_free") if getattr(self, name)}


def read(query: Mapping[str, str]) -> Filters:
    """``open_now``, ``always``, ``step_free``: each asked for by being there."""
    return Filters(*(bool(query.get(name)) for name in ("open_now", "always", "step_free")))
