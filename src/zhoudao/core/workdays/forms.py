"""The form that changes one day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.core.workdays.rules import Named


class DayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "short"}))
    kind = forms.ChoiceField(
        label=_("It is"),
        choices=[
            ("rest", _("a day of rest")),
            ("work", _("a working day")),
            ("weekday", _("as its weekday says")),
        ],
    )
    name_zh = forms.CharField(
        label=_("Name in Chinese"), required=False, max_length=60, help_text=_("For example 春节")
    )
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=60)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=400,
        help_text=_("The number of the notice, or why it changes. It stays in the record."),
    )

    def named(self) -> Named | None:
        data = self.cleaned_data
        if data["kind"] == "weekday":
            return None
        return Named(data["kind"] == "work", data["name_zh"], data["name_en"])
