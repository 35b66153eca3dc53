"""Whole files of residents, organisations, agents and accounts. Commands and the sample city use it.

Rows come as ``(line, values)``: the 1-based physical line they end on, and texts by column. A row that can't
be used is refused with its line, field and problem, and the others are kept: rows in = kept + refused. All
of a file is kept in one transaction, or nothing.
"""

from __future__ import annotations

from base64 import b32decode
from binascii import Error as NotBase32
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db import models

from zhoudao.core.access import SIGNED_IN_ROLES, STAFF_ROLES, Actor, Role
from zhoudao.core.audit.actions import Entry, act
from zhoudao.core.people.actions import accounts, organisations, residents
from zhoudao.core.people.models import Agency, Authenticator, Organisation, Resident, User
from zhoudao.core.people.rules import duties, names, numbers
from zhoudao.core.people.rules.bad_input import BadInput

Row = tuple[int, Mapping[str, str]]
Kept = TypeVar("Kept")

RESIDENT_COLUMNS = ("name", "document_kind", "document_number", "mobile", "home_district")
ORGANISATION_COLUMNS = ("credit_code", "name", "address", "district", "phone")
AGENT_COLUMNS = ("document_kind", "document_number", "credit_code", "valid_from", "valid_until")
STAFF_COLUMNS = (
    "username",
    "role",
    "districts",
    "staff_number",
    "display_name",
    "password",
    "totp_secret",
    "document_kind",
    "document_number",
)

BATCH = 500


@dataclass(frozen=True)
class Refusal:
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.line} {self.field}: {self.problem}"


@dataclass
class ImportReport:
    kept: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.kept + len(self.refused)

    def refuse(self, line: int, field: str, problem: str) -> None:
        self.refused.append(Refusal(line, field, problem))

    def finish(self, kept: int, entry: Entry) -> ImportReport:
        """Count what was kept, put the refusals in the order of the file, and tell the trail both numbers."""
        self.kept = kept
        self.refused.sort(key=lambda refusal: refusal.line)
        entry.note(kept=kept, refused=len(self.refused))
        return self


def import_residents(actor: Actor, rows: Iterable[Row]) -> ImportReport:
    """Register many people; columns RESIDENT_COLUMNS (``document_kind`` empty: a resident identity card)."""
    districts = residents.district_codes()
    with act(actor, duties.IMPORT, subject="people:residents") as entry:
        report, found = _read(rows, lambda values: residents.prepare(values, districts))
        known = _keys(Resident, "document_index", [resident.document_index for _, resident in found])
        kept = _first_of_each(found, "document_index", known, "document_number", report)
        Resident.objects.bulk_create(kept, batch_size=BATCH)
        return report.finish(len(kept), entry)


def import_organisations(actor: Actor, rows: Iterable[Row]) -> ImportReport:
    """Register many organisations; columns ORGANISATION_COLUMNS."""
    districts = residents.district_codes()
    with act(actor, duties.IMPORT, subject="people:organisations") as entry:
        report, found = _read(rows, lambda values: organisations.prepare(values, districts))
        known = _keys(Organisation, "credit_code", [organisation.credit_code for _, organisation in found])
        kept = _first_of_each(found, "credit_code", known, "credit_code", report)
        Organisation.objects.bulk_create(kept, batch_size=BATCH)
        return report.finish(len(kept), entry)


def import_agents(actor: Actor, rows: Iterable[Row]) -> ImportReport:
    """Say who acts for which organisations; columns AGENT_COLUMNS, days as 2026-11-24.

    Persons and organisations were registered before.
    """
    with act(actor, duties.IMPORT, subject="people:agents") as entry:
        report, found = _read(rows, _prepare_authority)
        people = _keys(Resident, "document_index", [authority.document_index for _, authority in found])
        firms = _keys(Organisation, "credit_code", [authority.credit_code for _, authority in found])
        standing = set(Agency.objects.filter(withdrawn_at=None).values_list("person_id", "organisation_id"))
        kept = []
        for line, authority in found:
            person = people.get(authority.document_index)
            firm = firms.get(authority.credit_code)
            if person is None:
                report.refuse(line, "document_number", "no person with this document is registered")
            elif firm is None:
                report.refuse(line, "credit_code", "no such organisation is registered")
            elif (person, firm) in standing:
                report.refuse(line, "credit_code", "this person acts for the organisation already")
            else:
                standing.add((person, firm))
                kept.append(
                    Agency(
                        person_id=person,
                        organisation_id=firm,
                        valid_from=authority.valid_from,
                        valid_until=authority.valid_until,
                    )
                )
        Agency.objects.bulk_create(kept, batch_size=BATCH)
        return report.finish(len(kept), entry)


def import_staff(actor: Actor, rows: Iterable[Row]) -> ImportReport:
    """Open accounts with their roles, passwords and second factors; columns STAFF_COLUMNS.

    ``districts``: codes with | between them, or *. ``totp_secret``: base32; empty: they enrol at first
    sign-in. ``document_number``: of a resident registered before, whose account this is. A password is
    hashed with Argon2, which is slow on purpose: this is for tens of accounts, not thousands.
    """
    districts = residents.district_codes()
    with act(actor, duties.IMPORT, subject="people:accounts") as entry:
        report, opened = _read(rows, lambda values: _open(values, districts))
        return report.finish(len(opened), entry)


def _read(
    rows: Iterable[Row], prepare: Callable[[dict[str, str]], Kept]
) -> tuple[ImportReport, list[tuple[int, Kept]]]:
    report, found = ImportReport(), []
    for line, values in rows:
        try:
            found.append((line, prepare({column: text or "" for column, text in values.items()})))
        except BadInput as problem:
            report.refuse(line, problem.field, str(problem))
    return report, found


def _keys(model: type[models.Model], attribute: str, values: list[str]) -> dict[str, int]:
    """The primary keys of those of ``values`` that are in the database."""
    keys: dict[str, int] = {}
    for start in range(0, len(values), BATCH):
        some = model._default_manager.filter(**{f"{attribute}__in": values[start : start + BATCH]})
        keys.update(some.values_list(attribute, "pk"))
    return keys


def _first_of_each(
    found: list[tuple[int, Kept]], attribute: str, known: Collection[str], column: str, report: ImportReport
) -> list[Kept]:
    kept: list[Kept] = []
    lines: dict[str, int] = {}
    for line, row in found:
        value = getattr(row, attribute)
        if value in known:
            report.refuse(line, column, "registered already")
        elif value in lines:
            report.refuse(line, column, f"the same as on line {lines[value]}")
        else:
            lines[value] = line
            kept.append(row)
    return kept


@dataclass(frozen=True)
class _Authority:
    document_index: str
    credit_code: str
    valid_from: date
    valid_until: date | None


def _prepare_authority(values: dict[str, str]) -> _Authority:
    credit_code = residents.parse("credit_code", numbers.parse_credit_code, values.get("credit_code", ""))
    valid_from = _day("valid_from", values.get("valid_from", ""))
    valid_until = _day("valid_until", values["valid_until"]) if values.get("valid_until") else None
    if valid_until is not None and valid_until < valid_from:
        raise BadInput("agency_dates", "an authority ends after it begins", "valid_until")
    return _Authority(residents.index_of_document(values), credit_code, valid_from, valid_until)


def _day(column: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("day", "not a day; expected one written as 2026-11-24", column) from None


def _open(values: Mapping[str, str], districts: Collection[str]) -> User:
    username = residents.parse("username", duties.parse_username, values.get("username", ""))
    if User.objects.filter(username=username).exists():
        raise BadInput("username_taken", "an account with this user name exists", "username")
    user = User(
        username=username,
        role=residents.parse("role", _role, values.get("role", "")),
        staff_number=numbers.fold(values.get("staff_number", "")),
        display_name=residents.parse("display_name", names.normalise_name, values.get("display_name", "")),
    )
    if user.role in STAFF_ROLES and not user.staff_number:
        raise BadInput("staff_number_missing", "staff accounts need a staff number", "staff_number")
    accounts.check_separate_duties(Role(user.role), user)
    chosen = [code for code in values.get("districts", "").split("|") if code]
    user.districts = residents.parse(
        "districts", lambda codes: duties.check_districts(codes, districts), chosen
    )
    accounts.set_password(user, values.get("password", ""), "password")
    secret = residents.parse("totp_secret", _secret, values.get("totp_secret", ""))
    resident = _resident_of(values)
    user.save()
    if secret:
        Authenticator.objects.create(user=user, name="app", secret=secret, confirmed=True)
    if resident is not None:
        resident.user = user
        resident.save(update_fields=["user"])
    return user


def _role(text: str) -> str:
    if text not in SIGNED_IN_ROLES:
        raise BadInput("role", f"no such role; expected one of {', '.join(sorted(SIGNED_IN_ROLES))}")
    return text


def _secret(text: str) -> str:
    secret = numbers.fold(text).rstrip("=")
    if not secret:
        return ""
    try:
        raw = b32decode(secret + "=" * (-len(secret) % 8))
    except (NotBase32, ValueError):
        raw = b""
    if len(raw) < 16:  # RFC 4226, section 4, requirement 6: at least 128 bits
        raise BadInput("totp_secret", "not base32 of at least 16 bytes")
    return secret


def _resident_of(values: Mapping[str, str]) -> Resident | None:
    if not values.get("document_number"):
        return None
    resident = Resident.objects.filter(document_index=residents.index_of_document(values)).first()
    if resident is None:
        raise BadInput("document_unknown", "no person with this document is registered", "document_number")
    if resident.user_id is not None:
        raise BadInput("document_taken", "the person with this document has an account", "document_number")
    return resident
