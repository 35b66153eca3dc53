"""What the page of components shows: made-up rows, figures and a form, none of them anybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from zhoudao.core import city, clock
from zhoudao.core.look import icons, words

ROWS: list[dict[str, Any]] = [
    {
        "code": f"SQ2026-{4100 + number:05d}",
        "item": item,
        "fen": fen,
        "state": state,
        "word": word,
        "days": number % 9,
    }
    for number, (item, fen, state, word) in enumerate(
        [
            (
                gettext_lazy("Reissue of an identity card"),
                4000,
                "waiting",
                pgettext_lazy("badge", "In review"),
            ),
            (gettext_lazy("Electronic residence permit"), 0, "done", pgettext_lazy("badge", "Issued")),
            (
                gettext_lazy("Change of a security firm's address"),
                0,
                "danger",
                pgettext_lazy("badge", "Late"),
            ),
            (gettext_lazy("Temporary identity card"), 1000, "info", pgettext_lazy("badge", "Booked")),
            (gettext_lazy("Six-monthly vehicle inspection"), 12000, "plain", pgettext_lazy("badge", "Draft")),
        ]
        * 12
    )
]


class SampleForm(forms.Form):
    """One of each kind of question."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), help_text=gettext_lazy("As on your identity card."), max_length=60
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        validators=[
            RegexValidator(r"^1[0-9]{10}$", gettext_lazy("Enter the eleven digits, for example 12800000000."))
        ],
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "tel", "autocomplete": "tel"}),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How would you like to get it?"),
        choices=[
            ("window", gettext_lazy("Collect at the window")),
            ("post", gettext_lazy("By post, two days later")),
        ],
        widget=forms.RadioSelect,
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"),
        choices=lambda: [
            (place.code, words.text(place.name, get_language() or "")) for place in city.current().districts
        ],
        widget=forms.Select(attrs={"class": "medium"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything we should know"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    paper = forms.FileField(
        label=gettext_lazy("Photo of the old card"),
        required=False,
        help_text=gettext_lazy("JPEG or PNG, up to 20 MB."),
    )
    agree = forms.BooleanField(label=gettext_lazy("What I have entered is true"))


def figures() -> dict[str, Any]:
    """Times around the city's own now, and the names of icons and tokens."""
    now = clock.now()
    return {
        "soon": now + timedelta(minutes=35),
        "next_year": now + timedelta(days=120),
        "steps": [
            gettext_lazy("What happened"),
            gettext_lazy("Your papers"),
            gettext_lazy("Where to collect"),
            gettext_lazy("Check and send"),
        ],
        "tab_items": [
            {"label": gettext_lazy("Mine"), "url": "#tabs", "current": True, "count": 12},
            {"label": gettext_lazy("Late soon"), "url": "#tabs", "count": 3},
            {"label": gettext_lazy("All"), "url": "#tabs", "count": 1204},
        ],
        "lengths": [
            timedelta(seconds=20),
            timedelta(minutes=35),
            timedelta(minutes=65),
            timedelta(days=2, hours=3),
        ],
        "icon_names": sorted(icons.PATHS),
        "surfaces": [
            "ground",
            "surface",
            "sunken",
            "chart",
            "land",
            "shore",
            "ink",
            "ink-soft",
            "rule",
            "edge",
        ],
        "meanings": [
            "action",
            "action-soft",
            "done",
            "done-soft",
            "waiting",
            "waiting-soft",
            "danger",
            "danger-soft",
        ],
    }
