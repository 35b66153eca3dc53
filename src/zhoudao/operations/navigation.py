"""What the room offers in the staff pages' side navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.core.keys.rules import SHOW
from zhoudao.operations.rules import SEE_SETTINGS, SEE_STATE

ENTRIES = [
    {
        "label": gettext_lazy("State of the platform"),
        "url": "state",
        "permission": SEE_STATE,
        "group": "system",
        "order": 10,
        "icon": "list",
    },
    {
        "label": gettext_lazy("Keys of sealed data"),
        "url": "keys",
        "permission": SHOW,
        "group": "system",
        "order": 12,
        "icon": "list",
    },
    {
        "label": gettext_lazy("Settings"),
        "url": "settings",
        "permission": SEE_SETTINGS,
        "group": "system",
        "order": 11,
        "icon": "list",
    },
]
