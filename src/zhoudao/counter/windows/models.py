"""Windows, who sits at them, and tickets. A ticket holds nothing that says whose it is."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from zhoudao.core.people.models import User
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.rules import AT_WINDOW, Channel, Ground, Lane, State, Verb, WindowKind


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in kind]


class Queue(models.Model):
    """The queue of a point. Whoever changes it locks this row first, so that two calls never choose at once."""

    point = models.OneToOneField(Point, on_delete=models.PROTECT, primary_key=True, related_name="queue")
    version = models.PositiveBigIntegerField(default=0)
    """Counts up with each change: boards look at it alone to know whether to look again."""

    def __str__(self) -> str:
        return f"queue of {self.point_id}"


class Window(models.Model):
    """A window (窗口) of a point."""

    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="windows")
    number = models.PositiveSmallIntegerField()
    """As it hangs above the window."""
    kind = models.CharField(max_length=16, choices=_choices(WindowKind), default=WindowKind.GENERAL.value)
    services = models.JSONField(default=list)
    """Codes of the services it gives, of those the point has."""
    hours = models.CharField(max_length=255, blank=True)
    """OpenStreetMap opening_hours of when it is staffed; empty: whenever the point is open."""
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["point", "number"]
        constraints = [
            models.UniqueConstraint(fields=["point", "number"], name="one_window_a_number_at_a_point")
        ]

    def __str__(self) -> str:
        return f"window {self.number} of {self.point_id}"


class Sitting(models.Model):
    """A clerk at a window, from when to when."""

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="sittings")
    clerk = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    """Since when it calls nobody, though the clerk is there."""
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["window"], condition=Q(closed_at=None), name="one_clerk_at_a_window"
            ),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(closed_at=None), name="a_clerk_sits_at_one_window"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="a_sitting_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["window", "opened_at"], name="sitting_by_window")]

    def __str__(self) -> str:
        return f"sitting {self.pk} at {self.window_id}"


class Ticket(models.Model):
    """A ticket (号): somebody waits here for a service."""

    code = models.CharField(max_length=9, unique=True)
    """What its holder follows it by: nobody finds it by trying."""
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.CharField(max_length=8)
    """ "A017": what is called. Given once a day at a point."""
    service = models.CharField(max_length=40)
    item = models.CharField(max_length=60, blank=True)
    """Code of an item of the catalogue; empty when nobody said which."""
    lane = models.CharField(max_length=16, choices=_choices(Lane))
    ground = models.CharField(max_length=16, blank=True, choices=_choices(Ground))
    """What the clerk asks the proof of."""
    channel = models.CharField(max_length=16, choices=_choices(Channel))
    appointed = models.BooleanField(default=False)
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """The account it was taken with; none for most."""
    origin_index = models.CharField(max_length=64, blank=True)
    """Blind index of the network address it was taken from, forgotten after the day."""
    taken_at = models.DateTimeField()
    joined_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=_choices(State), default=State.WAITING.value)
    passed_over = models.PositiveSmallIntegerField(default=0)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, null=True, related_name="tickets")
    """Where it was called to; while it waits, the only one that may call it."""
    first_called_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    """When somebody stood at the window first."""
    ended_at = models.DateTimeField(null=True, blank=True)
    recalls = models.PositiveSmallIntegerField(default=0)
    rejoins = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["point", "day", "number"], name="ticket_numbers_never_repeat"),
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(state__in=sorted(state.value for state in AT_WINDOW)),
                name="one_ticket_at_a_window",
            ),
            models.CheckConstraint(
                condition=~Q(lane=Lane.BY_RIGHT.value) | ~Q(ground=""), name="ticket_by_right_has_a_ground"
            ),
        ]
        indexes = [
            models.Index(fields=["point", "state", "joined_at"], name="ticket_by_queue"),
            models.Index(fields=["day", "point"], name="ticket_by_day"),
            models.Index(fields=["origin_index", "state"], name="ticket_by_origin"),
        ]

    def __str__(self) -> str:
        return f"ticket:{self.code}"


class TicketEvent(models.Model):
    """A step in a ticket's life. Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=16, choices=_choices(Verb))
    at = models.DateTimeField()
    window = models.ForeignKey(Window, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="ticket_event_by_time")]

    def __str__(self) -> str:
        return f"{self.verb} {self.ticket_id}"


class TicketCounter(models.Model):
    """The last number given out in a lane of a point on a day."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    letter = models.CharField(max_length=1)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "day", "letter"], name="one_counter_a_lane_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.letter}{self.last} at {self.point_id} on {self.day}"


class LearnedWaits(models.Model):
    """What past days say of a point's queue: serving times, waits by half hour, corrections. Nobody is in it."""

    point = models.OneToOneField(Point, on_delete=models.CASCADE, primary_key=True, related_name="+")
    learned_at = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    profile = models.JSONField()
    """``engines.queues.Profile``."""

    def __str__(self) -> str:
        return f"waits learned at {self.point_id} until {self.last_day}"


from zhoudao.counter.windows.booking.models import Appointment  # noqa: E402, F401  a table of this room
