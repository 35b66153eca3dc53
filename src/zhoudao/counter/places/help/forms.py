"""The forms that ask and answer."""

from __future__ import annotations

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from zhoudao.core import city
from zhoudao.core.look.words import text
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.counter.places.help.rules import LEAST_MESSAGE, MOST_MESSAGE, Channel, channel_of


class AskForm(forms.Form):
    message = forms.CharField(
        label=_("What do you want to ask?"),
        help_text=_("A sentence or two. No identity numbers or passwords: nobody needs them to answer."),
        min_length=LEAST_MESSAGE,
        max_length=MOST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"),
        help_text=_("The answer is sent there. Left empty, you read it on the page you see next."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "tel", "inputmode": "email"}),
    )
    district = forms.ChoiceField(label=_("Where are you?"), widget=forms.Select(attrs={"class": "medium"}))

    def __init__(self, *args: object, asks_district: bool, language: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        if asks_district:
            self.fields["district"].choices = [  # type: ignore[attr-defined]
                (each.code, text(each.name, language)) for each in city.current().districts
            ]
        else:
            del self.fields["district"]

    def clean_contact(self) -> str:
        try:
            channel, contact = channel_of(self.cleaned_data["contact"])
        except BadInput:
            raise forms.ValidationError(
                _(
                    "This is neither a mobile number (11 digits, or + and the country code) nor an e-mail address."
                )
            ) from None
        if channel is Channel.EMAIL:
            try:
                validate_email(contact)
            except forms.ValidationError:
                raise forms.ValidationError(_("This e-mail address isn't complete.")) from None
        return contact


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("It goes out as you write it, by text message or e-mail."),
        min_length=LEAST_MESSAGE,
        max_length=MOST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
