"""Forms of the staff's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.counter.credentials.rules import LEAST_REASON


class ReasonForm(forms.Form):
    """Why a certificate is suspended, reinstated or revoked."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit trail. The holder isn't shown it."),
        min_length=LEAST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
