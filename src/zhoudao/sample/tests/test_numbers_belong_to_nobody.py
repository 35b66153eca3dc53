"""Every number is well formed, and in a range nobody is given."""

import re

import pytest

from zhoudao.core.clock import local
from zhoudao.core.people.rules import numbers as rules
from zhoudao.sample import tables
from zhoudao.sample.people import names, organisations, residents, staff

UNASSIGNED_COUNTY = re.compile(r"[1-8][0-9]9999")


def test_identity_numbers_name_no_county_and_pass_the_check(made):
    today = local(made.city.as_of).date()
    people = [person for person in residents.read(made) if person.document_kind == "resident_id"]
    assert len({person.identity_number for person in people}) == len(people)
    for person in people:
        number = person.identity_number
        assert UNASSIGNED_COUNTY.fullmatch(number[:6]), number[:6]
        read = rules.parse_identity_number(number, today)
        assert (read.birth_date, read.sex) == (person.birth_date, person.sex)
        # ISO 7064 MOD 11-2 by its own recursion, not by the weights the rules use
        remainder = 0
        for digit in number[:17]:
            remainder = (remainder + int(digit)) * 2 % 11
        assert "0123456789X"[(12 - remainder) % 11] == number[17]


def test_the_city_and_its_neighbours_are_where_most_come_from(made):
    people = [person for person in residents.read(made) if person.document_kind == "resident_id"]
    own = made.city.sample_region_codes[0]
    locals_ = [person for person in people if person.kind == "resident"]
    migrants = [person for person in people if person.kind == "migrant"]
    assert 0.88 < sum(person.identity_number.startswith(own) for person in locals_) / len(locals_) < 0.98
    assert not any(person.identity_number.startswith(own) for person in migrants)
    near = sum(person.identity_number[:6] in made.city.sample_region_codes for person in migrants)
    assert 0.5 < near / len(migrants) < 0.8


def test_passports_are_of_the_specimen_state(made):
    foreigners = [person for person in residents.read(made) if person.kind == "foreigner"]
    assert foreigners
    for person in foreigners:
        assert re.fullmatch(r"UTO[0-9]{6}", person.identity_number)
        assert rules.parse_document_number(person.identity_number) == person.identity_number


def test_telephones_are_in_ranges_no_network_has(made):
    mobiles = [person.mobile for person in residents.read(made) if person.mobile]
    assert len(set(mobiles)) == len(mobiles)
    assert all(
        re.fullmatch(r"12[0-9]{9}", mobile) and rules.parse_mobile(mobile) == mobile for mobile in mobiles
    )
    phones = [firm.phone for firm in organisations.read(made)]
    assert len(set(phones)) == len(phones)
    for phone in phones:
        assert re.fullmatch(made.city.area_code + r"-12[0-9]{5}", phone)
        assert rules.parse_landline(phone) == phone


def test_credit_codes_pass_both_checks_and_name_no_registrar(made):
    codes = [firm.credit_code for firm in organisations.read(made)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert rules.parse_credit_code(code) == code
        assert code[:2] in ("91", "92", "93")
        assert UNASSIGNED_COUNTY.fullmatch(code[2:8])
        # GB 11714-1997: the organisation's own check character
        weights = (3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(weight * int(letter, 36) for weight, letter in zip(weights, code[8:16], strict=True))
        assert code[16] == "0123456789X"[-total % 11]


def test_no_file_holds_a_number_of_a_real_county_or_network(made):
    for path in made.folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for number in re.findall(r"(?<![0-9A-Z])[1-8][0-9]{16}[0-9X](?![0-9A-Z])", text):
            assert UNASSIGNED_COUNTY.fullmatch(number[:6]), (path.name, number[:6])
        assert re.findall(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", text) == [], path.name


def test_no_registry_could_hold_a_firm_of_these_names(made):
    firms = [firm.name_zh for firm in organisations.read(made)]
    assert len(set(firms)) == len(firms)
    for name in firms:
        assert sum(character in names.UNREGISTRABLE for character in name) == 1, name


@pytest.mark.parametrize("character", names.UNREGISTRABLE)
def test_variant_characters_are_not_simplified_ones(character):
    with pytest.raises(UnicodeEncodeError):
        character.encode("gb2312")


def test_secrets_are_long_enough_and_each_once(made):
    accounts = staff.read(made)
    assert len({account.password for account in accounts}) == len(accounts)
    assert all(len(account.password) >= 15 for account in accounts)
    secrets = [account.totp_secret for account in accounts if account.totp_secret]
    assert len(set(secrets)) == len(secrets)
    assert all(re.fullmatch(r"[A-Z2-7]{32}", secret) for secret in secrets)


def test_tables_have_the_columns_the_page_names(made):
    from pathlib import Path

    page = (Path(__file__).parents[4] / "docs" / "sample.md").read_text(encoding="utf-8")
    for name in ("residents", "organisations", "agents", "staff", "applications", "residence_permits"):
        columns = ", ".join(tables.read(made.folder / f"{name}.csv")[0])
        assert f"| `{name}.csv` | `{columns}` |" in page
