"""What codes are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.desk.evidence.rules import CleaningState, FileState

FILE_STATES = {
    FileState.KEPT: ("done", _("Kept")),
    FileState.ARCHIVE: ("plain", _("Archive")),
    FileState.ASIDE: ("plain", _("Set aside")),
}
CLEANING_STATES = {
    CleaningState.WAITING: ("waiting", _("Waiting for the worker")),
    CleaningState.RUNNING: ("info", _("Cleaning")),
    CleaningState.DONE: ("done", pgettext_lazy("cleaning", "Done")),
    CleaningState.FAILED: ("danger", _("Failed")),
    CleaningState.CANCELLED: ("plain", _("Cancelled")),
}
DIMENSIONS = {
    "month": _("Month"),
    "day": _("Day"),
    "weekday": _("Weekday"),
    "hour": _("Hour"),
    "channel": _("Channel"),
    "source": _("Payer"),
    "target": _("Payee"),
}
MEASURES = {
    "sum": _("Sum"),
    "count": _("Transfers"),
    "average": _("Average"),
    "largest": _("Largest"),
}
WEEKDAYS = {
    1: _("Mon"),
    2: _("Tue"),
    3: _("Wed"),
    4: _("Thu"),
    5: _("Fri"),
    6: _("Sat"),
    7: _("Sun"),
}
