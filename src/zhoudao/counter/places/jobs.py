"""Jobs of the directory; see ``zhoudao.core.outbox.jobs``."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.places import changes
from zhoudao.counter.places.coverage import jobs as coverage_jobs  # noqa: F401  registers its own
from zhoudao.counter.places.help import jobs as help_jobs  # noqa: F401  registered by importing them
from zhoudao.counter.places.journeys import actions, visits
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.offline import kept as offline


@job(changes.BUILD_NETWORK, lease=timedelta(minutes=15))
def build_network() -> None:
    """The network with the points as they are now; nothing to do when they are those it has."""
    actions.rebuild(SYSTEM)


@job("places.gather_visits")
@every(minutes=1)
def gather_visits() -> None:
    """What the web processes counted, into the database."""
    visits.gather(SYSTEM)


@job("places.keep_offline", lease=timedelta(minutes=15))
@every(minutes=5)
def keep_offline() -> None:
    """What browsers keep for when they have no network, when it has changed; nothing to do before there is a network
    of streets and boats."""
    with suppress(NoNetwork):
        offline.renew()
