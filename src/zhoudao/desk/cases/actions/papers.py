"""A paper with its scan: into the vault and the register at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.files.rules import BadFile, check_head, claimed_kind, clean_name
from zhoudao.core.look.refusals import Unusable
from zhoudao.desk.cases.models import Case, Document
from zhoudao.desk.cases.rules import DOCUMENT_LIMIT, DocumentKind
from zhoudao.desk.cases.vault import Vault


class Scan(Protocol):
    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class Paper:
    """What a form says of a paper."""

    number: str
    issued_on: date | None = None
    scan: Scan | None = None


def keep(actor: Actor, case: Case, vault: Vault, kind: DocumentKind, paper: Paper) -> Document:
    """Register ``paper``; its scan is sealed first. Raises Unusable for a scan that isn't taken."""
    name, sha256, size = "", "", 0
    if paper.scan is not None:
        name, content = _checked(paper.scan)
        sealed = vault.put_raw([content])
        sha256, size = sealed.sha256, sealed.size
    return Document.objects.create(
        case=case,
        kind=kind.value,
        number=paper.number.strip(),
        issued_on=paper.issued_on,
        name=name,
        sha256=sha256,
        size=size,
        added_at=clock.now(),
        added_by=actor.key,
    )


def _checked(scan: Scan) -> tuple[str, bytes]:
    try:
        name = clean_name(scan.name or "")
        kind = claimed_kind(name)
        content = b"".join(scan.chunks())
        check_head(name, kind, content[:8192])
    except BadFile as problem:
        raise Unusable(str(problem), todo=_("Scan the document as PDF, JPEG or PNG.")) from None
    if not content or len(content) > DOCUMENT_LIMIT:
        raise Unusable(
            _("%(name)s is empty or larger than 20 MiB") % {"name": name},
            todo=_("Scan the document as PDF, JPEG or PNG."),
        )
    return name, content
