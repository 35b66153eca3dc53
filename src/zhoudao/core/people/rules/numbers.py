"""Numbers people and firms carry: identity numbers, credit codes, telephone numbers. Pure.

Every parser folds full-width digits and drops spaces first, returns the number in its one stored form, and
raises ``BadNumber``, which says what is wrong and never repeats the number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhoudao.core.people.rules.bad_input import BadInput


class BadNumber(BadInput):
    """A number that can't be right."""


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


def fold(text: str) -> str:
    """``text`` as a machine writes numbers: half-width, upper case, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


# Resident identity numbers (公民身份号码) ------------------------------------------------------------

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
"""First two digits of the division codes of GB/T 2260-2007; 81 to 83 are also those of the residence permits
for Hong Kong, Macao and Taiwan residents (2018).
"""

_IDENTITY_WEIGHTS = tuple(2 ** (17 - position) % 11 for position in range(17))
_IDENTITY_CHECKS = "10X98765432"

EARLIEST_BIRTH = date(1800, 1, 1)


@dataclass(frozen=True)
class IdentityNumber:
    """A resident identity number and what it says."""

    number: str = field(repr=False)
    """Eighteen characters."""
    region_code: str
    """Six digits: the county that gave the number, by GB/T 2260."""
    birth_date: date = field(repr=False)
    sex: Sex


def identity_check_character(first_seventeen: str) -> str:
    """The eighteenth character by ISO 7064 MOD 11-2 (GB 11643-1999, 4.2): a digit or X."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def parse_identity_number(text: str, today: date | None = None) -> IdentityNumber:
    """What a resident identity number says (GB 11643-1999). Fifteen-digit ones are turned into eighteen.

    Checks the province, the date of birth (not after ``today``, when given) and the check character. The
    county within the province isn't checked: codes come and go, and numbers outlive them. Raises BadNumber.
    """
    number = fold(text)
    if re.fullmatch(r"[0-9]{15}", number):
        number = _lengthen(number)
    elif re.fullmatch(r"[0-9]{17}[0-9X]", number):
        if number[17] != identity_check_character(number[:17]):
            raise BadNumber(
                "identity_check", "the last character doesn't fit the others: a digit is mistyped"
            )
    elif len(number) != 18:
        raise BadNumber("identity_length", f"an identity number has 18 characters; this has {len(number)}")
    else:
        raise BadNumber("identity_characters", "an identity number is 17 digits and then a digit or X")
    if number[:2] not in PROVINCES:
        raise BadNumber("identity_region", "the first two digits are no province's")
    return IdentityNumber(number, number[:6], _birth_date(number[6:14], today), _sex(number[16]))


def _lengthen(fifteen: str) -> str:
    """Eighteen digits from the fifteen given before 1999.

    The year had two digits, of the 1900s; serials 996 to 999 were kept for people then over a hundred (GB
    11643-1989).
    """
    century = "18" if fifteen[12:15] in ("996", "997", "998", "999") else "19"
    first_seventeen = fifteen[:6] + century + fifteen[6:]
    return first_seventeen + identity_check_character(first_seventeen)


def _birth_date(digits: str, today: date | None) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise BadNumber("identity_date", "digits 7 to 14 are no date of birth") from None
    if birth < EARLIEST_BIRTH or (today is not None and birth > today):
        raise BadNumber("identity_date", "digits 7 to 14 are a date of birth nobody can have")
    return birth


def _sex(digit: str) -> Sex:
    return Sex.MALE if int(digit) % 2 else Sex.FEMALE


# Other documents ------------------------------------------------------------


def parse_permanent_residence_number(text: str) -> str:
    """A foreign permanent resident's number: 18 digits from 9 on cards since 2023, letters and digits on
    older ones.

    The new ones carry the check character of resident identity numbers (GB 11643). Raises BadNumber.
    """
    number = fold(text)
    if re.fullmatch(r"9[0-9]{16}[0-9X]", number) and number[17] != identity_check_character(number[:17]):
        raise BadNumber("identity_check", "the last character doesn't fit the others: a digit is mistyped")
    return parse_document_number(number)


def parse_document_number(text: str) -> str:
    """A passport's or permit's number: 5 to 24 Latin letters and digits (ICAO Doc 9303 allows them only)."""
    number = re.sub(r"[-/.]", "", fold(text))
    if not re.fullmatch(r"[A-Z0-9]{5,24}", number):
        raise BadNumber("document", "a document number has 5 to 24 letters and digits")
    return number


# Unified social credit codes (统一社会信用代码) ------------------------------------------------------------

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capital letters without I, O, S, V, Z (GB 32100-2015, table 1): a character's place is its
value.
"""
_CREDIT_WEIGHTS = tuple(3**position % 31 for position in range(17))


def credit_code_check_character(first_seventeen: str) -> str:
    """The eighteenth character by MOD 31 (GB 32100-2015, annex A)."""
    total = sum(
        CREDIT_ALPHABET.index(character) * weight
        for character, weight in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def parse_credit_code(text: str) -> str:
    """A unified social credit code (GB 32100-2015) in its stored form: 18 characters. Raises BadNumber."""
    code = fold(text)
    if len(code) != 18:
        raise BadNumber(
            "credit_length", f"a unified social credit code has 18 characters; this has {len(code)}"
        )
    if any(character not in CREDIT_ALPHABET for character in code):
        raise BadNumber(
            "credit_characters", "a unified social credit code has digits and capitals, without I O S V Z"
        )
    if not code[2:8].isdecimal():
        raise BadNumber("credit_region", "characters 3 to 8 of a unified social credit code are digits")
    if code[17] != credit_code_check_character(code[:17]):
        raise BadNumber("credit_check", "the last character doesn't fit the others: a character is mistyped")
    return code


# Telephone numbers ------------------------------------------------------------


def parse_mobile(text: str) -> str:
    """A mobile number: eleven digits from 1 (工信部 numbering), or + and 7 to 15 digits of another country
    (E.164).
    """
    number = _dialled(text)
    number = re.sub(r"^(\+86|0086)(?=1[0-9]{10}$)", "", number)
    if re.fullmatch(r"1[0-9]{10}", number):
        return number
    if re.fullmatch(r"\+(?!86)[1-9][0-9]{6,14}", number):
        return number
    raise BadNumber(
        "mobile", "a mobile number has 11 digits and starts with 1, or starts with + and a country code"
    )


def parse_landline(text: str) -> str:
    """A landline as ``0580-1234567`` or ``0580-1234567-801``: area code, number, extension. Raises
    BadNumber.
    """
    number = re.sub(r"(转|EXT\.?|X)", "-", unicodedata.normalize("NFKC", text).upper())
    number = re.sub(r"^(\+86|0086)[\s-]*0?", "0", number.strip())
    shape = (
        r"\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?[\s-]*([1-9][0-9]{2,3})[\s-]?([0-9]{4})(?:[\s-]+([0-9]{1,6}))?"
    )
    match = re.fullmatch(shape, number)
    if not match:
        raise BadNumber("landline", "a landline has an area code and 7 or 8 digits, such as 0580-2260110")
    area, head, tail, extension = match.groups()
    return f"{area}-{head}{tail}" + (f"-{extension}" if extension else "")


def parse_phone(text: str) -> str:
    """A mobile number or a landline, whichever it is. Raises BadNumber."""
    try:
        return parse_mobile(text)
    except BadNumber:
        try:
            return parse_landline(text)
        except BadNumber:
            raise BadNumber(
                "phone", "neither a mobile number (11 digits) nor a landline with its area code"
            ) from None


def _dialled(text: str) -> str:
    return re.sub(r"[-()]", "", fold(text))
