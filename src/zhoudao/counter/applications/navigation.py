"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.applications.rules import ENTER, SEE_FIGURES, SEE_LIST

ENTRIES = [
    {
        "label": gettext_lazy("Cases"),
        "url": "applications:cases",
        "permission": SEE_LIST,
        "group": "work",
        "order": 10,
        "icon": "briefcase",
    },
    {
        "label": gettext_lazy("Enter an application"),
        "url": "applications:enter",
        "permission": ENTER,
        "group": "work",
        "order": 20,
        "icon": "plus",
    },
    {
        "label": gettext_lazy("Applications"),
        "url": "applications:figures",
        "permission": SEE_FIGURES,
        "group": "service",
        "order": 30,
        "icon": "document",
    },
]
