"""What turns bad is told once, told again after a day, and told when it is over."""

from datetime import timedelta

import pytest

from zhoudao.core import clock, signs
from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.signs import Level, Reading, Sign
from zhoudao.operations import queries
from zhoudao.operations.watch import alarms, reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def pulse(monkeypatch):
    """One sign, whose level the test sets."""
    reading.known()  # found before they are set aside, or they would register in their stand-in
    state = {"level": Level.WELL}
    own = {"test.pulse": Sign("test.pulse", lambda: Reading(state["level"], "words"), 1, needed=False)}
    monkeypatch.setattr(signs, "_signs", own)
    return lambda level: state.update(level=level)


def told(hours: float) -> list[str]:
    with clock.at(clock.now() + timedelta(hours=hours)):
        alarms.tell(SYSTEM)
    return [message.name for message in OutboxMessage.objects.filter(kind="notice").order_by("pk")]


def test_it_is_told_once_again_after_a_day_and_when_it_is_over(pulse):
    assert told(0) == []
    pulse(Level.BAD)
    assert told(1) == ["operations/bad"]
    assert told(2) == ["operations/bad"]
    assert told(26) == ["operations/bad"] * 2
    pulse(Level.WATCH)
    assert told(27) == ["operations/bad"] * 2
    pulse(Level.WELL)
    assert told(28) == [*["operations/bad"] * 2, "operations/well"]
    assert told(29) == [*["operations/bad"] * 2, "operations/well"]


def test_what_is_only_to_be_watched_is_not_told(pulse):
    pulse(Level.WATCH)
    assert told(0) == []


def test_the_page_says_since_when(pulse):
    pulse(Level.BAD)
    told(1)
    told(3)
    administrator = Actor("user:1", Role.ADMINISTRATOR)
    state = queries.state(administrator)
    assert state.level is Level.BAD
    assert state.lines[0].since == clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.SYSTEM}))
def test_only_the_administrator_sees_it(role):
    with pytest.raises(Forbidden):
        queries.state(Actor("user:1", role))
