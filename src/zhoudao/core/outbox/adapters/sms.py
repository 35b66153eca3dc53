"""Text messages by an HTTP gateway (``ZHOUDAO_SMS_URL``).

One POST a message, JSON ``{"to", "text", "language"}``, with the header ``Idempotency-Key``; any 2xx
means taken. The demo gateway (``python -m zhoudao.core.outbox.adapters.demo_gateway``) speaks it.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http import HTTPStatus

from django.conf import settings

from zhoudao.core.outbox.adapters import NotDelivered, Outgoing

SECONDS = 10
WORTH_ANOTHER_TRY = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token and the number to somebody else."""

    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def deliver(outgoing: Outgoing) -> None:
    if not settings.SMS_GATEWAY_URL.startswith(("http://", "https://")):
        raise NotDelivered("ZHOUDAO_SMS_URL is not set to an http or https address", for_good=True)
    body = {"to": outgoing.recipient, "text": outgoing.text, "language": outgoing.language}
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        settings.SMS_GATEWAY_URL,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": outgoing.key,
            "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
        },
        method="POST",
    )
    try:
        with _opener.open(request, timeout=SECONDS):
            return
    except urllib.error.HTTPError as error:
        refused = 400 <= error.code < 500 and error.code not in WORTH_ANOTHER_TRY
        raise NotDelivered(f"the gateway answers {error.code}", for_good=refused) from None
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise NotDelivered(f"the gateway can't be reached: {type(reason).__name__}") from None
