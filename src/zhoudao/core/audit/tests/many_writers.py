"""Many writers at once, each with a connection of its own.

The suite's SQLite is one shared memory database, which real writers never meet. Run as a module, this
makes a file database of its own (DATABASE_URL) and prints what came of it.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

WRITERS, ACTIONS = 6, 12


def write_together() -> dict[str, object]:
    """Each writer acts a dozen times: a third fail, a third nest a second action."""
    from zhoudao.core.access import SYSTEM
    from zhoudao.core.audit import queries
    from zhoudao.core.audit.models import AuditRow, PseudonymKey

    with ThreadPoolExecutor(WRITERS) as pool:
        errors = [error for found in pool.map(_writer, range(WRITERS)) for error in found]
    return {
        "errors": errors,
        "whole": queries.verify(SYSTEM).whole,
        "rows": AuditRow.objects.count(),
        "failed": AuditRow.objects.filter(outcome="failed").count(),
        "persons": PseudonymKey.objects.count(),
    }


def _writer(number: int) -> list[str]:
    from django.db import connection

    from zhoudao.core.access import Actor, Permission, Role
    from zhoudao.core.audit.actions import act

    do = Permission("test.do", "do something in a test", {Role.CLERK})
    # Two writers meet the same two persons in opposite order.
    actor = Actor(f"user:{number}", Role.CLERK)
    errors = []
    for turn in range(ACTIONS):
        try:
            with act(actor, do, subject=f"user:{WRITERS - 1 - number}"):
                if turn % 3 == 1:
                    raise _Wanted
                if turn % 3 == 2:
                    with act(actor, do):
                        pass
        except _Wanted:
            pass
        except Exception as error:
            errors.append(repr(error))
    connection.close()
    return errors


class _Wanted(Exception):
    pass


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(write_together()))
