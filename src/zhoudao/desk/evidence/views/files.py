"""Bringing files in, watching them being cleaned, and what became of every row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.web import actor_of, in_case, page, pieces_apart
from zhoudao.desk.evidence import actions, charts, queries
from zhoudao.desk.evidence.cleaning import engine
from zhoudao.desk.evidence.labels import CLEANING_STATES, FILE_STATES, REPAIRS, layout_name
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.evidence.rules import IMPORT, UNFINISHED, CleaningState, FileState

SAMPLE_ZIP = "loaded/case-files.zip"
"""Where loading the sample city leaves them."""


@in_case
@require_safe
def files(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.files_page(actor_of(request), number)
    told = {each.get("sha256"): _named(each) for each in found.report.get("files", [])}
    rows = [
        (
            file,
            FILE_STATES[FileState(file.state)],
            told.get(file.sha256),
            _bar(told[file.sha256]) if file.sha256 in told else "",
        )
        for file in found.files
    ]
    return page(
        request,
        "evidence/files.html",
        found.here,
        {
            "rows": rows,
            "requests": found.requests,
            "running": found.running,
            "ledger": found.ledger,
            "last": found.last,
            "last_state": CLEANING_STATES[CleaningState(found.last.state)] if found.last else None,
            "bar": _bar(found.ledger.accounting.__dict__) if found.ledger else "",
            "breaks": found.report.get("balance", {}).get("breaks", 0),
            "repairs": [
                (REPAIRS.get(code, code), count)
                for code, count in sorted(found.report.get("repairs", {}).items())
                if count
            ],
            "stale": _is_stale(found),
            "has_sample_files": settings.SAMPLE_CITY and (Path(settings.SAMPLE_DIR) / SAMPLE_ZIP).is_file(),
        },
    )


def _named(told: dict[str, Any]) -> dict[str, Any]:
    """What became of a file, its layout named in the reader's language."""
    return {**told, "layout": layout_name(told.get("layout") or "")}


def _bar(counts: dict[str, Any]) -> str:
    """``kept``, ``merged``, ``refused`` of all files; of one file what was read (kept or merged) and refused."""
    read = counts.get("kept", counts.get("rows_read", 0))
    refused = counts.get("refused", counts.get("rows_refused", 0))
    return charts.shares(
        [
            ("kept", read),
            ("merged", counts.get("merged", 0)),
            ("refused", refused if isinstance(refused, int) else 0),
        ],
        _("Rows kept, merged and refused"),
    )


def _is_stale(found: queries.FilesPage) -> bool:
    """Files came, or were set aside, since the ledger was made."""
    if found.ledger is None or found.running is not None:
        return False
    return found.ledger.inputs_sha256 != queries.inputs_of(found.files)


@in_case
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """One or several files. The page's script sends them one by one and reads JSON; a plain form is led back."""
    gate.seated(actor_of(request), number, IMPORT)
    retrieval = whole_number(request.POST.get("retrieval", ""))
    received = [
        actions.receive(actor_of(request), number, each, retrieval) for each in request.FILES.getlist("files")
    ]
    kept = sum(len(each.kept) for each in received)
    again = sum(len(each.again) for each in received)
    said = ngettext("%(count)d file kept", "%(count)d files kept", kept) % {"count": kept}
    if again:
        said += "，" if request.LANGUAGE_CODE.startswith("zh") else ", "
        said += ngettext("%(count)d was here already", "%(count)d were here already", again) % {
            "count": again
        }
    if request.headers.get("X-Requested-With"):
        return JsonResponse({"said": said, "kept": kept, "again": again})
    if not received:
        messages.error(request, _("Choose a file first."))
    else:
        messages.success(request, said)
    return redirect("evidence:files", number)


@in_case
@require_POST
def clean(request: HttpRequest, number: str) -> HttpResponse:
    actions.start_cleaning(actor_of(request), number)
    return redirect("evidence:files", number)


@in_case
@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    actions.cancel_cleaning(actor_of(request), number)
    return redirect("evidence:files", number)


@in_case
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far the cleaning is, for htmx; when it has ended, the page is loaded anew."""
    cleaning = queries.cleaning_under_way(actor_of(request), number)
    if cleaning is None or cleaning.state not in UNFINISHED:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "evidence/parts/progress.html", {"running": cleaning, "number": number})


@in_case
@require_safe
def refused(request: HttpRequest, number: str) -> HttpResponse:
    """``?file=`` a file's hash, ``?start=`` where to go on."""
    start = whole_number(request.GET.get("start")) or 0
    sha256 = request.GET.get("file", "")[:64]
    found = queries.refused_page(actor_of(request), number, start, sha256)
    return page(
        request,
        "evidence/refused.html",
        found.here,
        {
            "rows": [(row, engine.reason(row["reason"], request.LANGUAGE_CODE)) for row in found.rows],
            "total": found.total,
            "start": start,
            "file": sha256,
            "next": start + queries.REFUSED_PAGE if start + queries.REFUSED_PAGE < found.total else None,
            "previous": max(0, start - queries.REFUSED_PAGE) if start else None,
        },
    )


@in_case
@require_safe
def breaks(request: HttpRequest, number: str) -> HttpResponse:
    """Where an account's balances don't chain, with the amount that is missing."""
    found = queries.breaks_page(actor_of(request), number)
    return page(
        request,
        "evidence/breaks.html",
        found.here,
        {"breaks": found.breaks, "total": found.total, "balance": found.balance},
    )


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def file_(request: HttpRequest, number: str, file_id: int) -> HttpResponse:
    """One file: what was recognised, what became of its rows, which request it answers."""
    actor = actor_of(request)
    try:
        if request.method == "POST":
            _change_file(request, number, file_id)
            return redirect("evidence:file", number, file_id)
        found = queries.files_page(actor, number)
        file = next(each for each in found.files if each.pk == file_id)
    except (EvidenceFile.DoesNotExist, StopIteration):
        raise Http404("no such file") from None
    files = found.report.get("files", [])
    told = next((_named(each) for each in files if each.get("sha256") == file.sha256), None)
    return page(
        request,
        "evidence/file.html",
        found.here,
        {
            "file": file,
            "state": FILE_STATES[FileState(file.state)],
            "told": told,
            "bar": _bar(told) if told else "",
            "requests": found.requests,
        },
    )


def _change_file(request: HttpRequest, number: str, file_id: int) -> None:
    actor, change = actor_of(request), request.POST.get("change")
    if change == "aside":
        actions.set_aside(actor, number, file_id)
    elif change == "back":
        actions.take_back(actor, number, file_id)
    elif change == "answers":
        actions.answers_request(actor, number, file_id, whole_number(request.POST.get("retrieval", "")))
    else:
        raise Http404("no such change")


@in_case
@require_safe
def raw(request: HttpRequest, number: str, file_id: int) -> HttpResponseBase:
    """The raw file as it came, always as an attachment."""
    try:
        here, file = queries.raw_file(actor_of(request), number, file_id)
    except EvidenceFile.DoesNotExist:
        raise Http404("no such file") from None
    response = StreamingHttpResponse(
        pieces_apart(here.vault.pieces(f"raw/{file.sha256}")), content_type="application/octet-stream"
    )
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition_header(True, str(file.name).rpartition("/")[2])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@in_case
@require_safe
def sample_files(request: HttpRequest, number: str) -> HttpResponse:
    """In a sample city: files made to be dropped here, as a zip."""
    gate.seated(actor_of(request), number)
    path = Path(settings.SAMPLE_DIR) / SAMPLE_ZIP
    if not settings.SAMPLE_CITY or not path.is_file():
        raise Http404("no sample files here")
    response = HttpResponse(path.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="sample-bank-answers.zip"'
    return response
