"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.applications.rules import SEE_FIGURES

ENTRIES = [
    {
        "label": gettext_lazy("Applications"),
        "url": "applications:figures",
        "permission": SEE_FIGURES,
        "group": "service",
        "order": 30,
        "icon": "document",
    },
]
