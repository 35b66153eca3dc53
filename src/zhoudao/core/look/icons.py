# ruff: noqa: E501  drawings are long lines
"""The icons: one line each, on a grid of 24, drawn with a stroke that takes the colour of the text beside
it.
"""

from __future__ import annotations

PATHS: dict[str, str] = {
    # moving about
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "pin": '<path d="M12 21.5c4.4-5 6.8-8.6 6.8-11.7a6.8 6.8 0 0 0-13.6 0c0 3.1 2.4 6.7 6.8 11.7z"/><circle cx="12" cy="9.8" r="2.4"/>',
    "map": '<path d="m9 4.5-5.5 2v13l5.5-2 6 2 5.5-2v-13l-5.5 2-6-2zM9 4.5v13M15 6.5v13"/>',
    "ferry": '<path d="M3.5 14.5h17l-2 4.5h-13zM6.5 14.5v-4h11v4M9.5 10.5v-3h5v3M12 7.5V5M2.5 21.5c1.6 0 1.6-.8 3.2-.8s1.6.8 3.2.8 1.6-.8 3.2-.8 1.6.8 3.2.8 1.6-.8 3.2-.8 1.6.8 3.2.8"/>',
    "bus": '<rect x="5" y="4" width="14" height="14.5" rx="2.5"/><path d="M5 12h14M8 21v-2.5M16 21v-2.5M8.2 15.3h.01M15.8 15.3h.01"/>',
    "walk": '<circle cx="13" cy="4.3" r="1.8"/><path d="m9.5 21.5 2.5-6.5-1.8-3 .9-4.2 2.7 2.7 3.2.8M11 7.8l-3.3 1.7-.7 3.5M12 15l2.8 2.2 1.2 4.3"/>',
    "car": '<path d="M4 17.5v-5l2.2-5.5h11.6L20 12.5v5zM4 12.5h16M6 17.5V20M18 17.5V20M7.5 15h.01M16.5 15h.01"/>',
    "wait": '<path d="M7 3.5h10M7 20.5h10M8 3.5c0 4.5 3 6 4 8.5-1 2.5-4 4-4 8.5M16 3.5c0 4.5-3 6-4 8.5 1 2.5 4 4 4 8.5"/>',
    "arrow-right": '<path d="M4.5 12h15M13.5 6l6 6-6 6"/>',
    "arrow-left": '<path d="M19.5 12h-15M10.5 6l-6 6 6 6"/>',
    "chevron": '<path d="m9 5.5 6.5 6.5L9 18.5"/>',
    # what people ask about
    "phone": '<path d="M6.3 3.5h3l1.6 4.3-2.1 1.7a13 13 0 0 0 5.7 5.7l1.7-2.1 4.3 1.6v3c0 1.3-1 2.3-2.3 2.3C10.5 20 4 13.5 4 5.8c0-1.3 1-2.3 2.3-2.3z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.3 2"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8 3.5v4M16 3.5v4"/>',
    "kiosk": '<rect x="6" y="2.5" width="12" height="12.5" rx="1.8"/><path d="M9 6h6M9 9h6M10 15v6M14 15v6M7.5 21.5h9"/>',
    "counter": '<path d="M3 12.5h18M5 12.5V20M19 12.5V20M3.5 20h17M12 12.5v-2M8.5 10.5h7M9.2 10.5a2.8 2.8 0 0 1 5.6 0"/><circle cx="12" cy="5" r="1.8"/>',
    "card": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><circle cx="8.5" cy="10.8" r="1.8"/><path d="M5.8 15.5c.4-1.5 1.4-2.2 2.7-2.2s2.3.7 2.7 2.2M14 10h4M14 13.5h4"/>',
    "document": '<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12h6.5M9 15.5h6.5"/>',
    "building": '<path d="M5 20.5v-15l8-2.5v17.5M13 9h6v11.5M3 20.5h18M8 8.5h2M8 12h2M8 15.5h2M16 12.5h.01M16 16h.01"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>',
    "people": '<circle cx="9" cy="8.5" r="3.2"/><path d="M2.8 19.5c.6-3.4 3-5 6.2-5s5.6 1.6 6.2 5M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.5 14.8c2 .6 3.3 2.2 3.7 4.7"/>',
    "shield": '<path d="M12 2.8 19.5 5.5v6c0 4.6-3 8-7.5 9.7-4.5-1.7-7.5-5.1-7.5-9.7v-6z"/>',
    "star": '<path d="m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6-5.3-2.9L6.7 20l1.1-6-4.4-4.2 6-.8z"/>',
    # how things stand
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11v5.5M12 7.6h.01"/>',
    "done": '<circle cx="12" cy="12" r="8.8"/><path d="m8 12.3 2.8 2.8L16 9.5"/>',
    "waiting": '<circle cx="12" cy="12" r="8.8"/><path d="M12 7v5.2l3 1.8"/>',
    "danger": '<path d="M12 3.5 22 20.5H2zM12 10v4.8M12 17.5h.01"/>',
    "warning": '<path d="M12 3.5 22 20.5H2zM12 10v4.8M12 17.5h.01"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    # what can be done
    "print": '<path d="M7 8.5v-5h10v5M7 16.5H4v-8h16v8h-3"/><path d="M7 13.5h10v7H7z"/>',
    "download": '<path d="M12 3.5v11.5M7 10.5l5 5 5-5M4.5 20h15"/>',
    "upload": '<path d="M12 15.5V4M7 8.5l5-5 5 5M4.5 20h15"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5v-3a4 4 0 0 1 8 0v3"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "language": '<circle cx="12" cy="12" r="8.8"/><path d="M3.2 12h17.6M12 3.2c5 5.5 5 12.1 0 17.6M12 3.2c-5 5.5-5 12.1 0 17.6"/>',
    "plus": '<path d="M12 4.5v15M4.5 12h15"/>',
    "edit": '<path d="M4.5 19.5v-4L16 4l4 4L8.5 19.5zM13.5 6.5l4 4"/>',
    "list": '<path d="M9 6.5h11.5M9 12h11.5M9 17.5h11.5M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01"/>',
    "out": '<path d="M10 4H4.5v16H10M9.5 12h11M16 7.5l4.5 4.5-4.5 4.5"/>',
    "sound": '<path d="M4 9.5h3.5L12 6v12l-4.5-3.5H4z"/><path d="M15.5 9a4 4 0 0 1 0 6M18.2 6.3a8 8 0 0 1 0 11.4"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4"/>',
    "chart": '<path d="M4 4v16h16.5M8 16v-4.5M12.5 16V7.5M17 16v-6.5"/>',
    "briefcase": '<rect x="3.5" y="7.5" width="17" height="12" rx="2"/><path d="M9 7.5v-3h6v3M3.5 12.5h17"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2"/>',
}


def svg(name: str) -> str:
    """The icon as inline SVG, hidden from screen readers: the words beside it say what it means.

    Raises KeyError, naming the icons there are, for a name that is none.
    """
    if name not in PATHS:
        raise KeyError(f"there is no icon {name!r}; expected one of {', '.join(sorted(PATHS))}")
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.75"'
        f' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{PATHS[name]}</svg>'
    )
