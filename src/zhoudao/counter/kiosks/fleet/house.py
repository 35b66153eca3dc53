"""A house with many enrolled kiosks: ``python -m zhoudao.counter.kiosks.fleet.house set-up COUNT``, ``applications``.

JSON on standard output. It runs in a process of its own, in the environment of the house that is made, and only in
an empty database: nobody's data is touched.
"""

from __future__ import annotations

import json
import os
import sys

POINT = "P900"
CARDS = 40


def set_up(count: int) -> dict[str, object]:
    """The catalogue, one place with that many enrolled kiosks, and people whose cards they read."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.core.management import call_command

    from zhoudao.core import city, clock
    from zhoudao.core.access import SYSTEM
    from zhoudao.core.people.actions.imports import import_residents
    from zhoudao.core.people.rules.numbers import identity_check_character
    from zhoudao.core.workdays import actions as workdays
    from zhoudao.counter.catalog.actions import load_items
    from zhoudao.counter.kiosks import actions
    from zhoudao.counter.kiosks.machine.device import public_hex
    from zhoudao.counter.places.models import Point

    call_command("migrate", verbosity=0)
    workdays.seed(SYSTEM)
    here = city.current()
    load_items(SYSTEM, here.folder / "items")
    district = here.districts[0].code
    Point.objects.create(
        code=POINT, name_zh="样例自助点", name_en="Sample kiosks", kind="kiosk", district=district,
        address_zh="样例路1号", address_en="1 Sample Road", longitude=here.centre[0], latitude=here.centre[1],
        hours="24/7", phone="", step_free=True, services=["kiosk-household"], changed_at=clock.now(),
    )  # fmt: skip
    cards = []
    for number in range(CARDS):
        first = f"33999919700101{number:03d}"
        cards.append(
            {"name": "样例人", "document_kind": "resident_id", "home_district": district,
             "document_number": first + identity_check_character(first), "mobile": ""}
        )  # fmt: skip
    report = import_residents(SYSTEM, list(enumerate(cards, 2)))
    assert not report.refused, report.refused[0]
    kiosks = []
    for number in range(count):
        key = Ed25519PrivateKey.generate()
        secret = actions.prepare(SYSTEM, POINT, f"K{number:04d}")
        actions.enrol(SYSTEM, secret, public_hex(key))
        kiosks.append((f"K{number:04d}", key.private_bytes_raw().hex()))
    return {"kiosks": kiosks, "cards": [{"number": each["document_number"]} for each in cards]}


def applications() -> dict[str, object]:
    """What the platform has: the number of each application that came from a kiosk, by its uid."""
    from django.db import connection

    from zhoudao.counter.applications.models import Application

    rows = Application.objects.filter(channel="kiosk").values_list("uid", "number")
    return {"database": connection.vendor, "numbers": dict(rows)}


def is_empty() -> bool:
    from django.db import connection

    return not connection.introspection.table_names()


def main(step: str, count: str = "0") -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    django.setup()
    if step == "set-up" and not is_empty():
        sys.exit("the database is not empty: name one that is, it is filled with simulated kiosks")
    found = set_up(int(count)) if step == "set-up" else applications()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
