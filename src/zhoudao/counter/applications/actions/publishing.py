"""Publishing licences: within seven working days of the decision (双公示), by a job that runs every hour."""

from __future__ import annotations

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.counter.applications.models import Publication
from zhoudao.counter.applications.queries import publishing
from zhoudao.counter.applications.rules import PUBLISH


def publish_licences(actor: Actor) -> int:
    """Publish what was granted and isn't out; how many. Twice is once: an application has one publication."""
    require(actor, PUBLISH)
    done = 0
    for waiting in publishing.unpublished():
        application = waiting.application
        with act(actor, PUBLISH, subject=f"application:{application.number}") as entry:
            now = clock.now()
            _row, new = Publication.objects.get_or_create(
                application=application, defaults={"due_at": waiting.due_at, "published_at": now}
            )
            entry.note(new=new, late=now > waiting.due_at)
            done += new
    return done
