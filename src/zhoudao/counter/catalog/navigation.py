"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.catalog.rules import SEE_PROPOSALS

ENTRIES = [
    {
        "label": gettext_lazy("Items"),
        "url": "catalog_editing:list",
        "permission": SEE_PROPOSALS,
        "group": "service",
        "order": 40,
        "icon": "list",
    },
]
