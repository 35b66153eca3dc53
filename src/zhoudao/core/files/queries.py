"""Which files a subject has, and whether the store still holds what was put into it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from zhoudao.core.access import Actor, Forbidden
from zhoudao.core.files import owners, sealing, store
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import OPEN


@dataclass(frozen=True)
class Checked:
    """One content of the store, compared with what the records say."""

    address: str
    problem: str | None
    """What is wrong, in words; None when it is whole."""


def files_of(actor: Actor, room: str, subject: str) -> list[StoredFile]:
    """The files of a subject, oldest first. Raises Forbidden when its room doesn't agree."""
    if not owners.may_open(actor, room, subject):
        raise Forbidden(actor, OPEN, None)
    return list(StoredFile.objects.filter(room=room, subject=subject).order_by("stored_at", "pk"))


def verify_all() -> Iterator[Checked]:
    """Read every content that a row refers to, one after the other, and prove it again."""
    sizes = StoredFile.objects.values("address").order_by("address").annotate(size=Max("size"))
    for row in sizes.values_list("address", "size").iterator():
        yield Checked(row[0], _problem_of(*row))


def _problem_of(address: str, size: int) -> str | None:
    path = store.path_of(address)
    try:
        if path.stat().st_mode & 0o111:
            return f"{path}: is executable; expected mode 400"
        found, digest = 0, hashlib.sha256()
        for piece in store.open_content(address):
            found += len(piece)
            digest.update(piece)
        if store.is_plain(path) and digest.hexdigest() != address:
            return f"{path}: its content was changed"
        if found != size:
            return f"{path}: holds {found} bytes; expected {size}"
    except FileNotFoundError:
        return f"{path}: is missing"
    except OSError as error:
        return f"{path}: can't be read ({error.strerror})"
    except sealing.Broken as problem:
        return f"{path}: {str(problem).partition(': ')[2]}"
    return None
