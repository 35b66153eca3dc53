"""What the room offers in the staff pages' side navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.core.outbox.rules import SEE

ENTRIES = [
    {
        "label": gettext_lazy("Outbox"),
        "url": "outbox:stuck",
        "permission": SEE,
        "group": "system",
        "order": 20,
        "icon": "upload",
    }
]
