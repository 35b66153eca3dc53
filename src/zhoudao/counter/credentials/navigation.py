"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.credentials.rules import SEE, SEE_KEYS, SEE_OWN

ENTRIES = [
    {
        "label": gettext_lazy("My certificates"),
        "url": "credentials:mine",
        "permission": SEE_OWN,
        "group": "work",
        "order": 10,
        "icon": "card",
    },
    {
        "label": gettext_lazy("Certificates"),
        "url": "credentials:of_district",
        "permission": SEE,
        "group": "service",
        "order": 30,
        "icon": "card",
    },
    {
        "label": gettext_lazy("Signing keys"),
        "url": "credentials:keys",
        "permission": SEE_KEYS,
        "group": "system",
        "order": 40,
        "icon": "lock",
    },
]
