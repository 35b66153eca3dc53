"""Writing an application, one question a page: begin, answer, hand in papers, look over, submit."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Role
from zhoudao.core.files.rules import BadFile
from zhoudao.core.look import words
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.actions import drafting
from zhoudao.counter.applications.models import Application, Draft, Paper, PaperState
from zhoudao.counter.applications.problems import Incomplete, NotFound, Unusable
from zhoudao.counter.applications.queries import own
from zhoudao.counter.applications.views.pages import (
    actor_of,
    language,
    material_of,
    neighbours,
    pages_of,
    shown_answers,
    shown_papers,
)
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.forms import fields
from zhoudao.counter.catalog.program import Program
from zhoudao.counter.catalog.schema import Item


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What it takes, before the first question; POST begins, or takes up what was begun."""
    actor = actor_of(request)
    item, _version = catalog.current_version(actor, code)
    if request.method == "POST":
        draft = actions.begin(actor, code)
        pages = pages_of(draft.uid, _program(draft)[1], drafting.answers_of(draft))
        return redirect(pages[0].url if pages else reverse("applications:check", args=[draft.uid]))
    if item.program is None:
        return redirect("catalog:item", code)
    online = "online" in item.channels
    return render(
        request, "applications/start.html", {"item": item, "program": item.program, "online": online}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, uid: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    draft = drafting.find(actor, uid)
    item, program = _program(draft)
    answers = drafting.answers_of(draft)
    asked = {each.code: each for each in forms.asked(program, answers)}
    if code not in asked:
        raise NotFound(code)
    form = fields.form_of([asked[code]], answers, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        answers = drafting.save_answers(actor, uid, {code: request.POST.get(code, "")})
        if form.is_valid():
            if "back_to_check" in request.POST:
                return redirect("applications:check", uid)
            return redirect(neighbours(draft, program, answers, code)["after"])
    return render(
        request,
        "applications/question.html",
        {
            "form": form,
            "draft": draft,
            "item": item,
            "label": words.text(asked[code].label, language()),
            "back_to_check": "check" in request.GET or "back_to_check" in request.POST,
            **neighbours(draft, program, answers, code),
        },
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Keep what is being typed. Answers with when it was kept."""
    draft = drafting.find(actor_of(request), uid)
    known = {each.code for each in _program(draft)[1].form}
    drafting.save_answers(
        actor_of(request), uid, {name: str(value) for name, value in request.POST.items() if name in known}
    )
    return HttpResponse(
        _("Kept at %(time)s") % {"time": words.time_of_day(clock.now())}, content_type="text/plain"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, uid: str, material: str) -> HttpResponse:
    """One material: a file, or what stands in for it. Of a draft, or of an application that waits for its applicant."""
    actor = actor_of(request)
    draft, item, answers, waits = _under(request, uid)
    assert item.program is not None
    rule = next((each for each in forms.papers(item.program, answers) if each.material == material), None)
    if rule is None:
        raise NotFound(material)
    after = (
        neighbours(draft, item.program, answers, material)
        if draft
        else {"after": waits, "before": waits, "place": 0, "total": 0}
    )
    problem = ""
    if request.method == "POST":
        try:
            handed = request.FILES.get("file")
            if isinstance(handed, UploadedFile):
                actions.hand_in(actor, uid, material, handed)
            elif request.POST.get("instead") in list(PaperState):
                reference = request.POST.get("reference", "")
                actions.stand_in(actor, uid, material, PaperState(request.POST["instead"]), reference)
            elif rule.required and not Paper.objects.filter(uid=uid, material=material).exists():
                problem = _("Choose a file, or one of the other ways.")
            if not problem:
                return redirect(
                    reverse("applications:check", args=[uid])
                    if draft and "back_to_check" in request.POST
                    else str(after["after"])
                )
        except (BadFile, Unusable) as bad:
            problem = getattr(bad, "what", "") or str(bad)
    return render(
        request,
        "applications/paper.html",
        {
            "draft": draft,
            "item": item,
            "rule": rule,
            "material": material_of(item, material),
            "accept": ",".join(
                {"jpeg": ".jpg,.jpeg", "png": ".png", "pdf": ".pdf"}[kind] for kind in rule.kinds
            ),
            "given": Paper.objects.select_related("file").filter(uid=uid, material=material).first(),
            "at_window": bool(draft and draft.channel == "window"),
            "problem": problem,
            "back_to_check": "check" in request.GET or "back_to_check" in request.POST,
            **after,
        },
        status=HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything once more, what is still missing, and the button that sends it: as often as it is pressed, once."""
    actor = actor_of(request)
    draft = Draft.objects.filter(uid=uid, owner_id=actor.user_id).first() if actor.user_id else None
    if request.method == "POST":
        try:
            receipt = actions.submit_draft(actor, uid)
        except Incomplete:
            return redirect("applications:check", uid)
        return redirect("applications:receipt", receipt.number)
    if draft is None:
        sent = (
            Application.objects.filter(uid=uid, submitted_by_id=actor.user_id).first()
            if actor.user_id
            else None
        )
        if sent is None:
            raise NotFound(uid)
        return redirect("applications:receipt", sent.number)
    item, program = _program(draft)
    answers = drafting.answers_of(draft)
    good, bad = forms.check_all(program, answers, clock.local(clock.now()).date())
    problems = {each.question: fields.said(each) for each in bad}
    papers = shown_papers(item, good, list(Paper.objects.select_related("file").filter(uid=uid)), uid)
    shown = shown_answers(program, answers, uid)
    return render(
        request,
        "applications/check.html",
        {
            "draft": draft,
            "item": item,
            "answers": [(each, problems.get(each.code, "")) for each in shown],
            "papers": papers,
            "complete": not bad and not any(each.missing for each in papers),
            "before": pages_of(uid, program, answers)[-1].url if pages_of(uid, program, answers) else "",
        },
    )


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    actions.drop(actor_of(request), uid)
    messages.info(request, _("The draft and its papers are deleted."))
    at_window = actor_of(request).role is Role.CLERK
    return redirect("applications:enter" if at_window else "applications:mine")


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    application, item = own.receipt(actor_of(request), number)
    return render(request, "applications/receipt.html", {"application": application, "item": item})


def _program(draft: Draft) -> tuple[Item, Program]:
    item = catalog.item_in_version(SYSTEM, draft.item, draft.item_version)
    return item, drafting.program_of_draft(draft)


def _under(request: HttpRequest, uid: str) -> tuple[Draft | None, Item, dict[str, Any], str]:
    """The draft of a uid; or of an application: its item, answers, and the page to go back to."""
    actor = actor_of(request)
    draft = Draft.objects.filter(uid=uid, owner_id=actor.user_id).first() if actor.user_id else None
    if draft is not None:
        return draft, _program(draft)[0], dict(drafting.answers_of(draft)), ""
    number = Application.objects.filter(uid=uid).values_list("number", flat=True).first()
    if number is None or actor.role not in (Role.RESIDENT, Role.AGENT):
        raise NotFound(uid)
    page = own.page(actor, number)
    if page.item is None:
        raise NotFound(uid)
    waits = reverse("applications:answer" if page.asked else "applications:own", args=[number])
    return None, page.item, page.answers, waits
