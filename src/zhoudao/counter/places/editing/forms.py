"""Forms made from an entry's fields, and those that decide, report and answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.core import clock
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.catalog.labels import SERVICES
from zhoudao.counter.catalog.schema import Service
from zhoudao.counter.places.editing.labels import FIELDS as FIELD_LABELS
from zhoudao.counter.places.editing.labels import HINTS, MISTAKES
from zhoudao.counter.places.editing.rules import FIELDS, Kind, Mistake, Value, Values
from zhoudao.counter.places.labels import PHONE_KINDS, POINT_KINDS

_EXACT = {"step": "any", "class": "medium"}
MOST_REASON = 500
MOST_WORDS = 1000


def new_token() -> str:
    """Of one form: sent twice, it is one change."""
    return secrets.token_urlsafe(18)


def _moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "class": "medium"}, format="%Y-%m-%dT%H:%M")


def _field(kind: Kind, name: str) -> forms.Field:
    label, hint = FIELD_LABELS[name], HINTS.get(name, "")
    if name == "kind":
        names: Any = POINT_KINDS if kind is Kind.POINT else PHONE_KINDS
        return forms.ChoiceField(label=label, choices=[(each.value, text) for each, text in names.items()])
    if name == "step_free":
        return forms.BooleanField(label=label, required=False)
    if name in ("longitude", "latitude"):
        return forms.FloatField(label=label, help_text=hint, widget=forms.NumberInput(attrs=_EXACT))
    if name == "services":
        return forms.MultipleChoiceField(
            label=label, required=False, choices=[(each.value, SERVICES[each]) for each in Service],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    if name in ("starts_at", "ends_at"):
        return forms.DateTimeField(
            label=label, widget=_moment_input(),
        )  # fmt: skip
    required = name in ("name_zh", "name_en", "address_zh", "address_en", "reason_zh", "reason_en") or (
        name == "hours" and kind is Kind.POINT
    )
    return forms.CharField(label=label, help_text=hint, required=required, max_length=255)


class EntryForm(forms.Form):
    """What an entry is to say, and why. ``seen`` and ``token`` keep two officers and two presses apart."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, kind: Kind, *args: Any, new: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        for name in FIELDS[kind]:
            self.fields[name] = _field(kind, name)
        if not new:
            self.fields["remove"] = forms.BooleanField(
                label=_("Take it out of the directory"), required=False
            )
        self.fields["reason"] = forms.CharField(
            label=_("Why"),
            help_text=_("Whoever looks at it after you reads this: say how you know."),
            max_length=MOST_REASON,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @property
    def values(self) -> Values | None:
        """None: take it out."""
        if self.cleaned_data.get("remove"):
            return None
        return {name: _kept(self.cleaned_data[name]) for name in FIELDS[self.kind]}

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say at each field what is wrong with it."""
        for each in problems:
            field = each.field if each.field in self.fields else None
            self.add_error(field, f"{each.problem}; {each.expected}")


def initial(values: Values | None) -> dict[str, object]:
    """An entry's values as the form shows them."""
    shown: dict[str, object] = dict(values or {})
    for name in ("starts_at", "ends_at"):
        if name in shown:
            shown[name] = clock.local(datetime.fromisoformat(str(shown[name]))).replace(tzinfo=None)
    return shown


def _kept(value: object) -> Value:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=clock.CITY_ZONE)
        return clock.local(moment).isoformat()
    if isinstance(value, str | float | bool):
        return value
    return [str(each) for each in value]  # type: ignore[attr-defined]  # a list of services


class UrgentClosureForm(forms.Form):
    """A closure that can't wait: in effect at once, and looked at afterwards."""

    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    points = forms.MultipleChoiceField(label=_("Places"), widget=forms.CheckboxSelectMultiple)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=_moment_input())  # fmt: skip
    ends_at = forms.DateTimeField(label=_("Ends"), widget=_moment_input())  # fmt: skip
    reason_zh = forms.CharField(label=_("Reason in Chinese"), max_length=200)
    reason_en = forms.CharField(label=_("Reason in English"), max_length=240)

    def __init__(self, *args: Any, points: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["points"].choices = points  # type: ignore[attr-defined]

    def moment(self, name: str) -> datetime:
        value: datetime = self.cleaned_data[name]
        return value if value.tzinfo else value.replace(tzinfo=clock.CITY_ZONE)


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is refused"),
        required=False,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReportForm(forms.Form):
    """A mistake that somebody found."""

    token = forms.CharField(max_length=32, widget=forms.HiddenInput)
    mistake = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[(each.value, MISTAKES[each]) for each in Mistake],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Tell us what you found"),
        help_text=_("A sentence is enough. No identity numbers."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"),
        help_text=_("If you leave one, you hear from us; it is deleted afterwards."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "tel"}),
    )

    def refuse(self, problems: Iterable[Problem]) -> None:
        for each in problems:
            self.add_error(
                each.field if each.field in self.fields else None, f"{each.problem}; {each.expected}"
            )


class HandleForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever reported it reads this."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Or why there is none"), required=False, max_length=MOST_REASON,
        help_text=_("Only officers read this."),
    )  # fmt: skip
