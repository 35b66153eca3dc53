"""What this room offers in the staff navigation."""

from django.utils.translation import gettext_lazy

from zhoudao.counter.windows.figures.rules import SEE_BOARDS
from zhoudao.counter.windows.rules import RUN_WINDOW

ENTRIES = [
    {
        "label": gettext_lazy("My window"),
        "url": "windows:desk",
        "permission": RUN_WINDOW,
        "group": "work",
        "order": 5,
        "icon": "counter",
    },
    {
        "label": gettext_lazy("Windows and waits"),
        "url": "windows:boards",
        "permission": SEE_BOARDS,
        "group": "service",
        "order": 35,
        "icon": "chart",
    },
]
