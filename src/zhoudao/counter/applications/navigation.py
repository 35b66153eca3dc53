"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from zhoudao.counter.applications.rules import (
    ANSWER_MARK,
    ASK_EXPORT,
    ASSIGN,
    ENTER,
    SEE_FIGURES,
    SEE_LIST,
    SEE_RETENTION,
)

ENTRIES = [
    {
        "label": pgettext_lazy("application", "Cases"),
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
        "label": gettext_lazy("Team"),
        "url": "applications:team",
        "permission": ASSIGN,
        "group": "work",
        "order": 15,
        "icon": "people",
    },
    {
        "label": gettext_lazy("Applications"),
        "url": "applications:figures",
        "permission": SEE_FIGURES,
        "group": "service",
        "order": 30,
        "icon": "document",
    },
    {
        "label": gettext_lazy("Bad marks to answer"),
        "url": "applications:marks",
        "permission": ANSWER_MARK,
        "group": "work",
        "order": 16,
        "icon": "list",
    },
    {
        "label": gettext_lazy("Lists to take away"),
        "url": "applications:exports",
        "permission": ASK_EXPORT,
        "group": "work",
        "order": 40,
        "icon": "document",
    },
    {
        "label": gettext_lazy("Retention and erasure"),
        "url": "applications:retention",
        "permission": SEE_RETENTION,
        "group": "records",
        "order": 20,
        "icon": "clock",
    },
]
