"""Why a message is dropped."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DropForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("Why it need not arrive. It stays in the record.")
    )
