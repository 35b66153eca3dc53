"""What the room offers in the staff pages' side navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.desk.cases.rules import LIST

ENTRIES = [
    {
        "label": gettext_lazy("Cases"),
        "url": "cases:list",
        "permission": LIST,
        "group": "desk",
        "order": 10,
        "icon": "briefcase",
    }
]
