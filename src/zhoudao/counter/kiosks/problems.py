"""What the room refuses beside the house's own refusals."""

from zhoudao.counter.kiosks.rules import Refused


class NotFound(LookupError):
    """No such kiosk, point or person."""

    http_status = 404


class NotTaken(Exception):
    """An application that a kiosk handed in and that isn't taken, with the word it reads."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.http_status = 409 if reason is Refused.LOCKED else 404
