"""Each adapter against the real other end: a gateway on loopback, a mail server on loopback, the disk."""

import threading

import pytest

from zhoudao.core.outbox import delivery, queries
from zhoudao.core.outbox.adapters import NotDelivered, Outgoing, choose, console, email, masked, sms
from zhoudao.core.outbox.adapters.demo_gateway import Gateway
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.outbox.tests.mail_server import MailServer
from zhoudao.core.outbox.tests.messages import NUMBER, notice

pytestmark = pytest.mark.django_db
HELLO = Outgoing("key-1", "sms", NUMBER, "Hello", "你好", "zh-hans")


@pytest.fixture
def gateway(settings):
    with Gateway() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.NOTICE_ADAPTERS, settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = (
            ["sms"],
            server.url,
            "t",
        )
        yield server
        server.shutdown()


def test_a_text_message_reaches_the_gateway_once(gateway):
    sms.deliver(HELLO)
    sms.deliver(HELLO)
    assert gateway.requests == 2
    assert gateway.taken == {"key-1": {"to": NUMBER, "text": "你好", "language": "zh-hans"}}


@pytest.mark.parametrize(
    ("status", "for_good"),
    [(500, False), (503, False), (429, False), (409, False), (400, True), (302, False)],
)
def test_what_the_gateway_refuses(gateway, status, for_good):
    gateway.failures = [status]
    with pytest.raises(NotDelivered, match=f"the gateway answers {status}") as caught:
        sms.deliver(HELLO)
    assert caught.value.for_good is for_good
    assert gateway.requests == 1


def test_a_gateway_that_is_down_or_was_never_named(gateway, settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    with pytest.raises(NotDelivered, match="can't be reached: ConnectionRefusedError") as caught:
        sms.deliver(HELLO)
    assert not caught.value.for_good
    settings.SMS_GATEWAY_URL = "file:///etc/passwd"
    with pytest.raises(NotDelivered, match="ZHOUDAO_SMS_URL is not set to an http or https address"):
        sms.deliver(HELLO)


def test_a_failing_gateway_is_tried_again_with_the_same_key(gateway):
    gateway.failures = [503]
    notice(key="once")
    delivery.deliver_next()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error, gateway.taken) == ("waiting", "the gateway answers 503", {})
    OutboxMessage.objects.update(due_at=message.enqueued_at)
    delivery.deliver_next()
    assert list(gateway.taken) == ["once"]


def test_a_number_the_gateway_refuses_is_given_up_at_once(gateway):
    notice(recipient="not-a-number")
    delivery.deliver_next()
    message = OutboxMessage.objects.get()
    assert (message.state, message.tries, message.last_error) == ("given_up", 1, "the gateway answers 422")


def test_mail_reaches_a_mail_server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.address
        email.deliver(Outgoing("key-1", "email", "alice@example.org", "你好", "申请已收到", "zh-hans"))
        server.answers["RCPT"] = "550 no such mailbox"
        with pytest.raises(NotDelivered, match=r"refuses the recipient \(550\)") as caught:
            email.deliver(Outgoing("key-2", "email", "nobody@example.org", "x", "y", "en"))
        assert caught.value.for_good
        server.answers["RCPT"] = "451 later"
        with pytest.raises(NotDelivered) as caught:
            email.deliver(Outgoing("key-3", "email", "alice@example.org", "x", "y", "en"))
        assert not caught.value.for_good
    (sent,) = server.taken
    assert "Message-ID: <key-1@zhoudao.notice>" in sent
    assert "To: alice@example.org" in sent
    with pytest.raises(NotDelivered, match="the mail server can't be reached"):
        email.deliver(Outgoing("key-4", "email", "alice@example.org", "x", "y", "en"))


def test_a_line_break_in_a_subject_cannot_forge_a_header(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with pytest.raises(ValueError, match="newlines"):
        email.deliver(Outgoing("key", "email", "alice@example.org", "x\nBcc: eve@example.org", "y", "en"))


def test_letters_are_kept_in_the_platform_once():
    for _ in range(2):
        choose("letterbox", [])(Outgoing("key-1", "letterbox", "user:12", "你好", "申请已收到", "zh-hans"))
    letter = Letter.objects.get()
    assert (letter.recipient, letter.subject, letter.text) == ("user:12", "你好", "申请已收到")


def test_the_console_masks_the_recipient(capsys):
    console.deliver(HELLO)
    shown = capsys.readouterr().err
    assert "[sms to 120******78] Hello" in shown
    assert NUMBER not in shown
    assert [masked("12345"), masked("")] == ["12345", ""]


def test_a_full_disk_leaves_no_half_written_notice(settings, tmp_path, full_disk):
    settings.NOTICE_ADAPTERS = ["file"]
    notice()
    with full_disk:
        delivery.deliver_next()
    assert OutboxMessage.objects.get().last_error.endswith("notices: No space left on device")
    assert list((tmp_path / "notices").iterdir()) == []


def test_which_adapter_takes_what():
    assert choose("sms", ["file", "sms"]) is sms.deliver
    assert choose("email", ["file", "sms"]).__module__.endswith("adapters.file")
    assert choose("email", ["console"]).__module__.endswith("adapters.console")
    with pytest.raises(NotDelivered, match="name email, file or console in ZHOUDAO_NOTICES"):
        choose("email", ["sms"])


def test_no_adapter_is_a_message_given_up(settings):
    settings.NOTICE_ADAPTERS = []
    notice()
    delivery.deliver_next()
    assert queries.health().given_up == 1
