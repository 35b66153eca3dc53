"""Officers keep the directory right: what waits, one change, one entry, closures at once, and people's reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.access import Actor, allowed
from zhoudao.core.look import words
from zhoudao.counter.places import queries as places
from zhoudao.counter.places.editing import actions, officers, queries
from zhoudao.counter.places.editing.forms import (
    DecisionForm,
    EntryForm,
    HandleForm,
    ReportForm,
    UrgentClosureForm,
    initial,
    new_token,
)
from zhoudao.counter.places.editing.labels import (
    FIELDS,
    KINDS,
    MISTAKES,
    REPORT_STATES,
    STALE,
    STATES,
)
from zhoudao.counter.places.editing.models import Change, MistakeReport
from zhoudao.counter.places.editing.problems import BadChange, NotUrgentEnough
from zhoudao.counter.places.editing.rules import (
    DECIDE_CHANGE,
    NEW,
    OVERDUE_AFTER,
    FieldChange,
    Kind,
    Mistake,
    ReportState,
    State,
    Subject,
    differences,
    fingerprint,
)
from zhoudao.counter.places.queries import NotInDirectory

BOTH = ["GET", "HEAD", "POST"]


# Officers: what waits -------------------------------------------------------------------------------------------------


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Changes that wait for a second pair of eyes; with ``?decided`` the last ones that got it."""
    decided = "decided" in request.GET
    found = queries.changes(_actor(request), decided=decided)
    return render(
        request,
        "places/editing/desk.html",
        {
            "rows": [_row(each) for each in found],
            "tabs": _tabs(request, "decided" if decided else "changes"),
            "decided": decided,
        },
    )


@require_safe
def stale(request: HttpRequest) -> HttpResponse:
    rows = [
        {"entry": each, "kind": KINDS[each.subject.kind], "why": STALE[each.why],
         "together": each.subject.key.endswith("/*")}
        for each in queries.stale(_actor(request))
    ]  # fmt: skip
    return render(request, "places/editing/stale.html", {"rows": rows, "tabs": _tabs(request, "stale")})


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    overdue = clock.now() - OVERDUE_AFTER
    rows = [
        {"report": each, "mistake": MISTAKES[Mistake(each.mistake)], "state": REPORT_STATES[ReportState(each.state)],
         "overdue": each.reported_at < overdue}
        for each in queries.reports(_actor(request))
    ]  # fmt: skip
    return render(request, "places/editing/reports.html", {"rows": rows, "tabs": _tabs(request, "reports")})


# Officers: one change -------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    return _change_page(request, change_id, DecisionForm())


def _change_page(request: HttpRequest, change_id: int, form: DecisionForm) -> HttpResponse:
    actor = _actor(request)
    page = queries.change(actor, change_id)
    found = page.change
    mine = officers.staff_number(actor) == found.proposer_number
    return render(
        request,
        "places/editing/change.html",
        {
            **_row(found),
            "differences": _shown(page.differences),
            "overtaken": _shown(page.overtaken),
            "form": form,
            "mine": mine,
            "may_decide": found.is_open
            and not mine
            and allowed(actor, DECIDE_CHANGE, found.district or None),
        },
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


@require_POST
def decide(request: HttpRequest, change_id: int, decision: str) -> HttpResponse:
    """``decision``: approve, refuse, withdraw, or again (propose once more on what the entry says now)."""
    actor = _actor(request)
    if decision == "approve":
        done, said = actions.approve(actor, change_id), _("Approved. It is in the directory now.")
    elif decision == "refuse":
        form = DecisionForm(request.POST)
        try:
            done = actions.refuse(actor, change_id, form.data.get("reason", ""))
        except BadChange as bad:
            form.is_valid()
            form.add_error("reason", "; ".join(each.expected for each in bad.problems))
            return _change_page(request, change_id, form)
        said = _("Refused. Whoever proposed it is told why.")
    elif decision == "withdraw":
        done, said = actions.withdraw(actor, change_id), _("Withdrawn.")
    elif decision == "again":
        done = actions.propose_again(actor, change_id, request.POST.get("token", new_token())[:40])
        said = _("Proposed again on what the entry says now.")
    else:
        raise Http404(f"no decision {decision}")
    messages.success(request, said)
    return redirect("places:editing:change", done.pk)


# Officers: one entry --------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def entry(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    subject = _subject(kind, key)
    page = queries.entry(_actor(request), subject)
    values = page.standing.values
    return render(
        request,
        "places/editing/entry.html",
        {
            "subject": subject,
            "kind": KINDS[subject.kind],
            "values": [(FIELDS[name], value) for name, value in (values or {}).items()],
            "seen": fingerprint(values),
            "there": values is not None,
            "has_phone": bool((values or {}).get("phone")),
            "rows": [{**_row(each), "differences": _shown(_changed(each))} for each in page.changes],
            "checks": page.checks,
        },
    )


@never_cache
@require_http_methods(BOTH)
def edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Propose what an entry is to say. A new one: any key that isn't there yet; of a closure, POINT/new."""
    actor, subject = _actor(request), _subject(kind, key)
    new = subject.rest == NEW if subject.kind is Kind.CLOSURE else "new" in request.GET
    standing = queries.entry(actor, subject).standing if not new else None
    values = standing.values if standing else None
    form = EntryForm(
        subject.kind,
        request.POST or None,
        new=values is None,
        initial={**initial(values), "seen": fingerprint(values) if values else "", "token": new_token()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                actor,
                subject,
                form.values,
                reason=form.cleaned_data["reason"],
                token=form.cleaned_data["token"],
                seen=form.cleaned_data["seen"],
                district=request.POST.get("district", ""),
            )
        except BadChange as bad:
            form.refuse(bad.problems)
        else:
            messages.success(request, _("Proposed. It takes effect when a supervisor approves it."))
            return redirect("places:editing:change", made.pk)
    return render(
        request,
        "places/editing/edit.html",
        {"form": form, "subject": subject, "kind": KINDS[subject.kind], "new": values is None,
         "waiting": queries.open_of(actor, subject)},
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )  # fmt: skip


@require_POST
def check(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """``holds=yes``: it holds as it stands; ``holds=no``: its phone was called in vain."""
    actor, subject = _actor(request), _subject(kind, key)
    seen = request.POST.get("seen", "")
    if key.endswith("/*"):
        actions.confirm_guides(actor, subject.point_code)
        messages.success(request, _("Kept: all guides of this place hold."))
        return redirect("places:editing:stale")
    if request.POST.get("holds") == "no":
        actions.phone_failed(actor, subject, seen)
        messages.success(request, _("Kept: its phone was called in vain."))
    else:
        actions.confirm(actor, subject, seen)
        messages.success(request, _("Kept: it holds as it stands."))
    return redirect("places:editing:entry", subject.kind.value, subject.key)


@never_cache
@require_http_methods(BOTH)
def close_urgently(request: HttpRequest) -> HttpResponse:
    actor, language = _actor(request), get_language() or "zh-hans"
    listed = [
        (each.point.code, words.text(each.point.name, language))
        for each in places.points(actor, None, None, None)
        if actor.covers(each.point.district)
    ]
    now = clock.local(clock.now()).replace(tzinfo=None, second=0, microsecond=0)
    form = UrgentClosureForm(
        request.POST or None, points=listed, initial={"token": new_token(), "starts_at": now}
    )
    queries.waiting(actor)  # asks whether this officer may be here at all
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.close_urgently(
                actor, data["points"], form.moment("starts_at"), form.moment("ends_at"), data["reason_zh"],
                data["reason_en"], token=data["token"],
            )  # fmt: skip
        except BadChange as bad:
            for each in bad.problems:
                form.add_error(
                    each.field if each.field in form.fields else None, f"{each.problem}; {each.expected}"
                )
        except NotUrgentEnough as late:
            form.add_error(None, str(late))
        else:
            messages.success(
                request, _("Closed. People see it from now on; a supervisor looks at it afterwards.")
            )
            return redirect("places:editing:desk")
    return render(
        request,
        "places/editing/close.html",
        {"form": form},
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


# Officers: what people reported ---------------------------------------------------------------------------------------


@never_cache
@require_http_methods(BOTH)
def handle(request: HttpRequest, receipt: str) -> HttpResponse:
    """Answer a report, or close it with a reason. Correcting it is done on the entry's own page."""
    actor = _actor(request)
    found = queries.report(actor, receipt)
    form = HandleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer, reason = form.cleaned_data["answer"], form.cleaned_data["reason"]
        try:
            if answer:
                actions.answer(actor, receipt, answer)
            else:
                actions.close(actor, receipt, reason)
        except BadChange:
            form.add_error(None, _("Write an answer, or a reason why there is none."))
        else:
            messages.success(request, _("Done. Whoever left a contact is told.") if answer else _("Closed."))
            return redirect("places:editing:reports")
    return _handling(request, found, form)


@never_cache
@require_POST
def contact(request: HttpRequest, receipt: str) -> HttpResponse:
    """The same page with how to reach whoever reported it, this once; the look is kept."""
    shown = actions.open_contact(_actor(request), receipt)
    return _handling(request, queries.report(_actor(request), receipt), HandleForm(), shown)


def _handling(
    request: HttpRequest, found: MistakeReport, form: HandleForm, contact: str = ""
) -> HttpResponse:
    return render(
        request,
        "places/editing/handle.html",
        {
            "report": found,
            "form": form,
            "mistake": MISTAKES[Mistake(found.mistake)],
            "state": REPORT_STATES[ReportState(found.state)],
            "kind": KINDS[found.subject.kind],
            "contact": contact,
        },
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


# People ---------------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(BOTH)
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Report a mistake at a point; ``?item=`` about how an item is done there."""
    actor = _actor(request)
    try:
        page = places.point(actor, code)
    except NotInDirectory as missing:
        raise Http404(str(missing)) from None
    item = next((each for each in page.items if each.code == request.GET.get("item")), None)
    subject = Subject(Kind.GUIDE, f"{code}/{item.code}") if item else Subject(Kind.POINT, code)
    form = ReportForm(request.POST or None, initial={"token": new_token()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.report_mistake(
                actor, subject, Mistake(data["mistake"]), data["words"], token=data["token"], contact=data["contact"],
                language=get_language() or "zh-hans",
            )  # fmt: skip
        except BadChange as bad:
            form.refuse(bad.problems)
        else:
            return redirect("places:editing:progress", made.receipt)
    return render(
        request,
        "places/editing/report.html",
        {"form": form, "point": page.place.point, "item": item},
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


@never_cache
@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """Look a report up by its receipt."""
    asked = request.GET.get("receipt", "")[:20]
    found = queries.progress(_actor(request), asked) if asked else None
    if found:
        return redirect("places:editing:progress", found.receipt)
    return render(request, "places/editing/progress.html", {"unknown": asked}, status=404 if asked else 200)


@never_cache
@require_safe
def progress(request: HttpRequest, receipt: str) -> HttpResponse:
    found = queries.progress(_actor(request), receipt)
    if found is None:
        return render(request, "places/editing/progress.html", {"unknown": receipt}, status=404)
    return render(
        request,
        "places/editing/progress.html",
        {"report": found, "state": REPORT_STATES[ReportState(found.state)]},
    )


# ----------------------------------------------------------------------------------------------------------------------


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


def _subject(kind: str, key: str) -> Subject:
    """Raises Http404 for a kind or key that can't be one."""
    if kind not in set(Kind) or len(key) > 100 or (kind in (Kind.GUIDE, Kind.CLOSURE)) != ("/" in key):
        raise Http404(f"no entry {kind}:{key}")
    return Subject(Kind(kind), key)


def _tabs(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    waits = queries.waiting(_actor(request))
    named = [
        ("changes", _("Changes that wait (%(count)d)") % {"count": waits.changes}, "/staff/directory/"),
        (
            "reports",
            _("Mistakes reported (%(count)d)") % {"count": waits.reports},
            "/staff/directory/reports/",
        ),
        ("stale", _("To be confirmed"), "/staff/directory/stale/"),
        ("decided", _("Decided"), "/staff/directory/?decided=1"),
    ]
    return [(label, url, name == current) for name, label, url in named]


def _row(change: Change) -> dict[str, Any]:
    subject = change.subject
    return {
        "change": change,
        "subject": subject,
        "kind": KINDS[subject.kind],
        "state": STATES[State(change.state)],
        "going": change.after is None,
        "coming": change.before is None,
    }


def _changed(change: Change) -> list[FieldChange]:
    return differences(change.subject.kind, change.before, change.after)


def _shown(changes: list[FieldChange]) -> list[tuple[str, str, str]]:
    """Field, before and after, as texts."""
    return [(str(FIELDS[each.field]), _text(each.before), _text(each.after)) for each in changes]


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
