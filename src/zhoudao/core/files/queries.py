"""Which files a subject has, and whether the store still holds what was put into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from zhoudao.core.access import Actor, Forbidden
from zhoudao.core.files import owners, store
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import OPEN


@dataclass(frozen=True)
class Checked:
    """One content of the store, compared with what the records say."""

    sha256: str
    problem: str | None
    """What is wrong, in words; None when it is whole."""


def files_of(actor: Actor, room: str, subject: str) -> list[StoredFile]:
    """The files of a subject, oldest first. Raises Forbidden when its room doesn't agree."""
    if not owners.may_open(actor, room, subject):
        raise Forbidden(actor, OPEN, None)
    return list(StoredFile.objects.filter(room=room, subject=subject).order_by("stored_at", "pk"))


def verify_all() -> Iterator[Checked]:
    """Read every content that a row refers to, one after the other, and hash it again."""
    sizes = StoredFile.objects.values("sha256").order_by("sha256").annotate(size=Max("size"))
    for row in sizes.values_list("sha256", "size").iterator():
        yield Checked(row[0], _problem_of(*row))


def _problem_of(sha256: str, size: int) -> str | None:
    path = store.path_of(sha256)
    try:
        found = path.stat()
        if found.st_size != size:
            return f"{path}: holds {found.st_size} bytes; expected {size}"
        if found.st_mode & 0o111:
            return f"{path}: is executable; expected mode 400"
        if store.digest_of(path) != sha256:
            return f"{path}: its content was changed"
    except FileNotFoundError:
        return f"{path}: is missing"
    except OSError as error:
        return f"{path}: can't be read ({error.strerror})"
    return None
