"""The forms of a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.desk.cases.actions.papers import Paper
from zhoudao.desk.cases.labels import BASES, DOCUMENTS, DUTIES, MEASURES, OFFENCES, PURPOSES
from zhoudao.desk.cases.rules import Basis, DocumentKind, Duty, Measure, Offence, Purpose

MEDIUM = forms.TextInput(attrs={"class": "medium"})
SELECT = forms.Select(attrs={"class": "medium"})


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date", "class": "short"}), **options
    )


class PaperForm(forms.Form):
    """A document's number, day and scan."""

    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        help_text=_("As printed on it."),
        widget=MEDIUM,
    )
    issued_on = _day(_("Issued on"), required=False)
    scan = forms.FileField(
        label=_("Scan"), required=False, help_text=_("PDF, JPEG or PNG. It is kept sealed in the case.")
    )

    def paper(self) -> Paper:
        data = self.cleaned_data
        return Paper(data["document_number"], data["issued_on"], data["scan"])


class OpenForm(PaperForm):
    title = forms.CharField(
        label=_("Name of the case"), max_length=100, help_text=_("Kept sealed. Shown to members only.")
    )
    offence = forms.TypedChoiceField(
        label=_("Suspected offence"),
        choices=list(OFFENCES.items()),
        coerce=Offence,
        widget=SELECT,
    )
    basis = forms.TypedChoiceField(
        label=_("Legal basis"), choices=list(BASES.items()), coerce=Basis, widget=forms.RadioSelect
    )
    expires_on = _day(
        _("Basis expires on"), help_text=_("Nobody looks into the case after that day until it is renewed.")
    )
    purpose = forms.CharField(
        label=_("What the case is to find out"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    token = forms.CharField(widget=forms.HiddenInput, min_length=32, max_length=32)

    field_order = [
        "title",
        "offence",
        "basis",
        "document_number",
        "issued_on",
        "scan",
        "expires_on",
        "purpose",
    ]


class EnterForm(forms.Form):
    purpose = forms.TypedChoiceField(
        label=_("What do you enter for?"),
        choices=list(PURPOSES.items()),
        coerce=Purpose,
        widget=forms.RadioSelect,
        help_text=_("It is written beside everything you open, until you leave."),
    )
    note = forms.CharField(label=_("In your own words"), max_length=300, required=False)


class ExtendForm(PaperForm):
    expires_on = _day(_("New expiry"))


class MemberForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "medium", "list": "officers"}),
    )
    duty = forms.TypedChoiceField(
        label=_("As"),
        choices=list(DUTIES.items()),
        coerce=Duty,
        initial=Duty.ANALYST,
        widget=SELECT,
    )


class DocumentForm(PaperForm):
    kind = forms.TypedChoiceField(
        label=_("Kind"),
        choices=list(DOCUMENTS.items()),
        coerce=DocumentKind,
        initial=DocumentKind.ANSWER,
        widget=SELECT,
    )
    field_order = ["kind", "document_number", "issued_on", "scan"]


class RequestForm(PaperForm):
    measure = forms.TypedChoiceField(
        label=_("Measure"),
        choices=list(MEASURES.items()),
        coerce=Measure,
        initial=Measure.QUERY,
        widget=forms.RadioSelect,
    )
    addressee = forms.CharField(label=_("Bank or company"), max_length=200)
    accounts = forms.CharField(
        label=_("Accounts asked for"),
        help_text=_("One a line: account numbers, or names with identity numbers."),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    first_day = _day(_("From day"))
    last_day = _day(_("To day"))
    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)
    field_order = [
        "measure",
        "addressee",
        "document_number",
        "issued_on",
        "scan",
        "accounts",
        "first_day",
        "last_day",
        "remark",
    ]


class SentForm(forms.Form):
    sent_on = _day(_("Sent on"))


class AnswerForm(forms.Form):
    answered_on = _day(_("Answered on"))
    coverage = forms.CharField(
        label=_("What the answer covers"),
        help_text=_("A line an account: account, first day, last day. What is missing is shown as a gap."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class CloseForm(forms.Form):
    retain_until = _day(_("Keep until"), required=False, help_text=_("Left empty: five years."))


class HoldForm(forms.Form):
    reason = forms.CharField(label=_("Why nothing may be destroyed"), max_length=500)


class DestroyForm(forms.Form):
    document_number = forms.CharField(label=_("Number of the approval"), max_length=100)
    reason = forms.CharField(label=_("Reason"), max_length=500)
