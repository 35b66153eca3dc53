"""Notices to the applicant: with the transaction that gives reason for them, once each."""

from __future__ import annotations

from zhoudao.core import city
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.counter.applications.models import Application
from zhoudao.counter.catalog.program import Notice
from zhoudao.counter.catalog.schema import Item


def tell(application: Application, item: Item, template: str, **values: object) -> None:
    """Tell the applicant by every way the item names and that reaches them; ``template`` as ``received``.

    A letter waits in the account that sent it; somebody without an account is told by text message alone.
    """
    program = item.program
    ways = program.notices if program else [Notice.LETTERBOX]
    said = {
        "number": application.number,
        "item_zh": item.name.zh,
        "item_en": item.name.en,
        "phone": city.current().help_phone,
        **values,
    }
    key = f"applications.{template}:{application.number}:{application.version}"
    resident = application.resident
    account = resident.user_id if resident is not None else application.submitted_by_id
    if Notice.LETTERBOX in ways and account is not None:
        enqueue_notice(
            "letterbox", f"user:{account}", f"applications/{template}", said, key=f"{key}:letterbox"
        )
    if (Notice.SMS in ways or account is None) and resident is not None and resident.mobile:
        enqueue_notice("sms", resident.mobile, f"applications/{template}", said, key=f"{key}:sms")
