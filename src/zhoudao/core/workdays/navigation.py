"""What the room offers in the staff pages' side navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.core.workdays.rules import LOOK_UP

ENTRIES = [
    {
        "label": gettext_lazy("Working days"),
        "url": "workdays:year",
        "permission": LOOK_UP,
        "group": "system",
        "order": 30,
        "icon": "calendar",
    }
]
