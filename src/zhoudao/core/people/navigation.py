"""This room's entries in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.core.people.rules.duties import SEE_ACCOUNTS

ENTRIES = [
    {
        "label": gettext_lazy("Accounts"),
        "url": "people:accounts",
        "permission": SEE_ACCOUNTS,
        "group": "system",
        "order": 10,
        "icon": "people",
    },
]
