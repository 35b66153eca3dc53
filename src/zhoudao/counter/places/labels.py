"""What kinds of places and phones are called on a page. Services and items: the catalogue's labels."""

from django.utils.translation import gettext_lazy as _

from zhoudao.counter.places.rules import PhoneKind, PointKind

POINT_KINDS = {
    PointKind.COUNTER: _("Service hall"),
    PointKind.STATION: _("Police station"),
    PointKind.KIOSK: _("Self-service kiosk"),
    PointKind.ENTERPRISE_WINDOW: _("Window for enterprises"),
}
POINT_ICONS = {
    PointKind.COUNTER: "counter",
    PointKind.STATION: "shield",
    PointKind.KIOSK: "kiosk",
    PointKind.ENTERPRISE_WINDOW: "building",
}
PHONE_KINDS = {
    PhoneKind.EMERGENCY: _("Emergency"),
    PhoneKind.APPOINTMENT: _("Appointments"),
    PhoneKind.ENQUIRY: _("Enquiries"),
    PhoneKind.DUTY: _("Duty desk"),
    PhoneKind.COMPLAINT: _("Complaints"),
}
