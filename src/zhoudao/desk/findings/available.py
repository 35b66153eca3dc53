"""Which detectors a case can run, and how their parameters are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhoudao.core.look.words import text
from zhoudao.engines.detection import BadParams, Detector, Param, detectors

TABLES = frozenset({"ledger", "transfer_sources"})
"""What a case has once its files are cleaned."""
FEN = "fen"


def runnable() -> list[Detector]:
    """Detectors that need nothing a case's ledger doesn't have, in the order of the engines."""
    return [each for each in detectors().values() if set(each.needs) <= TABLES]


class ParamsForm(forms.Form):
    """One field a parameter: its title, unit, range and where its default comes from. Amounts are asked in yuan."""

    def __init__(self, detector: Detector, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.detector = detector
        for param in detector.params:
            self.fields[param.name] = _field(param)

    def clean(self) -> dict[str, Any]:
        given: dict[str, object] = {}
        for param in self.detector.params:
            value = self.cleaned_data.get(param.name)
            if value in (None, "") and not isinstance(param.default, bool):
                continue
            try:
                given[param.name] = param.read(_in_fen(value) if param.unit == FEN else value)
            except BadParams as problem:
                self.add_error(param.name, _expected(param, problem))
        return given


def _field(param: Param) -> forms.Field:
    language = get_language() or "zh-hans"
    label = text(param.title, language)
    if param.choices:
        return forms.ChoiceField(
            label=label,
            choices=[(each, each) for each in param.choices],
            initial=param.default,
            widget=forms.Select(attrs={"class": "short"}),
        )
    if isinstance(param.default, bool):
        return forms.BooleanField(label=label, initial=param.default, required=False)
    shown: object = param.default
    unit = units().get(param.unit, param.unit)
    if param.unit == FEN:
        shown = f"{Decimal(int(param.default)) / 100:f}".removesuffix(".00")
    return forms.CharField(
        label=f"{label} ({unit})" if unit else label,
        initial=shown,
        required=False,
        help_text=_range(param),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}),
    )


def units() -> dict[str, str]:
    """What a unit is called, in the reader's language."""
    return {
        FEN: _("yuan"),
        "minutes": _("minutes"),
        "seconds": _("seconds"),
        "hour": _("o'clock"),
        "hours": _("hours"),
        "days": _("days"),
        "share": _("share, 0 to 1"),
        "transfers": _("transfers"),
        "accounts": _("accounts"),
    }


def _range(param: Param) -> str:
    low, high = param.low, param.high
    if param.unit == FEN:
        low, high = (bound / 100 if bound is not None else None for bound in (low, high))
    if low is not None and high is not None:
        return _("from %(low)s to %(high)s") % {"low": f"{low:g}", "high": f"{high:g}"}
    return ""


def _in_fen(value: object) -> object:
    try:
        return int(Decimal(str(value).replace(",", "")) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return value


def _expected(param: Param, problem: BadParams) -> str:
    return _range(param) or str(problem.expected)
