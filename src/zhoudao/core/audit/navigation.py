"""What the room offers in the staff pages' side navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.core.audit.rules import READ_TRAIL

ENTRIES = [
    {
        "label": gettext_lazy("Audit trail"),
        "url": "audit:trail",
        "permission": READ_TRAIL,
        "group": "records",
        "order": 10,
        "icon": "list",
    }
]
