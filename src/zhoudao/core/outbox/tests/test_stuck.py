"""What an administrator does with messages that got stuck."""

import json

import pytest
from click.testing import CliRunner

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox import actions, queries
from zhoudao.core.outbox.commands import outbox
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.outbox.rules import LATE_AFTER
from zhoudao.core.outbox.tests.messages import NUMBER, notice

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)
CLERK = Actor("user:2", Role.CLERK)


def stuck():
    message = notice()
    OutboxMessage.objects.filter(pk=message.pk).update(
        state="given_up", tries=20, last_error="the gateway answers 422"
    )
    return message.pk


def test_retry():
    number = stuck()
    actions.retry(ADMINISTRATOR, number)
    message = OutboxMessage.objects.get(pk=number)
    assert (message.state, message.tries) == ("waiting", 0)
    with pytest.raises(actions.NotStuck, match="is waiting; only one that was given up"):
        actions.retry(ADMINISTRATOR, number)
    assert [row.outcome for row in AuditRow.objects.order_by("sequence")] == ["done", "failed"]


def test_drop_needs_a_reason_and_wipes_what_it_said():
    number = stuck()
    with pytest.raises(ValueError, match="needs a reason"):
        actions.drop(ADMINISTRATOR, number, "  ")
    actions.drop(ADMINISTRATOR, number, "the number was given up")
    message = OutboxMessage.objects.get(pk=number)
    assert (message.state, message.letter) == ("dropped", "")
    assert AuditRow.objects.last().purpose == "the number was given up"
    with pytest.raises(actions.NotStuck):
        actions.drop(ADMINISTRATOR, number, "again")


def test_only_administrators():
    number = stuck()
    for attempt in (
        lambda: actions.retry(CLERK, number),
        lambda: actions.drop(CLERK, number, "x"),
        lambda: actions.retry_all(CLERK),
        lambda: queries.messages(CLERK, "waiting"),
        lambda: queries.counts(CLERK),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_waiting_late_and_given_up():
    stuck()
    message = notice()
    assert queries.counts(SYSTEM) == {"waiting": 1, "late": 0, "given_up": 1}
    with clock.at(message.due_at + LATE_AFTER * 2):
        assert queries.counts(SYSTEM) == {"waiting": 1, "late": 1, "given_up": 1}
        health = queries.health()
    assert (health.waiting, health.late, health.oldest_due_seconds, health.given_up) == (1, 1, 1800, 1)
    assert (health.jobs_waiting, health.jobs_oldest_seconds, health.in_hand) == (0, 0, 0), (
        "the one is a notice"
    )
    assert not health.ok
    with pytest.raises(ValueError, match="expected one of waiting, late, given_up"):
        queries.messages(SYSTEM, "lost")


def test_the_health_check_asks_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queries.health() == queries.Health(0, 0, 0, 0, 0, 0, 0)


def test_commands():
    number = stuck()
    run = CliRunner().invoke
    listed = json.loads(run(outbox, ["list", "--view", "given_up", "--json"]).stdout)
    assert listed["counts"]["given_up"] == 1
    assert listed["messages"][0]["last_error"] == "the gateway answers 422"
    assert NUMBER not in str(listed)
    assert json.loads(run(outbox, ["retry", str(number), "--json"]).stdout) == {"retried": 1}
    again = run(outbox, ["retry", str(number)])
    assert (again.exit_code, "only one that was given up can be retried" in again.stderr) == (1, True)
    assert run(outbox, ["retry"]).exit_code == 2
    missing = run(outbox, ["retry", "404"])
    assert (missing.exit_code, missing.stderr) == (2, "there is no message 404\n")
    stuck()
    assert json.loads(run(outbox, ["retry", "--all", "--json"]).stdout) == {"retried": 1}
    assert run(outbox, ["drop", str(number), "--reason", "not needed"]).exit_code == 0
    sent = json.loads(run(outbox, ["try", "sms", NUMBER, "--json"]).stdout)
    assert (sent["name"], sent["state"]) == ("outbox/try", "waiting")
    assert run(outbox, ["list"]).stdout.count("notice outbox/test") == 1


def test_letters_are_ones_own_or_ones_roles():
    now = clock.now()
    for key, recipient in (("a", "user:1"), ("b", "role:administrator"), ("c", "user:2")):
        Letter.objects.create(key=key, recipient=recipient, subject=key, text="text", arrived_at=now)
    assert [letter.subject for letter in queries.letters_of(ADMINISTRATOR)] == ["b", "a"]
    own, others = Letter.objects.get(key="a"), Letter.objects.get(key="c")
    actions.mark_read(ADMINISTRATOR, own.pk)
    assert Letter.objects.get(key="a").read_at == now
    with pytest.raises(Letter.DoesNotExist):
        actions.mark_read(ADMINISTRATOR, others.pk)
