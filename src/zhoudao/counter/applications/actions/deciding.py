"""What officers do with an application: accept, ask, propose, decide, hand over.

Each takes the version the officer saw and raises Conflict when it is no longer that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.counter.applications import ports
from zhoudao.counter.applications.actions.stepping import Step, pauses_of, program_of, set_deadlines, step
from zhoudao.counter.applications.actions.telling import tell
from zhoudao.counter.applications.models import Application, Event
from zhoudao.counter.applications.ports import Grant, Template
from zhoudao.counter.applications.problems import Conflict, NotFound, Unusable
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import HANDLE, RECONSIDER, Verb, may_be_done_at_once
from zhoudao.counter.catalog.program import CertificateTemplate, StepKind

LONGEST_WORDS = 1000


def accept(actor: Actor, number: str, version: int) -> Application:
    """Accept it (受理), with the gaps its papers say will be closed. The law's limit runs from here."""
    with step(actor, HANDLE, number, Verb.ACCEPT, version) as taken:
        application = taken.application
        application.accepted_at = taken.now
        set_deadlines(application, taken.item, pauses_of(application))
        if taken.program.register_checks:
            enqueue_job(
                "applications.ask_registers",
                {"application": application.pk},
                key=f"applications.ask_registers:{application.pk}",
            )
        tell(application, taken.item, "accepted", due=application.due_at)
    return taken.application


def ask(actor: Actor, number: str, version: int, words: str, about: Sequence[str]) -> Application:
    """Ask for everything that is missing or wrong, at once (一次性告知). The clock stands until the answer.

    ``about``: codes of questions and materials. Raises Unusable without words, or about something that isn't asked.
    """
    said = reason_of(words, _("Say what is missing or wrong, so that it can be put right at once."))
    with step(actor, HANDLE, number, Verb.ASK, version) as taken:
        known = {question.code for question in taken.program.form}
        known |= {paper.material for paper in taken.program.papers}
        if not about or not known.issuperset(about):
            raise Unusable(
                _("Nothing was marked that has to be put right."), _("Mark at least one answer or paper.")
            )
        taken.application.paused_at = taken.now
        taken.words, taken.about = said, sorted(set(about))
        tell(taken.application, taken.item, "correction", words=said)
    return taken.application


def propose(
    actor: Actor, number: str, version: int, verb: Verb, ground: str = "", words: str = ""
) -> Application:
    """Propose an approval or a refusal, which a second person decides."""
    with step(actor, HANDLE, number, verb, version) as taken:
        if verb is Verb.PROPOSE_REFUSAL:
            _refuse_for(taken, ground, words)
        taken.application.proposal = verb.value
        taken.application.reviewed_by_id = actor.user_id
    return taken.application


def send_back(actor: Actor, number: str, version: int, words: str) -> Application:
    """The second person doesn't follow the first: it is reviewed again."""
    said = reason_of(words, _("Say why it goes back, so that the first officer knows what to look at."))
    with step(actor, HANDLE, number, Verb.RETURN, version) as taken:
        _refuse_same_person(taken)
        taken.words = said
        taken.application.proposal = taken.application.ground = ""
    return taken.application


def approve(actor: Actor, number: str, version: int) -> Application:
    """Approve it. What is issued is handed over by ``issue``, or at once when the item has no such step; a certificate
    that the item endorses is endorsed in the same transaction. Raises Conflict when that one is no longer in force.
    """
    with step(actor, HANDLE, number, Verb.APPROVE, version) as taken:
        _refuse_same_person(taken)
        taken.application.reviewed_by_id = actor.user_id
        taken.application.ground = ""
        if taken.program.endorses is not None:
            _endorse(taken, taken.program.endorses)
        tell(taken.application, taken.item, "approved")
    return taken.application


def refuse(actor: Actor, number: str, version: int, ground: str, words: str) -> Application:
    """Refuse it for one of the item's legal reasons, and say what can be done about it (Administrative Licensing Law,
    行政许可法, art. 38)."""
    with step(actor, HANDLE, number, Verb.REFUSE, version) as taken:
        _refuse_same_person(taken)
        _refuse_for(taken, ground, words)
        taken.application.reviewed_by_id = actor.user_id
        tell(taken.application, taken.item, "refused", words=taken.words, days=taken.program.reconsider_days)
    return taken.application


def issue(actor: Actor, number: str, version: int, serial: str = "") -> Application:
    """Hand over what was approved; its certificate is issued in the same transaction.

    ``serial``: of a physical card. Raises Unusable without it, NobodyIssues.
    """
    with step(actor, HANDLE, number, Verb.ISSUE, version) as taken:
        application = taken.application
        template = taken.program.certificate
        if template is not None:
            if template.physical and not serial.strip():
                raise Unusable(
                    _("A card has a serial number."), _("Type the number that is printed on the card.")
                )
            answers = latest_answers(application)
            grant = replace(
                _grant(application),
                facts={name: value for name, value in answers.items() if name in template.facts},
                serial=serial.strip(),
            )
            issued = ports.certificates().issue(actor, grant, _template(template))
            application.certificate = serial.strip() if template.physical else issued.number
        tell(application, taken.item, "issued", certificate=application.certificate)
    return taken.application


def at_once(actor: Actor, number: str, version: int, serial: str = "") -> Application:
    """Accept, approve and hand over while they wait (立等可取): one transaction, or nothing of it.

    Only of items that are decided on the spot, where the power is one's own or delegated. Raises Unusable, Conflict.
    """
    district = Application.objects.filter(number=number).values_list("district", flat=True).first()
    if district is None:
        raise NotFound(number)
    with act(actor, HANDLE, subject=f"application:{number}", district=district) as entry:
        _item, program = program_of(Application.objects.get(number=number))
        if not may_be_done_at_once(program):
            raise Unusable(
                _("This item isn't decided on the spot."), _("Accept it; it is decided within its promise.")
            )
        accept(actor, number, version)
        done = approve(actor, number, version + 1)
        if program.step(StepKind.ISSUE) is not None:
            done = issue(actor, number, version + 2, serial)
        entry.note(at_once=True)
    return done


def reconsidered(actor: Actor, number: str, version: int, verb: Verb, words: str) -> Application:
    """Decide again on a refusal: uphold or overturn it. Never by who decided first."""
    said = reason_of(words, _("Say why, to the person who asked."))
    with step(actor, RECONSIDER, number, verb, version) as taken:
        _refuse_same_person(taken)
        taken.words = said
        if verb is Verb.OVERTURN:
            taken.application.ground = ""
        tell(taken.application, taken.item, "reconsidered", words=said, overturned=verb is Verb.OVERTURN)
    return taken.application


def reason_of(words: str, todo: str) -> str:
    """What an officer says, without blanks around it. Raises Unusable when it is missing or too long."""
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise Unusable(_("The reason is missing or too long."), todo)
    return said


def _refuse_for(taken: Step, ground: str, words: str) -> None:
    grounds = {each.code for each in taken.program.refusal_grounds}
    if ground not in grounds:
        raise Unusable(_("A refusal needs one of the item's legal reasons."), _("Choose the reason."))
    taken.application.ground = ground
    taken.words = reason_of(words, _("Say what the reason means in this case."))


def _refuse_same_person(taken: Step) -> None:
    """A second look is another person's: whoever proposed or decided before may not decide now."""
    first = {Verb.PROPOSE_APPROVAL, Verb.PROPOSE_REFUSAL, Verb.APPROVE, Verb.REFUSE}
    before = Event.objects.filter(application=taken.application, verb__in=first, by_id=taken.actor.user_id)
    alone = taken.row.step is StepKind.REVIEW or taken.row.step is StepKind.ACCEPT
    if not alone and taken.actor.user_id is not None and before.exists():
        raise Conflict(
            _("You looked at this application before."),
            _("A second person has to decide: leave it to a colleague."),
        )


def _endorse(taken: Step, type: str) -> None:
    """Endorse the certificate the applicant holds. One that was issued on paper elsewhere is endorsed by hand."""
    try:
        endorsed = ports.certificates().endorse_held(taken.actor, _grant(taken.application), type)
    except ports.CannotEndorse:
        raise Conflict(
            _("The certificate that would be endorsed is no longer in force."),
            _("Look at the certificate first: put it in force again, or refuse with the legal reason."),
        ) from None
    taken.application.certificate = endorsed.number if endorsed is not None else ""


def _grant(application: Application) -> Grant:
    """For whom, and on which application."""
    return Grant(
        application=application.number,
        district=application.district,
        resident_id=application.resident_id,
        organisation_id=application.organisation_id,
    )


def _template(template: CertificateTemplate) -> Template:
    return Template(
        type=template.type,
        name=template.name,
        valid_months=template.valid_months,
        endorse_months=template.endorse_months,
        physical=template.physical,
        replaces=template.replaces,
        facts=template.facts,
    )
