"""The forms of this room, and its problems in words people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.core import city
from zhoudao.core.access import ALL_DISTRICTS, Role
from zhoudao.core.people.models import ROLE_NAMES
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "identity_length": _("An identity number has 18 characters. Count them on the card."),
    "identity_characters": _("An identity number is 17 digits, then a digit or X."),
    "identity_region": _("The first two digits are no province's. Compare them with the card."),
    "identity_date": _("Digits 7 to 14 are the date of birth; these are none. Compare them with the card."),
    "identity_check": _("One digit of the number is mistyped. Compare it with the card."),
    "document": _("A document number has 5 to 24 letters and digits."),
    "document_kind": _("Choose the kind of document."),
    "document_known": _("This document is registered already. Look the person up instead."),
    "document_unknown": _("No person with this document is registered. Register them first."),
    "document_taken": _("The person with this document has an account already."),
    "credit_length": _("A unified social credit code has 18 characters."),
    "credit_characters": _(
        "A unified social credit code has digits and capital letters, but never I, O, S, V or Z."
    ),
    "credit_region": _("Characters 3 to 8 of a unified social credit code are digits."),
    "credit_check": _("One character of the code is mistyped. Compare it with the licence."),
    "credit_code_known": _("This organisation is registered already."),
    "organisation_name": _("Give the organisation's name, at most 200 characters."),
    "organisation_address": _("The address has more than 300 characters. Shorten it."),
    "mobile": _(
        "A mobile number has 11 digits and starts with 1. From abroad, start with + and the country code."
    ),
    "landline": _("Give the area code and 7 or 8 digits, such as 0580-2260110."),
    "phone": _("Give a mobile number of 11 digits, or a landline with its area code."),
    "name_empty": _("Give the name as it stands on the document."),
    "name_long": _("The name has more than 100 characters. Give it as it stands on the document."),
    "name_character": _(
        "A character in the name is none that names have. Give it as it stands on the document."
    ),
    "name_no_letter": _("Give the name as it stands on the document."),
    "name_private_font": _(
        "A rare character comes from a font of this computer only. Type it with another input method."
    ),
    "district": _("Choose a district of this city."),
    "purpose_missing": _("Say what you look the person up for."),
    "agency_dates": _("The last day comes before the first. Choose a later one."),
    "agency_known": _("This person acts for the organisation already."),
    "day": _("Give the day as 2026-11-24."),
    "username": _("A user name has 2 to 64 Latin letters, digits, dots, hyphens or underscores."),
    "username_number": _("A user name may not be a telephone or identity number."),
    "username_taken": _("An account with this user name exists. Choose another."),
    "staff_number_missing": _("Give the staff number."),
    "role": _("Choose a role."),
    "separate_duties": _(
        "This person's other account is a system administrator's, security officer's or auditor's. "
        "These three duties belong to three persons."
    ),
    "oneself": _("Nobody does this to their own account. Ask a colleague of the same duty."),
    "password_weak": _("Choose a longer or less common password: at least 12 characters, and not your name."),
    "password_wrong": _("That is not your present password. Type it again."),
    "password_same": _("The new password is the old one. Choose another."),
    "totp_secret": _("The secret is not one an authenticator app takes."),
    "second_factor_known": _("A second factor is set up already."),
    "code_wrong": _("The code doesn't fit. Wait for the next one in the app, then type it."),
}
"""What is wrong and what to do, by the reason of a BadInput."""


def show_problem(form: forms.Form, problem: BadInput) -> None:
    """Put a problem beside its field, in the reader's language."""
    form.add_error(problem.field if problem.field in form.fields else None, str(SENTENCES[problem.reason]))


def _password(label: _StrPromise, autocomplete: str, help_text: _StrPromise | str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=256,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "class": "medium"}),
    )


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name, mobile number or identity number"),
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "medium",
            }
        ),
    )
    password = _password(_("Password"), "current-password")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        help_text=_("Your authenticator app shows it, and a new one every half minute."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}
        ),
    )


class RecoveryForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("One of the ten you kept when you set up the second factor. Each works once."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "class": "medium"}),
    )


class PasswordForm(forms.Form):
    old = _password(_("Present password"), "current-password")
    new = _password(
        _("New password"), "new-password", _("At least 12 characters. Four words in a row are good.")
    )
    again = _password(_("New password, again"), "new-password")

    def clean(self) -> None:
        if self.cleaned_data.get("new") != self.cleaned_data.get("again"):
            self.add_error("again", _("The two new passwords differ. Type them again."))


class OpenAccountForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        help_text=_("Letters, digits, dots and hyphens, such as wang.xiaoming."),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "class": "medium"}),
    )
    display_name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "medium"}),
    )
    staff_number = forms.CharField(
        label=_("Staff number"),
        help_text=_("The same in every account of one person."),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
    )


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))
    districts = forms.MultipleChoiceField(
        label=_("Districts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the role counts."),
    )

    def __init__(self, *args: object, language: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        role, districts = self.fields["role"], self.fields["districts"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(districts, forms.ChoiceField)
        role.choices = [
            ("", _("Choose a role")),
            *((held.value, ROLE_NAMES[held]) for held in Role if held in duties.GRANTABLE),
        ]
        districts.choices = [
            (ALL_DISTRICTS, _("The whole city")),
            *((district.code, district.name[language]) for district in city.current().districts),
        ]


class SearchForm(forms.Form):
    text = forms.CharField(
        label=_("User name or staff number"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "medium"}),
    )
