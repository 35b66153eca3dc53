"""The pages of cases: parse, call one action or query, render."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import Forbidden, allowed, require
from zhoudao.core.files.rules import claimed_kind
from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases import actions, queries
from zhoudao.desk.cases.actions.requests import Asked, read_coverage
from zhoudao.desk.cases.forms import (
    AnswerForm,
    CloseForm,
    DestroyForm,
    DocumentForm,
    EnterForm,
    ExtendForm,
    HoldForm,
    MemberForm,
    OpenForm,
    RequestForm,
    SentForm,
)
from zhoudao.desk.cases.labels import DOCUMENTS, DUTIES, MEASURES, OFFENCES
from zhoudao.desk.cases.models import Document, Member
from zhoudao.desk.cases.queries import CaseRow
from zhoudao.desk.cases.rules import (
    DESTROY,
    LEADING,
    LIST,
    MANAGE,
    OPEN,
    Basis,
    DocumentKind,
    Duty,
    Measure,
    Offence,
    Period,
)
from zhoudao.desk.cases.web import actor_of, in_case, page


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """``?closed=1`` shows the closed ones. A commander sees only what waits for a second officer, and certificates."""
    actor = actor_of(request)
    if not allowed(actor, DESTROY):
        require(actor, LIST)
    closed = "closed" in request.GET
    rows = queries.cases_of(actor, closed) if allowed(actor, LIST) else []
    return render(
        request,
        "cases/list.html",
        {
            "rows": [
                (row, OFFENCES[Offence(row.case.offence)], _state(row), DUTIES[row.duty]) for row in rows
            ],
            "closed": closed,
            "tabs": [(_("Open"), "?", not closed), (_("Closed"), "?closed=1", closed)],
            "may_open": allowed(actor, OPEN),
            "lists": allowed(actor, LIST),
            "deletions": queries.deletions(actor),
        },
    )


def _state(row: CaseRow) -> tuple[str, str]:
    if row.case.closed_at:
        return "plain", _("Closed")
    if row.expired:
        return "danger", _("Basis expired")
    if row.expires_soon:
        return "waiting", _("Expires soon")
    return ("done", _("Filed")) if row.case.basis == Basis.FILED else ("info", _("Accepted"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), OPEN)
    form = OpenForm(
        request.POST or None,
        request.FILES or None,
        initial={"token": secrets.token_hex(16), "basis": Basis.ACCEPTED},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        case = actions.open_case(
            actor_of(request),
            title=data["title"],
            offence=data["offence"],
            basis=data["basis"],
            purpose=data["purpose"],
            expires_on=data["expires_on"],
            paper=form.paper(),
            token=data["token"],
        )
        messages.success(request, _("Case %(number)s is open. You lead it.") % {"number": case.number})
        return redirect("cases:overview", case.number)
    return render(request, "cases/new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """Asks what for; ``?next=`` leads on from there."""
    actor = actor_of(request)
    member = queries.heading(actor, number)
    form = EnterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.enter(actor, number, form.cleaned_data["purpose"], form.cleaned_data["note"])
        return redirect(_onward(request) or reverse("cases:overview", args=[number]))
    context = {"form": form, "case": member.case, "duty": DUTIES[Duty(member.duty)]}
    return render(request, "cases/enter.html", context, status=400 if form.errors else 200)


def _onward(request: HttpRequest) -> str:
    onward = request.GET.get("next", "")
    return onward if url_has_allowed_host_and_scheme(onward, {request.get_host()}) else ""


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    actions.leave(actor_of(request), number)
    messages.success(request, _("You have left case %(number)s.") % {"number": number})
    return redirect("cases:list")


@in_case
@require_safe
def overview(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.overview(actor_of(request), number)
    return page(
        request,
        "cases/overview.html",
        found.here,
        {
            "members": [(each, DUTIES[Duty(each.duty)]) for each in found.members],
            "documents": [(each, DOCUMENTS[DocumentKind(each.kind)]) for each in found.documents],
            "requests": found.requests,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """Renewing the basis: open to the lead even when it has expired."""
    actor = actor_of(request)
    member = queries.heading(actor, number)
    form = ExtendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        actions.extend(actor, number, form.cleaned_data["expires_on"], form.paper())
        messages.success(request, _("The basis is renewed."))
        return redirect("cases:overview", number)
    context = {"form": form, "case": member.case, "is_lead": member.duty == Duty.LEAD}
    return render(request, "cases/renew.html", context, status=400 if form.errors else 200)


FORMS: dict[str, Callable[..., forms.Form]] = {
    "member": MemberForm,
    "document": DocumentForm,
    "file": ExtendForm,
    "close": CloseForm,
    "hold": HoldForm,
    "destroy": DestroyForm,
}


@in_case
@require_safe
def manage(request: HttpRequest, number: str) -> HttpResponse:
    return _manage(request, number, {})


@in_case
@require_POST
def change(request: HttpRequest, number: str, change: str) -> HttpResponse:
    """One change of a case; a form that can't be used is shown again with its errors."""
    actor = actor_of(request)
    if change in ("duty", "part", "release"):
        _change_plainly(request, number, change)
        return redirect("cases:manage", number)
    if change not in FORMS:
        raise Http404(f"no change {change}")
    form = FORMS[change](request.POST, request.FILES)
    if not form.is_valid():
        return _manage(request, number, {change: form})
    data = form.cleaned_data
    if change == "member":
        actions.add_member(actor, number, data["username"], data["duty"])
        messages.success(request, _("%(name)s is a member now.") % {"name": data["username"]})
    elif change == "document":
        actions.add_document(actor, number, data["kind"], form.paper())  # type: ignore[attr-defined]
        messages.success(request, _("The document is in the case."))
    elif change == "file":
        actions.file_case(actor, number, data["expires_on"], form.paper())  # type: ignore[attr-defined]
        messages.success(request, _("The case is filed. It may freeze from now on."))
    elif change == "close":
        actions.close(actor, number, data["retain_until"])
        messages.success(request, _("The case is closed. It can be read, not changed."))
    elif change == "hold":
        actions.hold(actor, number, data["reason"])
        messages.success(request, _("Nothing of this case is destroyed while the hold stands."))
    else:
        actions.propose_destruction(actor, number, data["document_number"], data["reason"])
        messages.success(request, _("Proposed. Another officer has to confirm it."))
        return redirect("cases:list")
    return redirect("cases:manage", number)


def _change_plainly(request: HttpRequest, number: str, change: str) -> None:
    """Changes that are one button."""
    actor = actor_of(request)
    if change == "release":
        actions.release(actor, number)
        return
    try:
        member_id = whole_number(request.POST.get("member")) or 0
        if change == "part":
            actions.remove_member(actor, number, member_id)
        else:
            actions.change_duty(actor, number, member_id, Duty(request.POST.get("duty", "")))
    except (ValueError, Member.DoesNotExist):
        raise Http404("no such member") from None


def _manage(request: HttpRequest, number: str, wrong: dict[str, forms.Form]) -> HttpResponse:
    actor = actor_of(request)
    found = queries.overview(actor, number)
    if found.here.duty not in LEADING:
        raise Forbidden(actor, MANAGE, None)
    shown = {name: wrong.get(name) or form(auto_id=f"id_{name}_%s") for name, form in FORMS.items()}
    return page(
        request,
        "cases/manage.html",
        found.here,
        {
            "members": [(each, DUTIES[Duty(each.duty)]) for each in found.members],
            "duties": list(DUTIES.items()),
            "officers": queries.officers(actor),
            "forms": shown,
            "filed": found.here.case.basis == Basis.FILED,
        },
        status=400 if wrong else 200,
    )


@in_case
@require_safe
def document(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """A scan, always as an attachment."""
    try:
        here, found = queries.document(actor_of(request), number, document_id)
    except Document.DoesNotExist:
        raise Http404("no such document") from None
    if not found.sha256:
        raise Http404("the document has no scan")
    response = HttpResponse(
        here.vault.read(f"raw/{found.sha256}"), content_type=claimed_kind(str(found.name)).content_type
    )
    response["Content-Disposition"] = content_disposition_header(True, str(found.name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@in_case
@require_safe
def requests(request: HttpRequest, number: str) -> HttpResponse:
    here, rows = queries.retrievals(actor_of(request), number)
    return page(
        request,
        "cases/requests.html",
        here,
        {"rows": [(row, MEASURES[Measure(row.retrieval.measure)], _stage(row)) for row in rows]},
    )


def _stage(row: queries.RetrievalRow) -> tuple[str, str]:
    if row.gaps:
        return "waiting", _("Answered with gaps")
    if row.retrieval.answered_on:
        return "done", _("Answered whole")
    if row.retrieval.sent_on:
        return "info", _("Sent")
    return "plain", _("Not sent yet")


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: HttpRequest, number: str) -> HttpResponse:
    form = RequestForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = Asked(
            data["measure"],
            data["addressee"],
            data["accounts"].splitlines(),
            Period(data["first_day"], data["last_day"]),
            data["remark"],
        )
        actions.register_request(actor_of(request), number, asked, form.paper())
        messages.success(request, _("The request is in the register."))
        return redirect("cases:requests", number)
    here, _rows = queries.retrievals(actor_of(request), number)
    return page(request, "cases/new_request.html", here, {"form": form}, status=400 if form.errors else 200)


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def request_(request: HttpRequest, number: str, retrieval: int) -> HttpResponse:
    """One request: when it was sent, what came back, what is missing."""
    sent, answer = SentForm(), AnswerForm()
    actor = actor_of(request)
    if request.method == "POST" and "sent_on" in request.POST:
        sent = SentForm(request.POST)
        if sent.is_valid():
            actions.register_sending(actor, number, retrieval, sent.cleaned_data["sent_on"])
            return redirect("cases:request", number, retrieval)
    elif request.method == "POST":
        answer = AnswerForm(request.POST)
        if answer.is_valid():
            covered = read_coverage(answer.cleaned_data["coverage"])
            actions.register_answer(actor, number, retrieval, answer.cleaned_data["answered_on"], covered)
            return redirect("cases:request", number, retrieval)
    here, rows = queries.retrievals(actor, number)
    row = next((each for each in rows if each.retrieval.number == retrieval), None)
    if row is None:
        raise Http404(f"no request {retrieval}")
    return page(
        request,
        "cases/request.html",
        here,
        {
            "row": row,
            "measure": MEASURES[Measure(row.retrieval.measure)],
            "stage": _stage(row),
            "sent_form": sent,
            "answer_form": answer,
        },
        status=400 if sent.errors or answer.errors else 200,
    )


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """A certificate of destruction, and, before it, the button that a second officer presses."""
    actor = actor_of(request)
    require(actor, DESTROY)
    deletion = next((each for each in queries.deletions(actor) if each.case.number == number), None)
    if deletion is None:
        raise Http404(f"nothing was destroyed under {number}")
    told = json.loads(deletion.certificate) if deletion.certificate else None
    return render(request, "cases/certificate.html", {"deletion": deletion, "told": told})


@require_POST
def confirm_destruction(request: HttpRequest, number: str) -> HttpResponse:
    actions.confirm_destruction(actor_of(request), number)
    return redirect("cases:certificate", number)
