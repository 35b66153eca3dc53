"""One cleaning, from the vault and back into it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.evidence.cleaning import engine
from zhoudao.desk.evidence.ledger import deriving, tables
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.desk.evidence.rules import CLEAN, UNFINISHED, CleaningState, FileState

TELL_EVERY = 0.5
"""Seconds between two words of progress: the page asks once a second."""

log = logging.getLogger(__name__)


def run(cleaning_id: int) -> None:
    """Do the cleaning, once: a job that comes again after it has ended does nothing.

    Whatever goes wrong stands on the cleaning for the analyst to read; the outbox is not asked to try again.
    """
    cleaning = (
        Cleaning.objects.select_related("case").filter(pk=cleaning_id, state__in=list(UNFINISHED)).first()
    )
    if cleaning is None:
        return
    Cleaning.objects.filter(pk=cleaning.pk).update(state=CleaningState.RUNNING.value)
    try:
        with act(SYSTEM, CLEAN, subject=f"case:{cleaning.case.number}") as entry:
            entry.note(step="began", cleaning=cleaning.number)
        _clean(cleaning)
    except engine.Cancelled:
        _end(cleaning, CleaningState.CANCELLED)
    except Exception as problem:
        log.exception("cleaning %s of case %s", cleaning.number, cleaning.case.number)
        _end(cleaning, CleaningState.FAILED, problem=engine.said(problem))
    else:
        _end(cleaning, CleaningState.DONE, share=1.0)


def _clean(cleaning: Cleaning) -> None:
    box = vault.of(cleaning.case)
    files = EvidenceFile.objects.filter(case=cleaning.case, state=FileState.KEPT.value)
    with box.workshop() as folder:
        raw = [_lay_out(box, file, folder) for file in files]
        made = folder / "made"
        made.mkdir()
        accounting = engine.clean(raw, made, *_teller(cleaning))
        deriving.arrange(made)
        deriving.write_accounts(made, box.key)
        for path in sorted(made.iterdir()):
            sealed = box.put_file(f"{cleaning.folder}/{path.name}", path)
            if path.stem == tables.LEDGER:
                cleaning.ledger_sha256 = sealed.sha256
    for name, value in accounting.__dict__.items():
        setattr(cleaning, name, value)
    cleaning.save(
        update_fields=["ledger_sha256", "rows_in", "kept", "merged", "refused", "lines_skipped", "transfers"]
    )


def _lay_out(box: Vault, file: EvidenceFile, folder: Path) -> engine.Raw:
    """The file, opened under its hash and its own extension, by which engines tell sheets from text."""
    opened = box.open(f"raw/{file.sha256}", folder)
    path = folder / engine.FOLDER / f"{file.sha256}{Path(str(file.name)).suffix.lower()[:8]}"
    path.parent.mkdir(exist_ok=True)
    opened.rename(path)
    return engine.Raw(path, str(file.name), file.sha256)


def _teller(cleaning: Cleaning) -> tuple[Callable[[float, str], None], Callable[[], bool]]:
    """What the engine tells its progress to, and asks whether to go on: neither more often than it is worth."""
    told = asked = 0.0
    cancelled = False

    def progress(share: float, what: str) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            cleaning.share, cleaning.doing = share, what
            cleaning.save(update_fields=["share", "doing"])

    def stop() -> bool:
        nonlocal asked, cancelled
        if time.monotonic() - asked > TELL_EVERY:
            asked = time.monotonic()
            cancelled = Cleaning.objects.filter(pk=cleaning.pk, cancel_asked=True).exists()
        return cancelled

    return progress, stop


def _end(cleaning: Cleaning, state: CleaningState, **changes: object) -> None:
    with act(SYSTEM, CLEAN, subject=f"case:{cleaning.case.number}") as entry:
        entry.note(step=state.value, cleaning=cleaning.number, rows_in=cleaning.rows_in, kept=cleaning.kept)
        cleaning.state, cleaning.ended_at, cleaning.doing = state.value, clock.now(), ""
        for name, value in changes.items():
            setattr(cleaning, name, value)
        cleaning.save(update_fields=["state", "ended_at", "doing", *changes])


def report_of(box: Vault, cleaning: Cleaning) -> dict[str, Any]:
    """The accounting in full, as the engine wrote it."""
    return json.loads(box.read(f"{cleaning.folder}/{tables.REPORT}"))
