"""The screen as it stands now, and a touch on it. Nothing of a person is in an address or a cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import city, clock
from zhoudao.counter.catalog.forms import fields
from zhoudao.counter.catalog.program import FieldType
from zhoudao.counter.catalog.schema import Material
from zhoudao.counter.kiosks.machine.screen import visit as visits
from zhoudao.counter.kiosks.machine.screen import words
from zhoudao.counter.kiosks.machine.screen.desk import Desk
from zhoudao.counter.kiosks.machine.screen.visit import Step, Visit
from zhoudao.counter.kiosks.machine.service import Closed

KEYPADS = {
    FieldType.NUMBER: "1234567890",
    FieldType.PHONE: "123456789-0",
    FieldType.DATE: "1234567890",
    FieldType.IDENTITY_NUMBER: "123456789X0",
}
"""Keys of a question that takes no words."""
LETTERS = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm")
"""Rows of keys for words; the third and fourth get the others (`keyboard.html`)."""
REFERENCE_KEYS = "0123456789ABCDEF"

_desk: list[Desk] = []


def serve_at(desk: Desk) -> None:
    """The one desk of this process."""
    _desk[:] = [desk]


@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    desk = _desk[0]
    visit, closed = desk.look()
    with override(visit.language):
        prompt = words.prompt(visit, closed)
        desk.say(visit, closed, prompt)
        context = _context(desk, visit, closed) | {"prompt": prompt}
        answer = render(request, f"kiosks/screen/{context['page']}.html", context)
    return _forgotten(answer, fresh=visit.step is Step.HOME)


@require_POST
def touch(request: HttpRequest) -> HttpResponse:
    """What was pressed. The page that answers is always the screen, so that there is no way back in the browser."""
    desk, said = _desk[0], request.POST
    uid, value = said.get("visit", ""), said.get("value", "")
    today = clock.local(clock.now()).date()
    steps: dict[str, Callable[[Visit], Visit]] = {
        "area": lambda visit: visits.choose_area(visit, value),
        "item": lambda visit: visits.choose_item(visit, value, desk.service.offer),
        "start": visits.begin,
        "answer": lambda visit: visits.answer(visit, value, today),
        "back": visits.back,
        "look-up": visits.look_up,
        "find": lambda visit: _found(desk, visit, value),
        "language": lambda visit: replace(visit, language="en" if visit.language == "zh-hans" else "zh-hans"),
        "end": lambda visit: desk.begin_anew(),
    }
    verb = said.get("verb", "")
    if verb == "hand-in":
        desk.hand_in(uid)
    elif verb in steps:
        desk.touch(uid, steps[verb])
    return _forgotten(HttpResponseRedirect("/"))


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Whether there is another screen to show, and how long this one stays."""
    desk = _desk[0]
    visit, closed = desk.look()
    return _forgotten(JsonResponse({"serial": _serial(visit, closed), "left": round(desk.left(), 1)}))


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody types, or says that they are still there."""
    _desk[0].touch(request.POST.get("visit", ""), lambda visit: visit)
    return _forgotten(HttpResponse(status=204))


def _found(desk: Desk, visit: Visit, reference: str) -> Visit:
    if visit.step is not Step.LOOK_UP:
        return visit
    journal = desk.service.device.journal
    key = journal.find(reference.strip())
    if key is None:
        return replace(visit, lost_reference=True)
    return visits.told(visit, key, journal.outcome(key))


def _context(desk: Desk, visit: Visit, closed: Closed | None) -> dict[str, object]:
    """What a screen needs; a closed kiosk shows that, but who waits for an answer still gets it."""
    shut = closed is not None and visit.step not in (Step.SENDING, Step.ANSWER)
    device = desk.service.device
    context: dict[str, object] = {
        "page": "closed" if shut else visit.step.value,
        "visit": visit,
        "serial": _serial(visit, closed),
        "language": visit.language,
        "city": city.current(),
        "code": device.code,
        "left": round(desk.left()),
        "warning": round(desk.warning),
        "timed": visit.step is not Step.HOME or visit.language != Visit().language,
    }
    if shut:
        what, todo = words.CLOSED[closed]  # type: ignore[index]
        return context | {"what": what, "todo": todo, "reason": device.reason if closed is Closed.LOCKED else ""}
    return context | _of_step(desk, visit)


def _of_step(desk: Desk, visit: Visit) -> dict[str, object]:
    offered = visits.areas(desk.service.offer)
    match visit.step:
        case Step.HOME:
            return {"areas": [(area, *words.AREAS[area], len(items)) for area, items in offered.items()]}
        case Step.ITEMS:
            assert visit.area is not None
            return {"items": offered[visit.area], "area": words.AREAS[visit.area][0]}
        case Step.QUESTION:
            return _question(visit)
        case Step.PAPER:
            return {"paper": _material(visit, visit.wanted_papers[visit.place])}
        case Step.CHECK:
            asked = [(each, fields.shown(each, visit.answers.get(each.code, ""))) for each in visit.questions]
            papers = [_material(visit, code) for code in visit.body["papers"]]
            return {"answers": [pair for pair in asked if pair[1]], "papers": papers}
        case Step.ANSWER:
            refused = words.REFUSED.get(visit.outcome.refused) if visit.outcome else None
            return {"due": words.due(visit), "refused": refused}
        case Step.LOOK_UP:
            return {"keys": REFERENCE_KEYS}
    return {}


def _question(visit: Visit) -> dict[str, object]:
    question = visit.question
    assert question is not None
    return {
        "question": question,
        "choices": fields.choices(question, visit.language) if _is_choice(question.type) else [],
        "keys": KEYPADS.get(question.type, ""),
        "letters": LETTERS if question.type in (FieldType.TEXT, FieldType.LONG_TEXT) else (),
        "is_date": question.type is FieldType.DATE,
        "is_long": question.type is FieldType.LONG_TEXT,
        "said": visit.answers.get(question.code, ""),
        "wrong": fields.said(visit.problem) if visit.problem else "",
        "number": visit.place + 1,
        "of": len(visit.questions),
    }


def _is_choice(kind: FieldType) -> bool:
    return kind in (FieldType.CHOICE, FieldType.YES_NO)


def _material(visit: Visit, code: str) -> Material:
    assert visit.item is not None
    return next(each for each in visit.item.materials if each.code == code)


def _serial(visit: Visit, closed: Closed | None) -> str:
    return sha256(f"{visit.serial}|{closed or ''}".encode()).hexdigest()[:16]


def _forgotten(answer: HttpResponse, fresh: bool = False) -> HttpResponse:
    """No browser keeps any of it; between two people it throws away whatever it may have kept all the same."""
    answer["Cache-Control"] = "no-store"
    if fresh:
        answer["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
