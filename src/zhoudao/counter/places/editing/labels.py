"""What kinds of entries, fields, states and mistakes are called on the pages of editing."""

from django.utils.translation import gettext_lazy as _

from zhoudao.counter.places.editing.rules import Kind, Mistake, ReportState, Stale, State

KINDS = {
    Kind.POINT: _("Place"),
    Kind.PHONE: _("Phone entry"),
    Kind.GUIDE: _("Guide"),
    Kind.CLOSURE: _("Closure"),
}
FIELDS = {
    "name_zh": _("Name in Chinese"),
    "name_en": _("Name in English"),
    "kind": _("Kind"),
    "address_zh": _("Address in Chinese"),
    "address_en": _("Address in English"),
    "longitude": _("Longitude (WGS-84)"),
    "latitude": _("Latitude (WGS-84)"),
    "hours": _("Hours"),
    "phone": _("Phone number"),
    "step_free": _("Step-free"),
    "services": _("Desks and machines"),
    "point": _("Code of its place"),
    "note_zh": _("Note in Chinese"),
    "note_en": _("Note in English"),
    "starts_at": _("Begins"),
    "ends_at": _("Ends"),
    "reason_zh": _("Reason in Chinese"),
    "reason_en": _("Reason in English"),
}
HINTS = {
    "hours": _(
        "OpenStreetMap opening hours, such as Mo-Fr 08:30-17:00; PH off. Empty for a guide: the place's own."
    ),
    "phone": _("3 to 15 digits, or empty."),
    "longitude": _("Coordinates copied from Amap or Baidu have to be converted first."),
    "point": _("Such as P001; empty: it belongs to no place."),
}
STATES = {
    State.PROPOSED: ("waiting", _("waits for a second pair of eyes")),
    State.URGENT: ("waiting", _("in effect, to be reviewed")),
    State.APPROVED: ("done", _("in effect")),
    State.REFUSED: ("danger", _("turned down")),
    State.REVERSED: ("danger", _("taken back after review")),
    State.WITHDRAWN: ("plain", _("withdrawn")),
    State.REPLACED: ("plain", _("proposed again")),
}
"""Kind of badge, and what it says."""
MISTAKES = {
    Mistake.HOURS: _("The hours are wrong"),
    Mistake.PHONE: _("The phone number is wrong, or nobody answers"),
    Mistake.WHERE: _("It is not there"),
    Mistake.GONE: _("It is no longer done there"),
    Mistake.PAPERS: _("They wanted other papers"),
    Mistake.OTHER: _("Something else"),
}
REPORT_STATES = {
    ReportState.OPEN: ("waiting", _("not looked at yet")),
    ReportState.TURNED: ("waiting", _("being corrected")),
    ReportState.CORRECTED: ("done", _("corrected")),
    ReportState.ANSWERED: ("done", _("answered")),
    ReportState.CLOSED: ("plain", _("closed")),
}
STALE = {
    Stale.HOURS_UNREADABLE: _("its hours can't be read"),
    Stale.PHONE_FAILED: _("its phone was called in vain"),
    Stale.ITEM_WITHDRAWN: _("the item is no longer in the catalogue"),
    Stale.NO_HOLIDAY_HOURS: _("a public holiday comes, and its hours say nothing of holidays"),
    Stale.UNCONFIRMED: _("nobody has confirmed it for long"),
}
