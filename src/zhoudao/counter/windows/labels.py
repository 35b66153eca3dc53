"""What lanes, states, steps and grounds are called on a page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.counter.windows.booking.rules import Booking
from zhoudao.counter.windows.rules import Channel, Ground, Lane, State, Verb, WindowKind

STATES = {
    State.WAITING: ("waiting", pgettext_lazy("ticket", "Waiting")),
    State.CALLED: ("info", pgettext_lazy("ticket", "Called")),
    State.SERVING: ("info", pgettext_lazy("ticket", "At the window")),
    State.HELD: ("plain", pgettext_lazy("ticket", "Held")),
    State.SERVED: ("done", pgettext_lazy("ticket", "Done")),
    State.NO_SHOW: ("plain", pgettext_lazy("ticket", "Missed")),
    State.LEFT: ("plain", pgettext_lazy("ticket", "Given back")),
}
LANES = {
    Lane.ORDINARY: pgettext_lazy("lane", "Ordinary"),
    Lane.ENTERPRISE: pgettext_lazy("lane", "Enterprise"),
    Lane.BY_RIGHT: pgettext_lazy("lane", "By right"),
}
GROUNDS = {
    Ground.SOLDIER: (_("Soldier on active service"), _("officer's or soldier's card")),
    Ground.VETERAN: (_("Veteran"), _("preferential treatment card")),
    Ground.ELDERLY: (_("60 or older"), _("identity card")),
    Ground.DISABLED: (pgettext_lazy("person", "Disabled"), _("disability certificate")),
}
"""What one says, and the proof the clerk asks for."""
CHANNELS = {
    Channel.DOOR: _("at the door"),
    Channel.PHONE: _("by phone"),
    Channel.APPOINTMENT: _("with an appointment"),
}
WINDOW_KINDS = {
    WindowKind.GENERAL: pgettext_lazy("window", "Ordinary"),
    WindowKind.ENTERPRISE: _("For enterprises"),
}
STEPS = {
    Verb.TAKE: _("Ticket taken"),
    Verb.CALL: pgettext_lazy("ticket", "Called"),
    Verb.RECALL: _("Called again"),
    Verb.BEGIN: _("Came to the window"),
    Verb.HOLD: pgettext_lazy("ticket", "Held"),
    Verb.RETURN: pgettext_lazy("ticket", "Back"),
    Verb.TRANSFER: pgettext_lazy("ticket", "Sent on"),
    Verb.NO_SHOW: pgettext_lazy("ticket", "Missed"),
    Verb.REJOIN: _("Queued again"),
    Verb.CLOSE: pgettext_lazy("ticket", "Done"),
    Verb.LEAVE: pgettext_lazy("ticket", "Given back"),
    Verb.END: _("The day ended"),
}
BOOKINGS = {
    Booking.BOOKED: ("info", pgettext_lazy("appointment", "Booked")),
    Booking.ARRIVED: ("done", pgettext_lazy("appointment", "Arrived")),
    Booking.CANCELLED: ("plain", pgettext_lazy("appointment", "Cancelled")),
    Booking.MISSED: ("plain", pgettext_lazy("appointment", "Released")),
}
