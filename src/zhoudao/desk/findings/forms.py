"""Deciding about a finding, and asking for a package."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.desk.cases.models import Member
from zhoudao.desk.findings.rules import LEAST_REASON, Verdict


class DecideForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        min_length=LEAST_REASON,
        max_length=1000,
        help_text=_("It stays with the finding, and goes into the package."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verdict = forms.TypedChoiceField(
        choices=[(each.value, each.value) for each in (Verdict.ACCEPTED, Verdict.DISMISSED)],
        coerce=Verdict,
        widget=forms.HiddenInput,
    )


class PackageForm(forms.Form):
    document_number = forms.CharField(
        label=_("Number of the document it goes out with"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "medium"}),
    )
    first_officer = forms.IntegerField(label=_("Extracting officer"), min_value=1)
    """A membership; the action checks whose."""
    second_officer = forms.IntegerField(label=_("Second officer"), min_value=1)

    def offer(self, members: Sequence[Member]) -> None:
        """Draw the two officers as choices among the members."""
        choices = [
            ("", "–"),
            *((str(each.pk), f"{each.user.display_name} {each.user.staff_number}") for each in members),
        ]
        for name in ("first_officer", "second_officer"):
            self.fields[name].widget = forms.Select(choices=choices, attrs={"class": "medium"})
