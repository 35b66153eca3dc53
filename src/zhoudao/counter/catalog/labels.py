"""What categories, desks, ways to apply and kinds of papers are called on a page."""

from django.utils.translation import gettext_lazy as _

from zhoudao.counter.catalog.schema import Audience, Category, Channel, MaterialKind, Service

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
CHANNELS = {
    Channel.WINDOW: _("at a window"),
    Channel.ONLINE: _("online"),
    Channel.KIOSK: _("at a self-service kiosk"),
    Channel.POST: _("by post"),
    Channel.HOME: _("an officer comes to you"),
}
AUDIENCES = {
    Audience.RESIDENT: _("Residents"),
    Audience.MIGRANT: _("From elsewhere in China"),
    Audience.ENTERPRISE: _("Firms"),
    Audience.FOREIGNER: _("Foreigners"),
    Audience.VISITOR: _("Visitors, Hong Kong, Macau and Taiwan"),
}
MATERIAL_KINDS = {
    MaterialKind.ORIGINAL: _("original"),
    MaterialKind.COPY: _("copy"),
    MaterialKind.PHOTO: _("photo"),
    MaterialKind.FORM: _("form to fill in"),
    MaterialKind.CERTIFICATE: _("certificate"),
}
