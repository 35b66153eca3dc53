"""E-mail by the server that ``ZHOUDAO_EMAIL_HOST`` names."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from zhoudao.core.outbox.adapters import NotDelivered, Outgoing

SECONDS = 10
DOMAIN = "zhoudao.notice"


def deliver(outgoing: Outgoing) -> None:
    """The message id is made of the key, so that a second delivery can be recognised as one."""
    message = EmailMessage(
        outgoing.subject,
        outgoing.text,
        settings.DEFAULT_FROM_EMAIL,
        [outgoing.recipient],
        headers={"Message-ID": f"<{outgoing.key}@{DOMAIN}>", "Content-Language": outgoing.language},
        connection=get_connection(timeout=SECONDS),
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise NotDelivered(f"the mail server refuses the recipient ({code})", for_good=code >= 500) from None
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(
            f"the mail server answers {error.smtp_code}", for_good=error.smtp_code >= 550
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"the mail server can't be reached: {type(error).__name__}") from None
