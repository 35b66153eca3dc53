"""Organisations, and who may act for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.people.actions.residents import check_district, district_codes, parse
from zhoudao.core.people.models import Agency, Organisation, Resident
from zhoudao.core.people.rules import duties, numbers
from zhoudao.core.people.rules.bad_input import BadInput


def register_organisation(
    actor: Actor, *, credit_code: str, name: str, address: str = "", district: str = "", phone: str = ""
) -> Organisation:
    """Register an organisation by its unified social credit code. Raises BadInput naming the field."""
    organisation = prepare(
        {"credit_code": credit_code, "name": name, "address": address, "district": district, "phone": phone},
        district_codes(),
    )
    with act(
        actor,
        duties.REGISTER_ORGANISATION,
        subject=f"organisation:{organisation.credit_code}",
        district=duties.serving_district(actor, organisation.district),
    ):
        if Organisation.objects.filter(credit_code=organisation.credit_code).exists():
            raise BadInput("credit_code_known", "this organisation is registered already", "credit_code")
        organisation.save()
    return organisation


def appoint_agent(
    actor: Actor,
    person: Resident,
    organisation: Organisation,
    valid_from: date,
    valid_until: date | None = None,
) -> Agency:
    """Let ``person`` act for ``organisation`` from one day to another, both included. Raises BadInput."""
    with act(
        actor,
        duties.REGISTER_ORGANISATION,
        subject=f"organisation:{organisation.credit_code}",
        district=duties.serving_district(actor, organisation.district),
    ) as entry:
        if valid_until is not None and valid_until < valid_from:
            raise BadInput("agency_dates", "an authority ends after it begins", "valid_until")
        if Agency.objects.filter(person=person, organisation=organisation, withdrawn_at=None).exists():
            raise BadInput("agency_known", "this agent acts for the organisation already", "credit_code")
        entry.note(
            agent=f"resident:{person.pk}", valid_from=str(valid_from), valid_until=str(valid_until or "")
        )
        return Agency.objects.create(
            person=person, organisation=organisation, valid_from=valid_from, valid_until=valid_until
        )


def withdraw_agency(actor: Actor, agency: Agency) -> None:
    """End an agent's authority now. Ending it twice changes nothing."""
    organisation = agency.organisation
    with act(
        actor,
        duties.REGISTER_ORGANISATION,
        subject=f"organisation:{organisation.credit_code}",
        district=duties.serving_district(actor, organisation.district),
    ) as entry:
        entry.note(agent=f"resident:{agency.person_id}", withdrawn=True)
        Agency.objects.filter(pk=agency.pk, withdrawn_at=None).update(withdrawn_at=clock.now())


def prepare(values: dict[str, str], districts: Collection[str]) -> Organisation:
    """An unsaved organisation from raw texts. Raises BadInput naming the field."""
    credit_code = parse("credit_code", numbers.parse_credit_code, values.get("credit_code", ""))
    name, address = values.get("name", "").strip(), values.get("address", "").strip()
    if not 0 < len(name) <= 200:
        raise BadInput("organisation_name", "an organisation's name has 1 to 200 characters", "name")
    if len(address) > 300:
        raise BadInput("organisation_address", "an address has at most 300 characters", "address")
    check_district("district", values.get("district", ""), districts)
    phone = parse("phone", numbers.parse_phone, values["phone"]) if values.get("phone") else ""
    return Organisation(
        credit_code=credit_code, name=name, address=address, district=values.get("district", ""), phone=phone
    )
