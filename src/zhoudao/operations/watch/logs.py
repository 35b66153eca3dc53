"""Log lines as JSON, one object a line, with the number of the request they belong to."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request in hand; empty outside one."""

_PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1\d{10}|\d{15,19})(?!\d)")
"""Identity numbers (GB 11643: 17 digits and a check character), mobile numbers, cards."""
MASK = "[masked]"


def without_numbers(text: str) -> str:
    """``text`` with everything masked that looks like a personal number: the last net, not the first."""
    return _PERSONAL.sub(MASK, text)


class JsonLines(logging.Formatter):
    """``{"at", "level", "logger", "message", "request"?, "error"?, ...}``.

    Of an exception the type and where it was raised are kept, never its text, nor local values: either may hold what
    somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_numbers(record.getMessage()),
        }
        if request := REQUEST_ID.get():
            line["request"] = request
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = _where(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _where(record: logging.LogRecord) -> dict[str, object]:
    assert record.exc_info is not None
    kind, _, trace = record.exc_info
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"type": getattr(kind, "__name__", str(kind)), "at": places[-8:]}
