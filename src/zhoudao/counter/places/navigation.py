"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.places.coverage.rules import PLAN_KIOSKS

ENTRIES = [
    {
        "label": gettext_lazy("Kiosk coverage"),
        "url": "coverage:page",
        "permission": PLAN_KIOSKS,
        "group": "service",
        "order": 40,
        "icon": "kiosk",
    },
]
