"""The icons: one line each, on a grid of 24, drawn with a stroke that takes the colour of the text beside it."""

from __future__ import annotations

PATHS: dict[str, str] = {
    # moving about
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "pin": '<path d="M12 21.5c4.4-5 6.8-8.6 6.8-11.7a6.8 6.8 0 0 0-13.6 0c0 3.1 2.4 6.7 6.8 11.700z"/><circle cx="12" cy="9.8" r="2.4"/>',
    "map": '<path d="m9 4.5-5.5 2v13l5.5-2 6 2 5.5-2v-13l-5.5 2-6-2zM9 4.500v13M15 6.500v13"/>',
    "ferry": '<path d="M3.5 14.500h17l-2 4.500h-13zM6.5 14.500v-4h11v4M9.5 10.500v-3h5v3M12 7.500V5M2.5 21.500c1.6 0 1.6-.8 3.2-.8s1.6.8 3.2.8 1.6-.8 3.2-.8 1.6.8 3.2.8 1.6-.8 3.2-.8 1.6.8 3.2.8"/>',
    "bus": '<rect x="5" y="4" width="14" height="14.5" rx="2.5"/><path d="M5 12h14M8 21v-2.500M16 21v-2.500M8.2 15.300h.01M15.8 15.300h.01"/>',
    "walk": '<circle cx="13" cy="4.3" r="1.8"/><path d="m9.5 21.5 2.5-6.5-1.8-3 .9-4.2 2.7 2.7 3.2.8M11 7.800l-3.3 1.7-.7 3.500M12 15l2.8 2.2 1.2 4.3"/>',
    "car": '<path d="M4 17.500v-5l2.2-5.500h11.600L20 12.500v5zM4 12.500h16M6 17.500V20M18 17.500V20M7.5 15h.01M16.5 15h.01"/>',
    "wait": '<path d="M7 3.500h10M7 20.500h10M8 3.500c0 4.5 3 6 4 8.5-1 2.5-4 4-4 8.500M16 3.500c0 4.5-3 6-4 8.5 1 2.5 4 4 4 8.5"/>',
    "arrow-right": '<path d="M4.5 12h15M13.5 6l6 6-6 6"/>',
    "arrow-left": '<path d="M19.5 12h-15M10.5 6l-6 6 6 6"/>',
    "chevron": '<path d="m9 5.5 6.5 6.500L9 18.5"/>',
    # what people ask about
    "phone": '<path d="M6.3 3.500h3l1.6 4.3-2.1 1.700a13 13 0 0 0 5.7 5.700l1.7-2.1 4.3 1.600v3c0 1.3-1 2.3-2.3 2.300C10.5 20 4 13.5 4 5.800c0-1.3 1-2.3 2.3-2.300z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.3 2"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8 3.500v4M16 3.500v4"/>',
    "kiosk": '<rect x="6" y="2.5" width="12" height="12.5" rx="1.8"/><path d="M9 6h6M9 9h6M10 15v6M14 15v6M7.5 21.500h9"/>',
    "counter": '<path d="M3 12.500h18M5 12.500V20M19 12.500V20M3.5 20h17M12 12.500v-2M8.5 10.500h7M9.2 10.500a2.8 2.8 0 0 1 5.6 0"/><circle cx="12" cy="5" r="1.8"/>',
    "card": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><circle cx="8.5" cy="10.8" r="1.8"/><path d="M5.8 15.500c.4-1.5 1.4-2.2 2.7-2.200s2.3.7 2.7 2.200M14 10h4M14 13.500h4"/>',
    "document": '<path d="M6 3.500h8l4.5 4.500v12.500H6zM14 3.500V8h4.500M9 12h6.500M9 15.500h6.5"/>',
    "building": '<path d="M5 20.500v-15l8-2.500v17.500M13 9h6v11.500M3 20.500h18M8 8.500h2M8 12h2M8 15.500h2M16 12.500h.01M16 16h.01"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>',
    "people": '<circle cx="9" cy="8.5" r="3.2"/><path d="M2.8 19.500c.6-3.4 3-5 6.2-5s5.6 1.6 6.2 5M15.5 5.600a3.2 3.2 0 0 1 0 5.800M17.5 14.800c2 .6 3.3 2.2 3.7 4.7"/>',
    "shield": '<path d="M12 2.8 19.5 5.500v6c0 4.6-3 8-7.5 9.7-4.5-1.7-7.5-5.1-7.5-9.700v-6z"/>',
    "star": '<path d="m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6-5.3-2.900L6.7 20l1.1-6-4.4-4.2 6-.8z"/>',
    # how things stand
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11v5.500M12 7.600h.01"/>',
    "done": '<circle cx="12" cy="12" r="8.8"/><path d="m8 12.3 2.8 2.800L16 9.5"/>',
    "waiting": '<circle cx="12" cy="12" r="8.8"/><path d="M12 7v5.200l3 1.8"/>',
    "danger": '<path d="M12 3.5 22 20.500H2zM12 10v4.800M12 17.500h.01"/>',
    "warning": '<path d="M12 3.5 22 20.500H2zM12 10v4.800M12 17.500h.01"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    # what can be done
    "print": '<path d="M7 8.500v-5h10v5M7 16.500H4v-8h16v8h-3"/><path d="M7 13.500h10v7H7z"/>',
    "download": '<path d="M12 3.500v11.500M7 10.500l5 5 5-5M4.5 20h15"/>',
    "upload": '<path d="M12 15.500V4M7 8.500l5-5 5 5M4.5 20h15"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.500v-3a4 4 0 0 1 8 0v3"/>',
    "menu": '<path d="M4 6.500h16M4 12h16M4 17.500h16"/>',
    "language": '<circle cx="12" cy="12" r="8.8"/><path d="M3.2 12h17.600M12 3.200c5 5.5 5 12.1 0 17.600M12 3.200c-5 5.5-5 12.1 0 17.6"/>',
    "plus": '<path d="M12 4.500v15M4.5 12h15"/>',
    "edit": '<path d="M4.5 19.500v-4L16 4l4 4L8.5 19.500zM13.5 6.500l4 4"/>',
    "list": '<path d="M9 6.500h11.500M9 12h11.500M9 17.500h11.500M4.5 6.500h.01M4.5 12h.01M4.5 17.500h.01"/>',
    "out": '<path d="M10 4H4.500v16H10M9.5 12h11M16 7.500l4.5 4.5-4.5 4.5"/>',
    "bell": '<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 2h-15zM10 21h4"/>',
    "chart": '<path d="M4 4v16h16.500M8 16v-4.500M12.5 16V7.500M17 16v-6.5"/>',
    "briefcase": '<rect x="3.5" y="7.5" width="17" height="12" rx="2"/><path d="M9 7.500v-3h6v3M3.5 12.500h17"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.600l2.2 2.200M16.2 16.200l2.2 2.200M18.4 5.600l-2.2 2.200M7.8 16.200l-2.2 2.2"/>',
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
