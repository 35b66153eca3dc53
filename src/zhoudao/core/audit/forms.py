"""Which rows the auditor wants to see."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from zhoudao.core.access import permissions
from zhoudao.core.audit.queries import Filter
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.clock import CITY_ZONE

OUTCOMES = {
    Outcome.DONE: _("done"),
    Outcome.REFUSED: _("refused"),
    Outcome.FAILED: _("failed"),
}


def role_names() -> dict[str, object]:
    """What each role is called. Accounts live in a room above, so Django is asked for their model."""
    return dict(get_user_model()._meta.get_field("role").choices or ())


class FilterForm(forms.Form):
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    until = forms.DateField(
        label=_("To, with this day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )
    action = forms.ChoiceField(label=_("Action"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        every = ("", _("All"))
        choices: dict[str, list[tuple[str, object]]] = {
            "action": [(permission.name, permission.name) for permission in permissions()],
            "role": list(role_names().items()),
            "outcome": [(outcome.value, words) for outcome, words in OUTCOMES.items()],
        }
        for name, values in choices.items():
            self.fields[name].choices = [every, *values]  # type: ignore[attr-defined]

    def wanted(self) -> Filter:
        """Days are the city's."""
        if not self.is_valid():
            return Filter()
        data = self.cleaned_data
        return Filter(
            since=data["since"] and datetime.combine(data["since"], time(), CITY_ZONE),
            until=data["until"] and datetime.combine(data["until"] + timedelta(days=1), time(), CITY_ZONE),
            action=data["action"],
            role=data["role"],
            outcome=data["outcome"],
        )
