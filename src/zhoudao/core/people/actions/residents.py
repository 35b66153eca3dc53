"""Registering residents and finding them again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.people import indexes
from zhoudao.core.people.models import DocumentKind, Resident
from zhoudao.core.people.rules import duties, names, numbers
from zhoudao.core.people.rules.bad_input import BadInput

Given = TypeVar("Given")
Parsed = TypeVar("Parsed")


def register_resident(
    actor: Actor,
    *,
    name: str,
    document_kind: str,
    document_number: str,
    mobile: str = "",
    home_district: str = "",
) -> Resident:
    """Register a person by their document. ``home_district``: a district's code, or empty for outside the
    city.

    Raises BadInput naming the field; its reason is ``document_known`` when the document is registered
    already.
    """
    resident = prepare(
        {
            "name": name,
            "document_kind": document_kind,
            "document_number": document_number,
            "mobile": mobile,
            "home_district": home_district,
        },
        district_codes(),
    )
    with act(
        actor,
        duties.REGISTER_RESIDENT,
        subject="resident:new",
        district=duties.serving_district(actor, resident.home_district),
    ) as entry:
        if Resident.objects.filter(document_index=resident.document_index).exists():
            raise BadInput("document_known", "this document is registered already", "document_number")
        resident.save()
        entry.note(registered=f"resident:{resident.pk}", document_kind=resident.document_kind)
    return resident


def find_resident(
    actor: Actor, document_number: str, purpose: str, document_kind: str = DocumentKind.RESIDENT_ID
) -> Resident | None:
    """The resident with this document, or None. Written to the trail with ``purpose``, found or not.

    Staff find people of their own districts, and people from outside the city. Raises BadInput, Forbidden.
    """
    if not purpose.strip():
        raise BadInput("purpose_missing", "looking somebody up needs a purpose", "purpose")
    number = parse_document(document_kind, document_number)
    resident = Resident.objects.filter(document_index=indexes.of_document(document_kind, number)).first()
    with act(
        actor,
        duties.FIND_RESIDENT,
        subject=f"resident:{resident.pk}" if resident else "",
        district=duties.serving_district(actor, resident.home_district if resident else ""),
        purpose=purpose,
    ) as entry:
        entry.note(document_kind=str(document_kind), found=resident is not None)
    return resident


def prepare(values: Mapping[str, str], districts: Collection[str]) -> Resident:
    """An unsaved resident from raw texts, normalised and indexed. Raises BadInput naming the field."""
    kind, number = document_of(values)
    name = parse("name", names.normalise_name, values.get("name", ""))
    mobile = parse("mobile", numbers.parse_mobile, values["mobile"]) if values.get("mobile") else ""
    home_district = values.get("home_district", "")
    check_district("home_district", home_district, districts)
    return Resident(
        name=name,
        name_index=indexes.of_name(name),
        document_kind=kind,
        document_number=number,
        document_index=indexes.of_document(kind, number),
        mobile=mobile,
        mobile_index=indexes.of_mobile(mobile),
        home_district=home_district,
    )


def document_of(values: Mapping[str, str]) -> tuple[str, str]:
    """Kind and number, in their stored form, of a row's document. Raises BadInput naming the field."""
    kind = values.get("document_kind") or DocumentKind.RESIDENT_ID.value
    if kind not in DocumentKind.values:
        known = ", ".join(DocumentKind.values)
        raise BadInput("document_kind", f"no such kind of document; expected one of {known}", "document_kind")
    text = values.get("document_number", "")
    return kind, parse("document_number", lambda number: parse_document(kind, number), text)


def index_of_document(values: Mapping[str, str]) -> str:
    """The blind index of a row's document. Raises BadInput naming the field."""
    return indexes.of_document(*document_of(values))


def parse_document(kind: str, text: str) -> str:
    """A document number in its stored form. Raises BadNumber."""
    if kind == DocumentKind.RESIDENT_ID:
        return numbers.parse_identity_number(text, clock.local(clock.now()).date()).number
    if kind == DocumentKind.PERMANENT_RESIDENCE:
        return numbers.parse_permanent_residence_number(text)
    return numbers.parse_document_number(text)


def parse(field: str, parser: Callable[[Given], Parsed], given: Given) -> Parsed:
    """``parser(given)``; a problem is that of ``field``."""
    try:
        return parser(given)
    except BadInput as problem:
        raise problem.of(field) from None


def check_district(field: str, code: str, districts: Collection[str]) -> None:
    if code and code not in districts:
        known = ", ".join(sorted(districts))
        raise BadInput("district", f"no such district; expected one of {known}, or nothing", field)


def district_codes() -> list[str]:
    return [district.code for district in city.current().districts]
