"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.kiosks.rules import LOOK_AFTER

ENTRIES = [
    {
        "label": gettext_lazy("Kiosks"),
        "url": "kiosks:fleet",
        "permission": LOOK_AFTER,
        "group": "service",
        "order": 40,
        "icon": "counter",
    },
]
