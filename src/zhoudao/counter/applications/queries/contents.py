"""What an application says: its newest answers. For actions and queries that have checked who asks."""

from __future__ import annotations

import json

from zhoudao.counter.applications.models import Application


def latest_answers(application: Application) -> dict[str, str]:
    """The answers as last sent; none for one that was kept elsewhere. One query."""
    text = application.submissions.order_by("-pk").values_list("answers", flat=True).first()
    return json.loads(text) if text else {}
