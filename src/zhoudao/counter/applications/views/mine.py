"""One's own applications: the list, one with its timeline, putting it right, and what else may be done."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.look import words
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.labels import INNER, MARKS, STATUSES
from zhoudao.counter.applications.problems import Conflict, Incomplete, NotFound
from zhoudao.counter.applications.queries import own
from zhoudao.counter.applications.queries.own import Listed
from zhoudao.counter.applications.rules import Status, Verb
from zhoudao.counter.applications.views.pages import (
    actor_of,
    event_label,
    language,
    shown_answers,
    shown_papers,
)
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.forms import fields


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    found = own.mine(actor_of(request))
    return render(
        request,
        "applications/mine.html",
        {
            "drafts": found.drafts,
            "groups": [
                (_("Waits for you"), _with_states(found.waiting)),
                (_("With us"), _with_states(found.running)),
                (_("Over"), _with_states(found.over)),
            ],
            "nothing": not (found.drafts or found.waiting or found.running or found.over),
        },
    )


def _with_states(listed: list[Listed]) -> list[tuple[Listed, tuple[str, object]]]:
    return [(each, STATUSES[Status(each.application.status)]) for each in listed]


@never_cache
@require_safe
def one(request: HttpRequest, number: str) -> HttpResponse:
    page = own.page(actor_of(request), number)
    program = page.item.program if page.item else None
    return render(
        request,
        "applications/own.html",
        {
            "page": page,
            "application": page.application,
            "item": page.item,
            "state": STATUSES[Status(page.application.status)],
            "timeline": [
                (event_label(event, program), event) for event in page.events if Verb(event.verb) not in INNER
            ],
            "answers": shown_answers(program, page.answers) if program else [],
            "papers": shown_papers(page.item, page.answers, page.papers) if page.item and program else [],
            "verbs": page.verbs,
            "marks": MARKS,
            "may_rate": program is not None
            and page.mark is None
            and page.application.status in (Status.FINISHED, Status.REFUSED),
            "days": program.reconsider_days if program else 0,
            "ground": next(
                (
                    words.text(each.text, language())
                    for each in (program.refusal_grounds if program else [])
                    if each.code == page.application.ground
                ),
                "",
            ),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Putting right what was asked for, all on one page. The key is the version that was seen: sent twice, once."""
    actor = actor_of(request)
    page = own.page(actor, number)
    if page.item is None or page.item.program is None:
        raise NotFound(number)
    if page.asked is None:
        return redirect("applications:own", number)
    program, about = page.item.program, page.asked.about
    asked = [each for each in forms.asked(program, page.answers) if each.code in about]
    form = fields.form_of(asked, page.answers, request.POST if request.method == "POST" else None)
    missing: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            version = page.application.version
            if request.POST.get("version") != str(version):
                return redirect("applications:own", number)
            actions.answer(actor, number, version, form.cleaned_data, key=f"answer-{number}-{version}")
            messages.success(request, _("Sent. The time limit runs again."))
            return redirect("applications:own", number)
        except Incomplete as told:
            missing = [fields.said(bad) for bad in told.answers] + told.papers
        except Conflict:
            return redirect("applications:own", number)
    return render(
        request,
        "applications/answer.html",
        {
            "form": form,
            "page": page,
            "application": page.application,
            "item": page.item,
            "missing": missing,
            "papers": [
                each
                for each in shown_papers(
                    page.item, page.answers, page.papers, page.application.uid or "", about
                )
                if each.asked
            ],
        },
        status=HTTPStatus.BAD_REQUEST if form.errors or missing else HTTPStatus.OK,
    )


@require_POST
def change(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Take back, ask again, rate."""
    actor, words_given = actor_of(request), request.POST.get("words", "")
    version, mark = request.POST.get("version", ""), request.POST.get("mark", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    if what == "withdraw":
        actions.withdraw(actor, number, seen)
        messages.success(request, _("Your application is taken back."))
    elif what == "again":
        actions.ask_again(actor, number, seen, words_given)
        messages.success(request, _("Somebody else will look at it again."))
    elif what == "rate":
        actions.rate(actor, number, int(mark) if mark in ("1", "2", "3", "4", "5") else 0, words_given)
        messages.success(request, _("Thank you. Bad marks are answered by a supervisor."))
    else:
        raise NotFound(what)
    return redirect("applications:own", number)
