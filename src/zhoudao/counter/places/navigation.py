"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.places.coverage.rules import PLAN_KIOSKS
from zhoudao.counter.places.editing.rules import SEE_CHANGES
from zhoudao.counter.places.help.rules import ANSWER_HELP

ENTRIES = [
    {
        "label": gettext_lazy("The directory"),
        "url": "places:editing:desk",
        "permission": SEE_CHANGES,
        "group": "service",
        "order": 20,
        "icon": "pin",
    },
    {
        "label": gettext_lazy("Questions from people"),
        "url": "places:help_desk",
        "permission": ANSWER_HELP,
        "group": "work",
        "order": 40,
        "icon": "people",
    },
    {
        "label": gettext_lazy("Kiosk coverage"),
        "url": "coverage:page",
        "permission": PLAN_KIOSKS,
        "group": "service",
        "order": 40,
        "icon": "kiosk",
    },
]
