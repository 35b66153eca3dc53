"""What people have asked for, what they said and handed in, and what became of it.

What was said and why is sealed. ``Application`` itself holds no personal text: lists and counts read it alone.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from zhoudao.core.files.models import StoredFile
from zhoudao.core.keys.fields import SealedTextField
from zhoudao.core.people.models import Organisation, Resident, User
from zhoudao.counter.applications.rules import MARKS, ApplicantKind, Status, Verb
from zhoudao.counter.catalog.program import Lane, StepRole
from zhoudao.counter.catalog.schema import Channel


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in kind]


class Application(models.Model):
    """Something asked for (申请), whichever way it came in."""

    number = models.CharField(max_length=32, unique=True)
    uid = models.CharField(max_length=32, unique=True, null=True)
    """Of the draft it came from, to which its papers are tied; none for one that was kept elsewhere."""
    item = models.CharField(max_length=60)
    """Code of an item of the catalogue."""
    item_version = models.PositiveIntegerField(default=0)
    """The version it began with and keeps; 0 for one that was kept elsewhere."""
    applicant_kind = models.CharField(max_length=16, choices=_choices(ApplicantKind))
    applicant = models.CharField(max_length=64)
    """The register's code for them, or "resident:12" and "organisation:3"."""
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="applications")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="applications"
    )
    submitted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """The account that sent it: the applicant's, an agent's, a clerk's."""
    point = models.CharField(max_length=20, blank=True)
    """Code of the point it was handed in at; empty when it came in without a visit."""
    channel = models.CharField(max_length=16, choices=_choices(Channel))
    district = models.CharField(max_length=60)
    """Code of the district that answers for it."""
    lane = models.CharField(max_length=16, choices=_choices(Lane), default=Lane.ORDINARY.value)
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=_choices(Status))
    version = models.PositiveIntegerField(default=1)
    """Counts up with each change: whoever decides says which one they saw."""
    promised_workdays = models.PositiveSmallIntegerField()
    """What was promised when it was received; 0: within the visit, or the same day."""
    due_at = models.DateTimeField(null=True, blank=True)
    """The promise's last moment; moves on when the applicant answers."""
    due_confirmed = models.BooleanField(default=True)
    """False where the table of working days does not reach that far."""
    legal_due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    """Since when the clock stands."""
    reviewed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who proposed what a second person decides, or who decided."""
    proposal = models.CharField(max_length=20, blank=True)
    """For the second look: propose_approval or propose_refusal."""
    waits_for = models.CharField(max_length=16, choices=_choices(StepRole), null=True)
    """The role that has to act now; none while it waits for the applicant, when it is over, or was kept elsewhere."""
    turn_at = models.DateTimeField(null=True)
    """What work lists are ordered by (``turns.turn_at``)."""
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    """The officer who has it in hand. The index of one's own work serves it; one of its own would mislead planners."""
    taken_workdays = models.PositiveSmallIntegerField(null=True)
    """Working days it took to decide, without those spent waiting for the applicant."""
    ground = models.CharField(max_length=40, blank=True)
    """Code of the item's legal reason for a refusal."""
    certificate = models.CharField(max_length=64, blank=True)
    """Number of the certificate issued, or a physical card's serial number."""

    erased_at = models.DateTimeField(null=True)
    """When what was said and handed in, and whose it was, was erased."""

    class Meta:
        ordering = ["received_at", "number"]
        indexes = [
            models.Index(fields=["received_at", "district", "item"], name="application_by_receipt"),
            models.Index(fields=["applicant", "received_at"], name="application_by_applicant"),
            models.Index(fields=["district", "status", "received_at"], name="application_by_status"),
            models.Index(
                fields=["district", "waits_for", "turn_at", "id"],
                condition=Q(waits_for__isnull=False),
                name="work_of_all",
            ),
            models.Index(
                fields=["district", "waits_for", "turn_at", "id"],
                condition=Q(waits_for__isnull=False, assignee=None),
                name="work_of_nobody",
            ),
            models.Index(
                fields=["district", "waits_for", "item", "turn_at", "id"],
                condition=Q(waits_for__isnull=False, assignee=None),
                name="work_of_nobody_by_item",
            ),
            models.Index(
                fields=["assignee", "turn_at", "id"],
                condition=Q(waits_for__isnull=False, assignee__isnull=False),
                name="work_of_one",
            ),
            models.Index(
                fields=["district", "due_at"], condition=Q(waits_for__isnull=False), name="work_by_deadline"
            ),
            models.Index(
                fields=["decided_at", "district", "item", "taken_workdays"],
                condition=Q(decided_at__isnull=False),
                name="application_by_decision",
            ),
            models.Index(
                fields=["item", "item_version", "finished_at"],
                condition=Q(erased_at=None, finished_at__isnull=False),
                name="application_by_term",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(Status)), name="application_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("received_at")),
                name="application_is_received_before_it_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("received_at")),
                name="application_is_received_before_it_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"application:{self.number}"


class Draft(models.Model):
    """An application that is being written: kept as it is typed, taken up again on any device."""

    uid = models.CharField(max_length=32, unique=True)
    """Also the key by which it is submitted once."""
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    """Who writes it: the applicant, an agent, a clerk."""
    item = models.CharField(max_length=60)
    item_version = models.PositiveIntegerField()
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=16, choices=_choices(Channel))
    point = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=60)
    answers = SealedTextField(blank=True, default="")
    """JSON: answers by the code of their question, as typed."""
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-changed_at"], name="draft_by_owner")]

    def __str__(self) -> str:
        return f"draft:{self.uid}"


class Submission(models.Model):
    """What was said: once when it was handed in, and again each time something was put right. Never changed."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="submissions")
    key = models.CharField(max_length=64, unique=True)
    """A keyed hash of who sent it and their idempotency key: the same key never makes a second one."""
    body = models.CharField(max_length=64)
    """A keyed hash of what was sent, by which another body under the same key is told apart."""
    answers = SealedTextField()
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"submission {self.pk}"


class PaperState(StrEnum):
    """How a material came."""

    FILE = "file"
    FOLLOWS = "follows"
    """Accepted without it, until a day (容缺受理)."""
    COMMITMENT = "commitment"
    """Promised in writing instead (告知承诺)."""
    HELD = "held"
    """A certificate already held stands in for it."""
    SEEN = "seen"
    """The clerk saw the original at the window."""


class Paper(models.Model):
    """One material of an application or a draft, both known by their uid."""

    uid = models.CharField(max_length=32)
    material = models.CharField(max_length=60)
    state = models.CharField(max_length=16, choices=_choices(PaperState))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    """For one that follows: the last moment."""
    reference = models.CharField(max_length=64, blank=True)
    """For one that is held: the certificate's number."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uid", "material"], name="one_paper_a_material")]
        indexes = [models.Index(fields=["state", "until"], name="papers_that_follow")]

    def __str__(self) -> str:
        return f"paper {self.material} of {self.uid}"


class Event(models.Model):
    """A step in an application's life. Never changed."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=20, choices=_choices(Verb))
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, choices=_choices(Status))
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    words = SealedTextField(blank=True, default="")
    """What was said to the applicant, or by them."""
    about = models.JSONField(default=list)
    """Codes of the questions and materials it is about."""

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["by", "at"], name="event_by_officer")]

    def __str__(self) -> str:
        return f"{self.verb} {self.application_id}"


class RegisterAnswer(models.Model):
    """What a register said about an application. It decides nothing."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="register_answers")
    register = models.CharField(max_length=20)
    verdict = models.CharField(max_length=16)
    differs = models.JSONField(default=list)
    facts = SealedTextField(blank=True, default="")
    """JSON: what it added, such as since when somebody lives here."""
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "register"], name="one_answer_a_register")
        ]

    def __str__(self) -> str:
        return f"{self.register}: {self.verdict}"


class Mark(models.Model):
    """What an applicant thought of the service (好差评)."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="mark")
    mark = models.PositiveSmallIntegerField()
    words = SealedTextField(blank=True, default="")
    at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True)
    """For a bad mark."""
    answer = SealedTextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(mark__in=MARKS), name="mark_is_one_to_five")]
        indexes = [models.Index(fields=["answered_at", "answer_due_at"], name="marks_to_answer")]

    def __str__(self) -> str:
        return f"mark {self.mark}"


class Duty(models.Model):
    """An item that an officer answers for. One without any answers for all of them."""

    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "item"], name="one_duty_an_item")]

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.item}"


class ExportRequest(models.Model):
    """A list of applications that somebody wants to take away, and what another person said to it."""

    district = models.CharField(max_length=60)
    item = models.CharField(max_length=60, blank=True)
    """Code of an item; empty for all."""
    first_day = models.DateField()
    last_day = models.DateField()
    rows = models.PositiveIntegerField()
    """When it was asked for."""
    reason = SealedTextField()
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    words = SealedTextField(blank=True, default="")
    usable_until = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "-id"], name="exports_by_district")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="export_decided_by_another"
            )
        ]

    @property
    def number(self) -> str:
        return f"E{self.pk:06d}"

    def usable(self, now: datetime) -> bool:
        """Whether it may be taken at this moment."""
        return bool(self.approved) and self.usable_until is not None and now < self.usable_until

    def __str__(self) -> str:
        return f"export:{self.pk}"


class Publication(models.Model):
    """A licence that was granted, as it stands in the open (行政许可公示)."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="publication")
    due_at = models.DateTimeField()
    published_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"publication of {self.application_id}"


class ErasureRun(models.Model):
    """What one run erased of what was past its term. Counts only."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    drafts = models.PositiveIntegerField()
    applications = models.PositiveIntegerField()
    papers = models.PositiveIntegerField()
    contents = models.PositiveIntegerField()
    """Taken off the disk in the same run: those that nothing else refers to."""
    persons = models.PositiveIntegerField()
    """Whose key of the audit trail was deleted."""
    by_item = models.JSONField(default=dict)
    """Applications by the item's code."""

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class NumberCounter(models.Model):
    """The last number given out on a day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
