"""A figure for each property of the people: ages, households, names, who acts for whom."""

from collections import Counter

import pytest

from zhoudao.core.access import STAFF_ROLES, Role
from zhoudao.core.clock import local
from zhoudao.core.people.rules.names import normalise_name
from zhoudao.sample.people import names, organisations, residents, staff
from zhoudao.sample.people.households import age_on


@pytest.fixture(scope="module")
def people(made):
    return residents.read(made)


@pytest.fixture(scope="module")
def age(made):
    today = local(made.city.as_of).date()
    return lambda person: age_on(person.birth_date, today)


def test_there_are_as_many_as_the_pack_says(made, people):
    assert len(people) == made.sample.residents
    kinds = Counter(person.kind for person in people)
    assert kinds["migrant"] == round(len(people) * 0.24)
    assert kinds["foreigner"] == round(len(people) * 0.01)
    assert [person.code for person in people] == [f"R{number:05d}" for number in range(1, len(people) + 1)]


def test_the_registered_are_old_as_on_islands(people, age):
    ages = [age(person) for person in people if person.kind == "resident"]
    assert 0 <= min(ages) <= max(ages) < 100
    assert 0.24 < sum(years >= 60 for years in ages) / len(ages) < 0.38
    assert 0.07 < sum(years < 15 for years in ages) / len(ages) < 0.17


def test_migrants_are_of_working_age_and_came_after_they_were_born(people, age):
    migrants = [person for person in people if person.kind == "migrant"]
    assert sum(18 <= age(person) <= 60 for person in migrants) / len(migrants) > 0.75
    assert all(person.arrived_on and person.arrived_on >= person.birth_date for person in migrants)


def test_households_have_an_adult_and_about_two_people(people, age):
    households = Counter(person.household for person in people)
    assert 1.8 < len(people) / len(households) < 2.6
    with_an_adult = {person.household for person in people if age(person) >= 18}
    assert with_an_adult == set(households)


def test_children_are_a_generation_younger_than_a_parent(people, age):
    by_household = {}
    for person in people:
        by_household.setdefault(person.household, []).append(person)
    with_children = 0
    for members in by_household.values():
        ages = sorted(map(age, members))
        if ages[0] < 16:
            with_children += 1
            assert ages[-1] - ages[0] >= 20
    assert with_children > 20


def test_small_children_have_no_telephone_and_nearly_all_adults_do(people, age):
    assert not any(person.mobile for person in people if age(person) < 12)
    adults = [person for person in people if 18 <= age(person) < 70]
    assert sum(bool(person.mobile) for person in adults) / len(adults) > 0.97


def test_everyone_lives_in_a_settlement_of_their_district(people, settlements):
    district_of = {settlement.code: settlement.district for settlement in settlements}
    assert all(district_of[person.settlement] == person.district for person in people)
    assert {person.district for person in people} == set(district_of.values())


def test_some_names_have_rare_characters_or_dots_or_are_long(people):
    rare = [p for p in people if any(character in names.RARE_CHARACTERS for character in p.name_zh)]
    assert len(rare) >= 6
    assert any(ord(character) > 0xFFFF for p in rare for character in p.name_zh)
    assert any(0x3400 <= ord(character) < 0x4E00 for p in rare for character in p.name_zh)
    assert sum(names.MIDDLE_DOT in p.name_zh for p in people if p.kind == "migrant") >= 6
    foreign = [p for p in people if p.kind == "foreigner"]
    assert all(p.name_latin and p.name_zh for p in foreign)
    assert all(not p.name_latin for p in people if p.kind != "foreigner")
    assert max(len(p.name_latin) for p in foreign) >= 25


@pytest.mark.parametrize("character", names.RARE_CHARACTERS)
def test_rare_characters_are_beyond_gbk(character):
    with pytest.raises(UnicodeEncodeError):
        character.encode("gbk")
    assert character.encode("gb18030")


def test_every_name_is_one_the_register_keeps_as_it_is(people):
    for person in people:
        assert normalise_name(person.name_zh) == person.name_zh
        if person.name_latin:
            assert normalise_name(person.name_latin) == person.name_latin


def test_names_repeat_as_names_do_but_not_much(people):
    times = Counter(person.name_zh for person in people)
    assert len(times) / len(people) > 0.9
    surnames = Counter(person.name_zh[0] for person in people if person.kind == "resident")
    assert 0.03 < surnames.most_common(1)[0][1] / sum(surnames.values()) < 0.12


def test_firms_are_headed_by_adults_and_founded_before_today(made, people, age):
    firms = organisations.read(made)
    assert len(firms) == made.sample.enterprises
    known = {person.code: person for person in people}
    today = local(made.city.as_of).date()
    for firm in firms:
        head = known[firm.legal_representative]
        assert age_on(head.birth_date, firm.established_on) >= 18
        assert firm.established_on <= today
    young = sum((today - firm.established_on).days < 365 for firm in firms) / len(firms)
    assert 0.05 < young < 0.3


def test_agents_are_adults_of_firms_that_exist(made, people):
    born = {person.code: person.birth_date for person in people}
    founded = {firm.code: firm.established_on for firm in organisations.read(made)}
    agents = organisations.read_agents(made)
    assert len({(agent.resident, agent.organisation) for agent in agents}) == len(agents) > 0
    for agent in agents:
        assert age_on(born[agent.resident], agent.valid_from) >= 18
        assert founded[agent.organisation] <= agent.valid_from
        assert agent.valid_until is None or agent.valid_until >= agent.valid_from


def test_every_staff_role_can_sign_in_and_so_can_people(made, people):
    accounts = staff.read(made)
    roles = Counter(account.role for account in accounts)
    assert set(roles) == STAFF_ROLES | {Role.RESIDENT, Role.AGENT}
    districts = {district.code for district in made.city.districts}
    for role in (Role.CLERK, Role.REVIEWER, Role.SUPERVISOR):
        assert {account.districts for account in accounts if account.role == role} == districts
    for account in accounts:
        is_staff = account.role in STAFF_ROLES
        assert bool(account.totp_secret) == bool(account.staff_number) == is_staff
        assert bool(account.resident) != is_staff
    known = {person.code: person for person in people}
    assert {known[a.resident].kind for a in accounts if a.role == Role.RESIDENT} == {
        "resident",
        "migrant",
        "foreigner",
    }
    assert len({account.username for account in accounts}) == len(accounts)
