"""Enrolling kiosks, taking what they say and hand in, locking them, and telling their keepers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role, require
from zhoudao.core.audit.actions import act
from zhoudao.core.keys.actions import blind_index
from zhoudao.core.look.refusals import Unusable
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.people.actions.residents import index_of_document
from zhoudao.core.people.models import Resident, User
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.counter.applications.actions import Handed, Receipt, Request, receipt_of, submit
from zhoudao.counter.applications.models import PaperState
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Channel
from zhoudao.counter.kiosks.models import Kiosk, SeenNonce
from zhoudao.counter.kiosks.problems import NotFound, NotTaken
from zhoudao.counter.kiosks.rules import (
    ENROL,
    ENROLS_WITHIN,
    LOOK_AFTER,
    NONCES_KEPT,
    REPORT,
    SILENT_AFTER,
    WATCH,
    BadRequest,
    Fault,
    Health,
    Refused,
    Signed,
    check,
    done_here,
    needs,
    new_code,
    news,
)
from zhoudao.counter.places.models import Point

KEY_BYTES = 32
LONGEST_CODE = 12


@dataclass(frozen=True)
class Filing:
    """What somebody asks for at a kiosk. ``key``: the kiosk's own, the same however often it sends this."""

    key: str
    item: str
    document_kind: str
    document_number: str
    """Of the card that was read."""
    answers: Mapping[str, str]
    papers: Sequence[str] = ()
    """Materials its reader and camera saw."""
    item_version: int = 0
    """Whose questions were answered; 0: the one that is offered now."""


# Keepers -----------------------------------------------------------------------------------


def prepare(actor: Actor, point_code: str, code: str) -> str:
    """A kiosk of a point, new or with its key forgotten; returns the code it enrols with, good for a day.

    Raises NotFound, Forbidden, Unusable.
    """
    point = Point.objects.filter(code=point_code, withdrawn=False).first()
    if point is None:
        raise NotFound(point_code)
    require(actor, LOOK_AFTER, point.district)
    if not code.isascii() or not code.isalnum() or len(code) > LONGEST_CODE:
        raise Unusable(_("This can't be a kiosk's code."), todo=_("Use up to 12 letters and digits."))
    secret = new_code()
    with act(actor, LOOK_AFTER, subject=f"kiosk:{code}", district=point.district) as entry:
        earlier = Kiosk.objects.select_related("point").filter(code=code).first()
        if earlier is not None:
            require(actor, LOOK_AFTER, earlier.point.district)
        Kiosk.objects.update_or_create(
            code=code,
            defaults={
                "point": point,
                "public_key": "",
                "enrolled_at": None,
                "enrol_index": _index(secret),
                "enrol_until": clock.machine_now() + ENROLS_WITHIN,
            },
        )
        entry.note(step="prepare", point=point.code)
    return secret


def lock(actor: Actor, code: str, reason: str) -> Kiosk:
    """Take a kiosk out of service from afar; its screen says the reason, if any. Raises NotFound, Forbidden."""
    return _locked(actor, code, True, reason.strip()[:200])


def unlock(actor: Actor, code: str) -> Kiosk:
    return _locked(actor, code, False, "")


def _locked(actor: Actor, code: str, locked: bool, reason: str) -> Kiosk:
    kiosk = _kiosk(code)
    with act(actor, LOOK_AFTER, subject=f"kiosk:{code}", district=kiosk.point.district) as entry:
        kiosk.locked_at, kiosk.lock_reason = (clock.now() if locked else None), reason
        kiosk.save(update_fields=["locked_at", "lock_reason"])
        entry.note(step="lock" if locked else "unlock")
    return kiosk


# Kiosks ------------------------------------------------------------------------------------


def enrol(actor: Actor, secret: str, public_key: str) -> Kiosk:
    """A kiosk with the keeper's code gives its key. The code is good once. Raises BadRequest."""
    try:
        key = bytes.fromhex(public_key)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadRequest("key")
    with act(actor, ENROL, subject="kiosk:enrol") as entry:
        found = (
            Kiosk.objects.select_for_update()
            .filter(enrol_index=_index(secret), enrol_until__gt=clock.machine_now())
            .first()
        )
        if found is None:
            raise BadRequest("code")
        found.public_key, found.enrol_index, found.enrolled_at = key.hex(), "", clock.now()
        found.save(update_fields=["public_key", "enrol_index", "enrolled_at"])
        entry.note(kiosk=found.code)
    return found


def recognise(code: str, signed: Signed, origin: str = "") -> tuple[Actor, Kiosk]:
    """Who sent a signed request, once. Raises BadRequest for anybody else, and for the same request again."""
    kiosk = Kiosk.objects.select_related("point").filter(code=code).exclude(public_key="").first()
    if kiosk is None:
        raise BadRequest("key")
    now = clock.machine_now()
    check(signed, bytes.fromhex(kiosk.public_key), now)
    try:
        with transaction.atomic():
            SeenNonce.objects.create(kiosk=kiosk, nonce=signed.nonce, at=now)
    except IntegrityError:
        raise BadRequest("replay") from None
    district = frozenset({kiosk.point.district})
    return Actor(f"device:{kiosk.pk}", Role.DEVICE, district, origin=origin), kiosk


def beat(actor: Actor, kiosk: Kiosk, health: Health) -> Kiosk:
    """A heartbeat. Its keepers are told of what is new, once. Raises Forbidden."""
    require(actor, REPORT)
    found = needs(health)
    with transaction.atomic():
        held = Kiosk.objects.select_for_update().select_related("point").get(pk=kiosk.pk)
        new = news(held.needs, found)
        held.needs, held.version = found, health.version
        held.paper, held.waiting = health.paper, health.waiting
        held.seen_at = clock.now()
        if new:
            _tell(held, new)
        held.save(update_fields=["needs", "version", "paper", "waiting", "seen_at", "alerts"])
    return held


def apply(actor: Actor, kiosk: Kiosk, filing: Filing) -> Receipt:
    """Hand in what somebody asked for: the same key is one application, however often it comes.

    What was taken is told again whatever changed since: only so does a kiosk whose answer was lost learn of it.
    Raises NotTaken, and what ``applications.actions.submit`` does.
    """
    require(actor, REPORT)
    uid = hashlib.sha256(f"{kiosk.code}\n{filing.key}".encode()).hexdigest()[:32]
    if (earlier := receipt_of(uid)) is not None:
        return earlier
    if kiosk.locked_at is not None:
        raise NotTaken(Refused.LOCKED)
    version = _version(kiosk, filing)
    request = Request(
        item=filing.item,
        item_version=version,
        answers=dict(filing.answers),
        uid=uid,
        channel=Channel.KIOSK,
        district=kiosk.point.district,
        resident_id=_holder(filing).pk,
        point=kiosk.point.code,
        papers={code: Handed(PaperState.SEEN) for code in filing.papers},
    )
    return submit(actor, request, key=filing.key)


def _version(kiosk: Kiosk, filing: Filing) -> int:
    """Of the item, that the kiosk asked by. Raises NotTaken for an item that isn't offered, or not here."""
    try:
        item, newest = catalog.current_version(SYSTEM, filing.item)
        if filing.item_version not in (0, newest):
            item = catalog.item_in_version(SYSTEM, filing.item, filing.item_version)
    except catalog.UnknownItem:
        raise NotTaken(Refused.ITEM) from None
    if not done_here(item, kiosk.point.services):
        raise NotTaken(Refused.ITEM)
    return filing.item_version or newest


def _holder(filing: Filing) -> Resident:
    """Whose card was read. Raises Unusable, NotTaken for a card of nobody in the register."""
    try:
        index = index_of_document(
            {"document_kind": filing.document_kind, "document_number": filing.document_number}
        )
    except BadInput:
        raise Unusable(_("This card can't be read."), todo=_("Try again, or go to a window.")) from None
    resident = Resident.objects.filter(document_index=index).first()
    if resident is None:
        raise NotTaken(Refused.RESIDENT)
    return resident


# The platform itself -----------------------------------------------------------------------


def watch(actor: Actor) -> list[str]:
    """Tell keepers of kiosks that fell silent, and forget old nonces; the codes of the silent. Raises Forbidden."""
    require(actor, WATCH)
    SeenNonce.objects.filter(at__lt=clock.machine_now() - NONCES_KEPT).delete()
    late = Kiosk.objects.filter(
        Q(seen_at__lt=clock.now() - SILENT_AFTER), enrolled_at__isnull=False, locked_at=None
    )
    silent = [each.pk for each in late if Fault.SILENT.value not in each.needs]
    if not silent:
        return []
    told = []
    with act(actor, WATCH, subject="kiosks") as entry:
        for held in Kiosk.objects.select_for_update().select_related("point").filter(pk__in=silent):
            held.needs = sorted({*held.needs, Fault.SILENT.value})
            _tell(held, [Fault.SILENT.value])
            held.save(update_fields=["needs", "alerts"])
            told.append(held.code)
        entry.note(silent=len(told))
    return sorted(told)


def _tell(kiosk: Kiosk, new: Sequence[str]) -> None:
    """A letter to each keeper of the district, in the caller's transaction."""
    kiosk.alerts += 1
    values = {
        "code": kiosk.code,
        "point_zh": kiosk.point.name_zh,
        "point_en": kiosk.point.name_en,
        "needs": list(new),
    }
    for keeper in User.objects.filter(role=Role.KIOSK_KEEPER.value, is_active=True):
        if keeper.as_actor().covers(kiosk.point.district):
            enqueue_notice(
                "letterbox",
                f"user:{keeper.pk}",
                "kiosks/needs",
                values,
                key=f"kiosks.needs:{kiosk.code}:{kiosk.alerts}:{keeper.pk}",
            )


def _kiosk(code: str) -> Kiosk:
    found = Kiosk.objects.select_related("point").filter(code=code).first()
    if found is None:
        raise NotFound(code)
    return found


def _index(secret: str) -> str:
    return blind_index("kiosks.enrol", secret.strip().upper())
