"""Changes and who decided them, when entries were looked at, and mistakes people reported."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.counter.places.editing.rules import (
    DECIDED_STATES,
    EFFECTIVE_STATES,
    Kind,
    Mistake,
    ReportState,
    State,
    Subject,
)


def _choices(values: type[Kind] | type[State] | type[Mistake] | type[ReportState]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


def _states(states: tuple[State, ...]) -> list[str]:
    return [state.value for state in states]


class MistakeReport(models.Model):
    """What somebody says is wrong (报错). What they wrote and how to reach them is sealed."""

    receipt = models.CharField(max_length=12, unique=True)
    token = models.CharField(max_length=32, unique=True)
    """Of the form it came in by: sent twice, it is one report."""
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    key = models.CharField(max_length=100)
    point_code = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=40, blank=True)
    """Empty: the whole city."""
    mistake = models.CharField(max_length=8, choices=_choices(Mistake))
    words = SealedTextField()
    contact = SealedTextField(null=True, blank=True)
    """A mobile number or an e-mail address, if one was left; wiped when the report is done with."""
    language = models.CharField(max_length=10)
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=_choices(ReportState), default=ReportState.OPEN.value)
    answer = models.TextField(blank=True, default="")
    """What whoever has the receipt reads."""
    closing_reason = models.CharField(max_length=500, blank=True, default="")
    """What officers read."""
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handler_number = models.CharField(max_length=32, blank=True, default="")
    handler_role = models.CharField(max_length=32, blank=True, default="")
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["reported_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["district", "state", "reported_at"], name="report_by_district_and_state"),
            models.Index(fields=["kind", "key"], name="report_by_entry"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=ReportState.ANSWERED.value) | ~Q(answer=""),
                name="report_answered_has_an_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.CLOSED.value) | ~Q(closing_reason=""),
                name="report_closed_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReportState.OPEN.value, ReportState.TURNED.value])
                | Q(contact__isnull=True, handled_at__isnull=False),
                name="report_done_keeps_no_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} on {self.kind}:{self.key}"

    @property
    def subject(self) -> Subject:
        return Subject(Kind(self.kind), self.key)


class Change(models.Model):
    """One change of one entry (变更): what it said, what it is to say, who wants it and who let it through.

    The staff numbers are kept beside the accounts: one person may have several accounts, and the second pair of
    eyes has to be another person's.
    """

    token = models.CharField(max_length=40, unique=True)
    """Of the form it came in by: sent twice, it is one change."""
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    key = models.CharField(max_length=100)
    point_code = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=40, blank=True)
    """Empty: the whole city."""
    before = models.JSONField(null=True)
    """What the entry said when this was proposed; null: it was not there."""
    after = models.JSONField(null=True)
    """What it is to say; null: it is to go."""
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=_choices(State), default=State.PROPOSED.value)
    group = models.CharField(max_length=40, blank=True, default="")
    """Closures made in one go share it."""
    report = models.ForeignKey(
        MistakeReport, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replacements"
    )

    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposer_number = models.CharField(max_length=32)
    proposer_role = models.CharField(max_length=32)
    proposed_at = models.DateTimeField()

    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decider_number = models.CharField(max_length=32, blank=True, default="")
    decider_role = models.CharField(max_length=32, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    """When it was approved, refused, reversed, withdrawn or replaced."""
    decision_reason = models.CharField(max_length=500, blank=True, default="")
    effective_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["kind", "key", "proposed_at"], name="change_by_entry"),
            models.Index(fields=["district", "state", "proposed_at"], name="change_by_district_and_state"),
            models.Index(fields=["point_code", "state"], name="change_by_point"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decider__isnull=True)
                | (~Q(decider=F("proposer")) & ~Q(decider_number=F("proposer_number"))),
                name="change_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=_states(DECIDED_STATES),
                    decider__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(decider_number="")
                | ~Q(state__in=_states(DECIDED_STATES)) & Q(decider__isnull=True, decider_number=""),
                name="change_decided_names_the_decider",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_states(EFFECTIVE_STATES), effective_at__isnull=False)
                | (~Q(state__in=_states(EFFECTIVE_STATES)) & Q(effective_at__isnull=True)),
                name="change_in_effect_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REFUSED.value, State.REVERSED.value]) | ~Q(decision_reason=""),
                name="change_refused_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.URGENT.value, State.REVERSED.value])
                | Q(kind=Kind.CLOSURE.value),
                name="only_a_closure_is_urgent",
            ),
            models.CheckConstraint(condition=~Q(proposer_number=""), name="change_names_the_proposer"),
            models.CheckConstraint(condition=~Q(reason=""), name="change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}:{self.key} {self.state}"

    @property
    def subject(self) -> Subject:
        return Subject(Kind(self.kind), self.key)

    @property
    def is_open(self) -> bool:
        return self.state in (State.PROPOSED, State.URGENT)


class Check(models.Model):
    """An officer looked at an entry (核对): it holds, or its phone failed. A point's guides may be looked at
    together: then ``key`` is POINT/*."""

    ALL = "*"

    kind = models.CharField(max_length=8, choices=_choices(Kind))
    key = models.CharField(max_length=100)
    point_code = models.CharField(max_length=20, blank=True)
    holds = models.BooleanField()
    at = models.DateTimeField()
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    officer_number = models.CharField(max_length=32)
    officer_role = models.CharField(max_length=32)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["kind", "key", "at"], name="check_by_entry")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key} {'holds' if self.holds else 'failed'}"
