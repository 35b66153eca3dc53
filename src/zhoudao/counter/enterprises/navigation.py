"""What this room offers in the navigation and on the start page."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.enterprises.rules import SEE, SEE_OWN

ENTRIES = [
    {
        "label": gettext_lazy("Enterprises"),
        "url": "enterprises:list",
        "permission": SEE,
        "group": "work",
        "order": 18,
        "icon": "building",
    },
    {
        "label": gettext_lazy("My enterprise"),
        "url": "enterprises:home",
        "permission": SEE_OWN,
        "group": "work",
        "order": 19,
        "icon": "building",
    },
]
