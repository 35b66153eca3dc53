"""What the ledger is asked."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from zhoudao.desk.evidence.ledger.filters import Direction, Filters, Rows, yuan

_DAY = {"type": "date"}
_MONEY = {"inputmode": "decimal", "autocomplete": "off"}


class AskForm(forms.Form):
    """Drawn in one line. Reading it is ``filters.read``'s: the same for a form and an address."""

    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    first = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs=_DAY))
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs=_DAY))
    least = forms.CharField(label=_("At least (yuan)"), required=False, widget=forms.TextInput(attrs=_MONEY))
    most = forms.CharField(label=_("At most (yuan)"), required=False, widget=forms.TextInput(attrs=_MONEY))
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    rows = forms.ChoiceField(
        label=_("Rows"),
        required=False,
        choices=[
            (Rows.ALL.value, _("All")),
            (Rows.COUNTED.value, _("Counted in sums")),
            (Rows.FAILED.value, _("Failed")),
            (Rows.REVERSED.value, _("Reversed")),
            (Rows.OWN.value, _("Own accounts")),
        ],
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[
            (Direction.BOTH.value, _("In and out")),
            (Direction.IN.value, _("In")),
            (Direction.OUT.value, _("Out")),
        ],
    )

    @classmethod
    def of(cls, filters: Filters, channels: Sequence[str]) -> AskForm:
        form = cls(
            initial={
                "words": filters.words,
                "first": filters.first.isoformat() if filters.first else "",
                "last": filters.last.isoformat() if filters.last else "",
                "least": yuan(filters.least) if filters.least is not None else "",
                "most": yuan(filters.most) if filters.most is not None else "",
                "channel": filters.channel,
                "rows": filters.rows.value,
                "direction": filters.direction.value,
            }
        )
        form.fields["channel"].choices = [("", _("All")), *((each, each) for each in channels)]  # type: ignore[attr-defined]
        if not filters.sided:
            del form.fields["direction"]
        return form
