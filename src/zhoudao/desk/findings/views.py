"""The pages of findings and packages: parse, call one action or query, render."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.look.words import text
from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases.web import actor_of, in_case, page, pieces_apart
from zhoudao.desk.evidence import charts
from zhoudao.desk.evidence.queries import NoLedger
from zhoudao.desk.findings import actions, available, ports, queries, words
from zhoudao.desk.findings.forms import DecideForm, PackageForm
from zhoudao.desk.findings.labels import JOB_STATES, VERDICTS
from zhoudao.desk.findings.models import Finding, Package
from zhoudao.desk.findings.rules import UNFINISHED, JobState, Verdict
from zhoudao.engines.detection import Detector


@in_case
@require_safe
def list_(request: HttpRequest, number: str) -> HttpResponse:
    """``?verdict=``, ``?run=``, ``?page=``; what is to be decided first."""
    wanted = request.GET.get("verdict", Verdict.OPEN.value)
    verdict = Verdict(wanted) if wanted in set(Verdict) else Verdict.OPEN
    run = whole_number(request.GET.get("run"))
    found = queries.list_page(
        actor_of(request), number, verdict, run, whole_number(request.GET.get("page")) or 1
    )
    language = request.LANGUAGE_CODE
    at = f"&run={run}" if run else ""
    return page(
        request,
        "findings/list.html",
        found.here,
        {
            "page": found.page,
            "rows": [
                (
                    each,
                    words.title_of(each.run.detector, language),
                    words.sentences(each, each.run.detector, language),
                    [
                        (subject["id"], found.names.get(subject["id"]) or subject.get("name", ""))
                        for subject in each.subjects[:4]
                    ],
                    words.rows_of(each.run.detector),
                )
                for each in found.page
            ],
            "verdict_tabs": [
                {
                    "label": label,
                    "url": f"?verdict={each.value}{at}",
                    "current": each is verdict,
                    "count": found.counts.get(each.value, 0),
                }
                for each, (_kind, label) in VERDICTS.items()
            ],
            "running": [(each, words.title_of(each.detector, language)) for each in found.running],
            "runs": [
                (each, words.title_of(each.detector, language), JOB_STATES[JobState(each.state)])
                for each in found.runs
            ],
            "run": run,
            "has_ledger": found.has_ledger,
        },
    )


@in_case
@require_safe
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """Every detector that this case's tables allow, with what it finds and what it does not show."""
    found = queries.list_page(actor_of(request), number, Verdict.OPEN, None, 1)
    language = request.LANGUAGE_CODE
    return page(
        request,
        "findings/choose.html",
        found.here,
        {
            "detectors": [
                (each.name, text(each.title, language), text(each.meaning, language))
                for each in available.runnable()
            ],
            "has_ledger": found.has_ledger,
        },
    )


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, number: str, detector: str) -> HttpResponse:
    """A detector's parameters, and the button that runs it."""
    known = _detector(detector)
    form = available.ParamsForm(known, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.start_run(actor_of(request), number, known, form.cleaned_data)
        except NoLedger:
            return redirect("evidence:ledger", number)
        return redirect("findings:list", number)
    found = queries.list_page(actor_of(request), number, Verdict.OPEN, None, 1)
    language = request.LANGUAGE_CODE
    return page(
        request,
        "findings/search.html",
        found.here,
        {
            "detector": known,
            "title": text(known.title, language),
            "meaning": text(known.meaning, language),
            "form": form,
            "sources": sorted({param.source for param in known.params if param.source}),
            "has_ledger": found.has_ledger,
        },
        status=400 if form.errors else 200,
    )


def _detector(name: str) -> Detector:
    found = next((each for each in available.runnable() if each.name == name), None)
    if found is None:
        raise Http404(f"no detector {name} for this case")
    return found


@in_case
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far the runs are, for htmx; when one has ended, the page is loaded anew."""
    running = queries.runs_under_way(actor_of(request), number)
    if len(running) != (whole_number(request.GET.get("n")) or 0):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    language = request.LANGUAGE_CODE
    told = [(each, words.title_of(each.detector, language)) for each in running]
    return render(request, "findings/parts/progress.html", {"running": told, "number": number})


@in_case
@require_POST
def cancel(request: HttpRequest, number: str, run: int) -> HttpResponse:
    actions.cancel_run(actor_of(request), number, run)
    return redirect("findings:list", number)


@in_case
@require_safe
def finding_(request: HttpRequest, number: str, finding: int) -> HttpResponse:
    return _finding(request, number, finding, DecideForm())


def _finding(request: HttpRequest, number: str, finding: int, form: DecideForm) -> HttpResponse:
    try:
        source = ports.source_of(queries.detector_of(actor_of(request), number, finding))
        if source is not None:
            for problem in form.errors.get("why", []):
                messages.error(request, str(problem))
            return redirect(source.route, number, finding)
        found = queries.finding_page(actor_of(request), number, finding)
    except Finding.DoesNotExist:
        raise Http404("no such finding") from None
    language = request.LANGUAGE_CODE
    one = found.finding
    mine = {subject["id"] for subject in found.subjects}
    return page(
        request,
        "findings/finding.html",
        found.here,
        {
            "finding": one,
            "title": words.title_of(one.run.detector, language),
            "sentences": words.sentences(one, one.run.detector, language),
            "subjects": found.subjects,
            "rows": found.rows,
            "more": max(0, one.rows - len(found.rows)),
            "picture": charts.stems(
                [(row["time"], row["amount"], row["target_account"] in mine) for row in found.rows],
                _("The finding's transfers over time: in above, out below"),
            ),
            "verdict": VERDICTS[Verdict(one.verdict)],
            "form": form,
            "members": found.members,
            "following": found.following,
            "is_open": one.verdict == Verdict.OPEN,
        },
        status=400 if form.errors else 200,
    )


@in_case
@require_POST
def change(request: HttpRequest, number: str, finding: int, change: str) -> HttpResponse:
    """Accept, dismiss, reopen, assign, note."""
    actor = actor_of(request)
    try:
        if change == "note":
            actions.note(actor, number, finding, request.POST.get("text", ""))
        elif change == "assign":
            actions.assign(actor, number, finding, whole_number(request.POST.get("member", "")))
        elif change == "reopen":
            actions.decide(actor, number, finding, Verdict.OPEN, "")
        elif change == "decide":
            form = DecideForm(request.POST)
            if not form.is_valid():
                return _finding(request, number, finding, form)
            decided = actions.decide(
                actor, number, finding, form.cleaned_data["verdict"], form.cleaned_data["why"]
            )
            messages.success(request, VERDICTS[Verdict(decided.verdict)][1])
        else:
            raise Http404(f"no change {change}")
    except Finding.DoesNotExist:
        raise Http404("no such finding") from None
    return redirect("findings:finding", number, finding)


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def packages(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    form = PackageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = [each for each in (data["first_officer"], data["second_officer"]) if each]
        try:
            actions.start_package(actor, number, data["document_number"], chosen, request.LANGUAGE_CODE)
        except NoLedger:
            return redirect("evidence:ledger", number)
        return redirect("findings:packages", number)
    found = queries.packages_page(actor, number)
    form.offer(found.members)
    return page(
        request,
        "findings/packages.html",
        found.here,
        {
            "packages": [(each, JOB_STATES[JobState(each.state)]) for each in found.packages],
            "running": found.running,
            "accepted": found.accepted,
            "accepted_words": ngettext("%(n)d accepted finding", "%(n)d accepted findings", found.accepted)
            % {"n": found.accepted},
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@in_case
@require_safe
def package_progress(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.package_under_way(actor_of(request), number)
    if found is None or found.state not in UNFINISHED:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "findings/parts/package_progress.html", {"package": found, "number": number})


@in_case
@require_POST
def package_cancel(request: HttpRequest, number: str, package: int) -> HttpResponse:
    actions.cancel_package(actor_of(request), number, package)
    return redirect("findings:packages", number)


@in_case
@require_safe
def package_(request: HttpRequest, number: str, package: int) -> HttpResponseBase:
    """The package, as an attachment."""
    try:
        here, found = queries.package(actor_of(request), number, package)
    except Package.DoesNotExist:
        raise Http404("no such package") from None
    response = StreamingHttpResponse(
        pieces_apart(here.vault.pieces(found.place)), content_type="application/zip"
    )
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = f'attachment; filename="evidence-{here.case.number}-{found.number}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
