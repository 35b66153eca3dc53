"""The officers' pages of one case: opening it, its steps, and entering an application at the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhoudao.core import city
from zhoudao.core.access import require
from zhoudao.core.look import words
from zhoudao.core.people.actions.residents import find_resident
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.rules.masks import mask_document, mask_name
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.labels import (
    AGREED,
    BUTTONS,
    EVENTS,
    FACTS,
    FIELDS,
    PURPOSES,
    REGISTERS,
    STAFF_STATUSES,
    VERDICTS,
)
from zhoudao.counter.applications.models import Application, RegisterAnswer
from zhoudao.counter.applications.problems import NotFound
from zhoudao.counter.applications.queries import cases
from zhoudao.counter.applications.rules import (
    ENTER,
    SEE_CASE,
    WRITTEN,
    Status,
    Verb,
    may_be_done_at_once,
    open_verbs,
)
from zhoudao.counter.applications.views.pages import (
    actor_of,
    district_name,
    event_label,
    language,
    shown_answers,
    shown_papers,
)
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms

PURPOSE = "applications.purposes"
"""In the session: why the officer opened each application, so that it is asked once."""
MOST_PURPOSES = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Asks first why it is opened; the answer goes into the trail with each look."""
    actor = actor_of(request)
    if request.method == "POST":
        purpose = (request.POST.get("purpose") or "").strip()[:200]
        if purpose:
            kept = {**request.session.get(PURPOSE, {}), number: purpose}
            request.session[PURPOSE] = dict(list(kept.items())[-MOST_PURPOSES:])
        return redirect("applications:case", number)
    purpose = request.session.get(PURPOSE, {}).get(number, "")
    if not purpose:
        district = Application.objects.filter(number=number).values_list("district", flat=True).first()
        require(actor, SEE_CASE, district or min(actor.districts, default=None))
        if district is None:
            raise NotFound(number)
        return render(request, "applications/purpose.html", {"number": number, "purposes": PURPOSES})
    found = cases.case(actor, number, purpose)
    application, program = found.application, found.item.program
    assert program is not None
    return render(
        request,
        "applications/case.html",
        {
            "case": found,
            "application": application,
            "item": found.item,
            "state": STAFF_STATUSES[Status(application.status)],
            "holder": mask_name(application.resident.name)
            if application.resident
            else str(application.organisation),
            "document": mask_document(application.resident.document_number) if application.resident else "",
            "answers": shown_answers(program, found.answers),
            "papers": shown_papers(found.item, found.answers, found.papers),
            "events": [(event_label(event, program), event) for event in found.events],
            "registers": [
                (REGISTERS[each.register], *VERDICTS[each.verdict], _hints(each, facts))
                for each, facts in found.registers
            ],
            "simple": [(verb, BUTTONS[verb]) for verb in found.verbs if verb in PLAIN],
            "verbs": {verb.value: BUTTONS[verb] for verb in found.verbs},
            "written": [
                (each, words.text(each.label, language()), found.answers.get(each.code, ""))
                for each in forms.asked(program, found.answers)
                if each.type in WRITTEN
            ],
            "agreed": AGREED.items(),
            "grounds": [(each.code, words.text(each.text, language())) for each in program.refusal_grounds],
            "at_once": Verb.ACCEPT in found.verbs
            and may_be_done_at_once(program)
            and Verb.APPROVE in open_verbs(program, Status.RECEIVED, actor.role),
            "physical": bool(program.certificate and program.certificate.physical),
            "purpose": purpose,
        },
    )


PLAIN = (Verb.ACCEPT, Verb.APPROVE, Verb.PROPOSE_APPROVAL)
"""Steps that need no words."""


@require_POST
def step(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take a step on the version that was seen."""
    actor, post = actor_of(request), request.POST
    said, ground = post.get("words", ""), post.get("ground", "")
    text = post.get("version", "")
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    steps: dict[str, Callable[[], object]] = {
        Verb.ACCEPT: lambda: actions.accept(actor, number, seen),
        Verb.ASK: lambda: actions.ask(actor, number, seen, said, post.getlist("about")),
        Verb.CORRECT: lambda: actions.correct(
            actor, number, seen, _typed(post), post.get("agreed", ""), said
        ),
        Verb.APPROVE: lambda: actions.approve(actor, number, seen),
        Verb.PROPOSE_APPROVAL: lambda: actions.propose(actor, number, seen, Verb.PROPOSE_APPROVAL),
        Verb.PROPOSE_REFUSAL: lambda: actions.propose(
            actor, number, seen, Verb.PROPOSE_REFUSAL, ground, said
        ),
        Verb.RETURN: lambda: actions.send_back(actor, number, seen, said),
        Verb.REFUSE: lambda: actions.refuse(actor, number, seen, ground, said),
        Verb.ISSUE: lambda: actions.issue(actor, number, seen, post.get("serial", "")),
        "at_once": lambda: actions.at_once(actor, number, seen, post.get("serial", "")),
        Verb.UPHOLD: lambda: actions.reconsidered(actor, number, seen, Verb.UPHOLD, said),
        Verb.OVERTURN: lambda: actions.reconsidered(actor, number, seen, Verb.OVERTURN, said),
        "mark": lambda: actions.answer_mark(actor, number, said),
    }
    if verb not in steps:
        raise NotFound(verb)
    steps[verb]()
    others = {"mark": _("Answered"), "at_once": _("Decided and handed over")}
    messages.success(request, _("Done: %(step)s") % {"step": others.get(verb) or EVENTS[Verb(verb)]})
    return redirect("applications:case", number)


ANSWER = "answer-"


def _typed(post: QueryDict) -> dict[str, str]:
    """Answers as the officer typed them anew, by the code of their question."""
    return {name.removeprefix(ANSWER): str(value) for name, value in post.items() if name.startswith(ANSWER)}


def _hints(answer: RegisterAnswer, facts: Mapping[str, str]) -> list[str]:
    """What a register's answer adds: what differs, what it knows besides, why there is none."""
    differs = [str(FIELDS.get(name, name)) for name in answer.differs]
    known = [f"{FACTS.get(name, name)} {_fact(name, value)}" for name, value in facts.items()]
    return [*differs, *known, *([_why(answer.why)] if answer.why else [])]


def _why(text: str) -> str:
    """Why there is no answer, as ``registers.asking`` keeps it; some end in the number that was answered."""
    words_only = text.rstrip("0123456789")
    return _(words_only.strip()) + (f" {text[len(words_only) :]}" if words_only != text else "")


def _fact(name: str, value: str) -> str:
    codes = {district.code for district in city.current().districts}
    return district_name(value) if name == "district" and value in codes else value


class EnterForm(django_forms.Form):
    """Whom it is for, and what."""

    document = django_forms.CharField(max_length=30, widget=django_forms.TextInput(attrs={"class": "medium"}))
    item = django_forms.ChoiceField()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """At the window: find the person, choose the item, and write the application with them."""
    actor = actor_of(request)
    require(actor, ENTER, min(actor.districts, default=None))
    form = EnterForm(request.POST or None)
    form.fields["document"].label = _("Number of the identity card")
    form.fields["document"].help_text = _("The look-up is written to the audit trail.")
    form.fields["item"].label = _("What is applied for")
    form.fields["item"].choices = [  # type: ignore[attr-defined]
        (item.code, words.text(item.name, language()))
        for item in catalog.definitions(actor)
        if item.program is not None and "window" in item.channels and "self" in item.program.for_whom
    ]
    if request.method == "POST" and form.is_valid():
        try:
            found = find_resident(
                actor, form.cleaned_data["document"], str(_("Entering an application at the window"))
            )
        except BadInput:
            form.add_error("document", _("This is no identity number: check its 18 characters."))
        else:
            if found is None:
                form.add_error(
                    "document", _("Nobody with this number is registered here yet: register them first.")
                )
            else:
                draft = actions.begin(actor, form.cleaned_data["item"], resident_id=found.pk)
                return redirect("applications:check", draft.uid)
    return render(
        request,
        "applications/enter.html",
        {"form": form},
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )
