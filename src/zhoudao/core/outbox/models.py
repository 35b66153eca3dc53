"""Messages waiting to be delivered, the last run of each recurring job, and letters kept for people."""

from __future__ import annotations

from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.core.outbox.rules import Channel, Kind, State


def _choices(values: type[Kind] | type[State] | type[Channel]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class OutboxMessage(models.Model):
    """A job to run or a notice to send. Written with the business; delivered at least once, by its key."""

    key = models.CharField(max_length=100, unique=True)
    """The same for every try: whoever receives it twice knows."""
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    name = models.CharField(max_length=100)
    """The job's name, or the notice's template."""
    payload = models.JSONField(default=dict)
    """A job's arguments: codes and identifiers, never personal data."""
    channel = models.CharField(max_length=16, choices=_choices(Channel), blank=True)
    language = models.CharField(max_length=10, blank=True)
    letter = SealedTextField(blank=True)
    """A notice's recipient and values, as JSON; wiped when it is delivered or dropped."""
    state = models.CharField(max_length=16, choices=_choices(State), default=State.WAITING.value)
    enqueued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """When to try next; while claimed, when the lease ends."""
    finished_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    """The try that holds it now: a worker that lost its lease can't finish somebody else's."""
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_due")]


class RecurringRun(models.Model):
    """The slot a recurring job was last enqueued for, so that several workers enqueue it once."""

    name = models.CharField(max_length=100, unique=True)
    slot = models.BigIntegerField(null=True)


class Letter(models.Model):
    """A notice delivered inside the platform (站内信)."""

    key = models.CharField(max_length=100, unique=True)
    recipient = models.CharField(max_length=64)
    """An account ("user:12") or everyone of a role ("role:administrator")."""
    subject = SealedTextField()
    text = SealedTextField()
    arrived_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-arrived_at"], name="letters_of_recipient")]
