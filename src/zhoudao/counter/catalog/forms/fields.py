"""A question as a Django form field, so that an applicant's page and an administrator's preview draw the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.look import words
from zhoudao.counter.catalog.forms.answers import BadAnswer, check
from zhoudao.counter.catalog.program import FieldType, Question

WIDGETS: dict[FieldType, tuple[type[forms.Widget], dict[str, str]]] = {
    FieldType.TEXT: (forms.TextInput, {}),
    FieldType.LONG_TEXT: (forms.Textarea, {"rows": "4"}),
    FieldType.NUMBER: (forms.TextInput, {"inputmode": "numeric", "class": "short"}),
    FieldType.DATE: (forms.DateInput, {"type": "date", "class": "short"}),
    FieldType.PHONE: (forms.TextInput, {"type": "tel", "class": "medium"}),
    FieldType.IDENTITY_NUMBER: (forms.TextInput, {"class": "medium", "autocapitalize": "characters"}),
    FieldType.CHOICE: (forms.RadioSelect, {}),
    FieldType.YES_NO: (forms.RadioSelect, {}),
}


class AnswerField(forms.CharField):
    """Takes what ``answers.check`` takes."""

    def __init__(self, question: Question) -> None:
        language = get_language() or "zh-hans"
        kind, attributes = WIDGETS[question.type]
        widget: forms.Widget = kind(attrs={**attributes, "autocomplete": "off"})
        if isinstance(widget, forms.RadioSelect):
            widget.choices = choices(question, language)
        super().__init__(
            label=words.text(question.label, language),
            help_text=words.text(question.hint, language),
            required=question.required,
            widget=widget,
            strip=True,
        )
        self.question = question

    def clean(self, value: Any) -> str:
        try:
            return check(self.question, str(value or ""), clock.local(clock.now()).date())
        except BadAnswer as bad:
            raise forms.ValidationError(said(bad)) from None


def choices(question: Question, language: str) -> list[tuple[str, str]]:
    if question.type is FieldType.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(choice.code, words.text(choice.name, language)) for choice in question.choices]


def form_of(
    questions: Iterable[Question], answers: Mapping[str, str], data: Mapping[str, Any] | None = None
) -> forms.Form:
    """A form of some questions, filled with the answers so far; bound when there is ``data``."""
    form = forms.Form(data, initial=dict(answers))
    for question in questions:
        form.fields[question.code] = AnswerField(question)
    return form


def shown(question: Question, answer: str) -> str:
    """An answer as a reader sees it."""
    language = get_language() or "zh-hans"
    if question.type is FieldType.DATE and answer:
        return words.day(date.fromisoformat(answer), language, clock.local(clock.now()).year)
    if question.type in (FieldType.CHOICE, FieldType.YES_NO):
        return dict(choices(question, language)).get(answer, answer)
    return answer


MESSAGES = {
    "missing": gettext_lazy("Answer this to go on."),
    "characters": gettext_lazy("It holds a character that can't be kept. Type it again."),
    "number": gettext_lazy("Write a whole number."),
    "date": gettext_lazy("Choose a date, such as 2026-03-01."),
    "identity_number": gettext_lazy("This is no identity number: check its 18 characters."),
    "choice": gettext_lazy("Choose one of the answers."),
    "phone": gettext_lazy("Write a telephone number, such as 13800000000 or 0580-2020110."),
}


def said(bad: BadAnswer) -> str:
    """What is wrong with an answer and what to do, to the person who gave it."""
    if bad.reason in MESSAGES:
        return str(MESSAGES[bad.reason])
    limit = bad.limit
    if bad.reason == "longest":
        return ngettext("Use at most %(n)s character.", "Use at most %(n)s characters.", int(str(limit))) % {
            "n": limit
        }
    if bad.reason == "least":
        return _("It must be %(n)s or more.") % {"n": limit}
    if bad.reason == "most":
        return _("It must be %(n)s or less.") % {"n": limit}
    if bad.reason == "days_ago" and limit == 0:
        return _("This day is still to come: choose today or an earlier one.")
    if bad.reason == "days_ago":
        return _("It must be at least %(n)s days ago.") % {"n": limit}
    return _("It must be within %(n)s days from today.") % {"n": limit}
