"""Streets, timetables and opening hours: where can I be served soonest?

Importable alone, in a notebook, with no settings:

    from zhoudao.engines import wayfinding

    network = wayfinding.Network.build("streets.osm.pbf", "gtfs.zip", points)
    ranking = wayfinding.soonest(network, (122.2, 29.98), when, hours)
"""

from zhoudao.engines.wayfinding.hours import BadHours, Closure, Hours, WorkingDays
from zhoudao.engines.wayfinding.journey import (
    Journey,
    Leg,
    Place,
    earliest_arrival,
    latest_departure,
)
from zhoudao.engines.wayfinding.network import BuildReport, Network, Point
from zhoudao.engines.wayfinding.problems import (
    BadExtract,
    BadFeed,
    BadInput,
    BadNetwork,
    NotOnTheMap,
    OutsideCalendar,
    Problem,
)
from zhoudao.engines.wayfinding.reasons import Reason
from zhoudao.engines.wayfinding.serving import HoursTable, Queue, Served
from zhoudao.engines.wayfinding.soonest import Back, Online, Service, soonest

__all__ = [
    "Back",
    "BadExtract",
    "BadFeed",
    "BadHours",
    "BadInput",
    "BadNetwork",
    "BuildReport",
    "Closure",
    "Hours",
    "HoursTable",
    "Journey",
    "Leg",
    "Network",
    "NotOnTheMap",
    "Online",
    "OutsideCalendar",
    "Place",
    "Point",
    "Problem",
    "Queue",
    "Reason",
    "Served",
    "Service",
    "WorkingDays",
    "earliest_arrival",
    "latest_departure",
    "soonest",
]
