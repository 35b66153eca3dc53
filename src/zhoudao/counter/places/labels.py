"""What kinds of places, phones, services and items are called on a page."""

from django.utils.translation import gettext_lazy as _

from zhoudao.counter.catalog.schema import Category, Channel, MaterialKind, Service
from zhoudao.counter.places.rules import PhoneKind, PointKind

POINT_KINDS = {
    PointKind.COUNTER: _("Service hall"),
    PointKind.STATION: _("Police station"),
    PointKind.KIOSK: _("Self-service kiosk"),
    PointKind.ENTERPRISE_WINDOW: _("Enterprise window"),
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
SERVICES = {
    Service.HOUSEHOLD: _("Household registration"),
    Service.ID_CARD: _("ID cards"),
    Service.RESIDENCE: _("Residence permits"),
    Service.VEHICLE: _("Vehicles"),
    Service.DRIVER: _("Driving licences"),
    Service.EXIT_ENTRY: _("Exit and entry"),
    Service.PUBLIC_SECURITY: _("Public security"),
    Service.ENTERPRISE: _("Enterprises"),
    Service.KIOSK_HOUSEHOLD: _("Household kiosk"),
    Service.KIOSK_TRAFFIC: _("Traffic kiosk"),
    Service.KIOSK_EXIT_ENTRY: _("Exit and entry kiosk"),
    Service.ANTI_FRAUD: _("Fraud prevention"),
}
CATEGORIES = {
    Category.HOUSEHOLD: _("Household registration and ID"),
    Category.TRAFFIC: _("Traffic"),
    Category.EXIT_ENTRY: _("Exit and entry"),
    Category.PUBLIC_SECURITY: _("Public security"),
    Category.ENTERPRISE: _("Enterprises"),
}
CATEGORY_ICONS = {
    Category.HOUSEHOLD: "person",
    Category.TRAFFIC: "car",
    Category.EXIT_ENTRY: "document",
    Category.PUBLIC_SECURITY: "shield",
    Category.ENTERPRISE: "building",
}
CHANNELS = {
    Channel.WINDOW: _("at a window"),
    Channel.ONLINE: _("online"),
    Channel.KIOSK: _("at a self-service kiosk"),
    Channel.POST: _("by post"),
    Channel.HOME: _("an officer comes to you"),
}
MATERIAL_KINDS = {
    MaterialKind.ORIGINAL: _("original"),
    MaterialKind.COPY: _("copy"),
    MaterialKind.PHOTO: _("photo"),
    MaterialKind.FORM: _("form to fill in"),
    MaterialKind.CERTIFICATE: _("certificate"),
}
