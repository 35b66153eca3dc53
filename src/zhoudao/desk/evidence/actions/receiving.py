"""Taking files in: into the vault as they come, under their hash; an archive's members as files of their own."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Unusable
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.models import Retrieval
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.cases.vault import Sealed, Vault
from zhoudao.desk.evidence import rules
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.evidence.rules import IMPORT, FileState

PIECE = 1024 * 1024


class Upload(Protocol):
    @property
    def name(self) -> str | None: ...
    def chunks(self) -> Iterable[bytes]: ...


@dataclass
class Received:
    """What came of one upload."""

    kept: list[EvidenceFile] = field(default_factory=list)
    again: list[EvidenceFile] = field(default_factory=list)
    """The same content was here already, under this name."""
    junk: int = 0
    """Members of an archive that are no evidence: what archivers leave behind."""


@dataclass(frozen=True)
class _Member:
    path: str
    sealed: Sealed


def receive(actor: Actor, number: str, upload: Upload, retrieval: int | None = None) -> Received:
    """Keep an upload, and what is in it when it is a zip. The same content again changes nothing.

    ``retrieval``: number of the request it answers. Raises Unusable naming the file and what is wrong with it;
    nothing of
    it is kept then.
    """
    here = gate.look(actor, number, IMPORT, duties=WORKING, seeing="upload")
    path = _path(upload.name or "")
    vault = here.vault
    sealed = vault.put_raw(_limited(upload.chunks(), path))
    if not sealed.size:
        raise Unusable(_("%(name)s is empty") % {"name": path})
    head = next(vault.pieces(f"raw/{sealed.sha256}"))[:8]
    members, junk = _unpack(vault, path, sealed.sha256) if rules.is_archive(path, head) else (None, 0)
    with gate.inside(actor, number, IMPORT, duties=WORKING, writing=True) as here:
        answered = _retrieval(here, retrieval)
        received = Received(junk=junk)
        state = FileState.KEPT if members is None else FileState.ARCHIVE
        whole = _keep(actor, here, received, path, sealed, state, answered, None)
        for member in members or []:
            _keep(actor, here, received, member.path, member.sealed, FileState.KEPT, answered, whole)
        here.entry.note(
            sha256=sealed.sha256, size=sealed.size, kept=len(received.kept), again=len(received.again)
        )
    return received


def set_aside(actor: Actor, number: str, file_id: int) -> EvidenceFile:
    """Leave a file out of cleaning; it stays where it is. Raises EvidenceFile.DoesNotExist."""
    return _set_state(actor, number, file_id, FileState.KEPT, FileState.ASIDE)


def take_back(actor: Actor, number: str, file_id: int) -> EvidenceFile:
    return _set_state(actor, number, file_id, FileState.ASIDE, FileState.KEPT)


def answers_request(actor: Actor, number: str, file_id: int, retrieval: int | None) -> EvidenceFile:
    """Say which request a file answers. Raises EvidenceFile.DoesNotExist, Unusable."""
    with gate.inside(actor, number, IMPORT, duties=WORKING, writing=True) as here:
        file = EvidenceFile.objects.get(pk=file_id, case=here.case)
        file.retrieval = _retrieval(here, retrieval)
        file.save(update_fields=["retrieval"])
        here.entry.note(step="answers", file=file.sha256, retrieval=retrieval)
    return file


def _set_state(actor: Actor, number: str, file_id: int, old: FileState, new: FileState) -> EvidenceFile:
    with gate.inside(actor, number, IMPORT, duties=WORKING, writing=True) as here:
        file = EvidenceFile.objects.get(pk=file_id, case=here.case)
        if file.state == old:
            file.state = new.value
            file.save(update_fields=["state"])
        here.entry.note(step=new.value, file=file.sha256)
    return file


def _keep(
    actor: Actor,
    here: Inside,
    received: Received,
    path: str,
    sealed: Sealed,
    state: FileState,
    retrieval: Retrieval | None,
    archive: EvidenceFile | None,
) -> EvidenceFile:
    file, new = EvidenceFile.objects.get_or_create(
        case=here.case,
        sha256=sealed.sha256,
        defaults={
            "size": sealed.size,
            "name": path,
            "archive": archive,
            "retrieval": retrieval,
            "state": state.value,
            "received_at": clock.now(),
            "received_by": actor.key,
        },
    )
    (received.kept if new else received.again).append(file)
    return file


def _retrieval(here: Inside, number: int | None) -> Retrieval | None:
    if number is None:
        return None
    found = Retrieval.objects.filter(case=here.case, number=number).first()
    if found is None:
        raise Unusable(_("The case has no request %(number)d") % {"number": number})
    return found


def _path(name: str) -> str:
    try:
        return rules.clean_path(name)
    except rules.BadName:
        raise Unusable(_("A file needs a name")) from None


def _limited(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    size, most = 0, settings.EVIDENCE_LIMIT_MIB * 1024 * 1024
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise Unusable(
                _("%(name)s is larger than %(limit)d MiB")
                % {"name": name, "limit": settings.EVIDENCE_LIMIT_MIB},
                todo=_("Split it, or ask the administrator for a higher limit."),
            )
        yield piece


def _unpack(vault: Vault, name: str, sha256: str) -> tuple[list[_Member], int]:
    """The members of a zip, each in the vault, and how many were no evidence. Raises Unusable; members that are in the
    vault by then are noise that no row refers to."""
    with vault.workshop() as folder:
        path = vault.open(f"raw/{sha256}", folder)
        try:
            with zipfile.ZipFile(path) as archive:
                return _members(vault, name, archive)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
            raise Unusable(
                _("%(name)s can't be unpacked: %(problem)s") % {"name": name, "problem": problem},
                todo=_("Unpack it yourself, and bring in the folder."),
            ) from None


def _members(vault: Vault, name: str, archive: zipfile.ZipFile) -> tuple[list[_Member], int]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > rules.MOST_MEMBERS or sum(info.file_size for info in infos) > rules.MOST_UNPACKED:
        raise Unusable(_("%(name)s unpacks to more than can be taken") % {"name": name})
    members, junk = [], 0
    left = rules.MOST_UNPACKED
    stem = str(Path(name).with_suffix(""))
    for info in infos:
        inner = rules.member_name(info.filename, bool(info.flag_bits & 0x800))
        if rules.is_junk(inner) or not info.file_size:
            junk += 1
            continue
        with archive.open(info) as file:
            sealed = vault.put_raw(_at_most(file, left, name))
        left -= sealed.size
        members.append(_Member(_path(f"{stem}/{inner}"), sealed))
    return members, junk


def _at_most(file: IO[bytes], left: int, name: str) -> Iterator[bytes]:
    """The bytes of a member, which may be more than its header says."""
    while piece := file.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise Unusable(_("%(name)s unpacks to more than can be taken") % {"name": name})
        yield piece
