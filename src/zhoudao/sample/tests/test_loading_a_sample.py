"""A sample goes into the database through the rooms, whole, once; and people can sign in."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from zhoudao.core import city, clock
from zhoudao.core.people.models import Agency, Authenticator, Organisation, Resident, User
from zhoudao.core.workdays.models import Version
from zhoudao.counter.applications.actions.stepping import program_of
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.catalog.forms.answers import check_all
from zhoudao.counter.catalog.models import PublishedItem
from zhoudao.counter.catalog.program import StepKind
from zhoudao.counter.places.models import Guide, PhoneEntry, Point
from zhoudao.counter.windows.models import LearnedWaits, Sitting, Ticket, Window
from zhoudao.sample import load, manifest, sign_ins, tables
from zhoudao.sample.commands import sample
from zhoudao.sample.hub.load import OWN, STATES
from zhoudao.sample.manifest import BadSample

MODELS = (
    Agency, Application, Authenticator, Guide, Organisation, PhoneEntry, Point, PublishedItem, Resident, Sitting,
    Ticket, User, Version, Window,
)  # fmt: skip


def silent(_: str) -> None:
    pass


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


class QuickArgon2(Argon2PasswordHasher):
    """The same hash for less memory: accounts are loaded many times here."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.SAMPLE_DIR = tmp_path / "sample"
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickArgon2"]


@pytest.fixture
def loaded(made, db):
    said: list[str] = []
    load.load(made.folder, said.append)
    return said


def rows_of(made, name: str) -> int:
    return len(tables.read(made.folder / name))


def running() -> int:
    """Those that live in the hub, with their answers, beside those that were kept elsewhere."""
    return Application.objects.filter(item_version__gt=0).count()


def test_applications_run_in_every_state_and_what_one_says_is_complete(loaded):
    live = Application.objects.filter(item_version__gt=0)
    # A city none of whose items asks for a second pair of eyes has no application that waits for one.
    second = any(program_of(one)[1].step(StepKind.SECOND) for one in live)
    assert set(live.values_list("status", flat=True)) == set(STATES) - (set() if second else {"second_look"})
    for application in live:
        item, program = program_of(application)
        _good, bad = check_all(program, latest_answers(application), city.current().as_of.date())
        assert bad == [], item.code
    owner = Resident.objects.filter(user__role="resident").order_by("pk").first()
    assert live.filter(resident=owner).count() == len(OWN)


def test_everything_is_in_the_database(made, loaded):
    assert counts() == {
        "Agency": rows_of(made, "agents.csv"),
        "Application": rows_of(made, "applications.csv") + running(),
        "Authenticator": sum(bool(row["totp_secret"]) for row in tables.read(made.folder / "staff.csv")),
        "Guide": rows_of(made, "guides.csv"),
        "Organisation": rows_of(made, "organisations.csv"),
        "PhoneEntry": rows_of(made, "phones.csv"),
        "Point": rows_of(made, "points.csv"),
        "PublishedItem": len(list((made.city.folder / "items").rglob("*.yaml"))),
        "Resident": rows_of(made, "residents.csv"),
        "Sitting": rows_of(made, "queue_sittings.csv"),
        "Ticket": rows_of(made, "queue_visits.csv"),
        "User": rows_of(made, "staff.csv"),
        "Version": 1,
        "Window": rows_of(made, "windows.csv"),
    }
    assert LearnedWaits.objects.count() == len(
        {row["point"] for row in tables.read(made.folder / "queue_visits.csv")}
    )
    assert any(line.startswith("residents: ") for line in loaded)
    assert load.is_loaded()


def test_loading_twice_changes_nothing(made, loaded):
    before = counts()
    said: list[str] = []
    load.load(made.folder, said.append)
    assert counts() == before
    assert [line for line in said if " 0 new" not in line and "already" not in line] == []


def test_who_signs_in_as_themselves_is_the_person_in_the_register(made, loaded):
    accounts = {row["username"]: row for row in tables.read(made.folder / "staff.csv")}
    people = {row["code"]: row for row in tables.read(made.folder / "residents.csv")}
    for username in ("resident", "migrant", "foreigner", "agent1", "agent2"):
        user = User.objects.get(username=username)
        assert user.check_password(accounts[username]["password"])
        person = people[accounts[username]["resident"]]
        assert user.resident.document_number == person["identity_number"]
        assert user.resident.name == (person["name_latin"] or person["name_zh"])
    agent = User.objects.get(username="agent1").resident
    firms = {row["code"]: row for row in tables.read(made.folder / "organisations.csv")}
    firm = Organisation.objects.get(credit_code=firms[accounts["agent1"]["organisation"]]["credit_code"])
    assert Agency.objects.filter(person=agent, organisation=firm, withdrawn_at=None).exists()


def test_a_damaged_sample_is_refused_whole(made, tmp_path, db):
    copy = tmp_path / "copy"
    shutil.copytree(made.folder, copy)
    with (copy / "residents.csv").open("a", encoding="utf-8") as file:
        file.write("one,row,more\n")
    with pytest.raises(BadSample, match=r"residents\.csv is not as it was made; build it again"):
        load.load(copy, silent)
    assert set(counts().values()) == {0}


def test_a_row_that_a_room_refuses_leaves_nothing_behind(made, monkeypatch, db):
    read = tables.read

    def with_a_mistyped_number(path):
        rows = read(path)
        if path.name == "residents.csv":
            rows[0]["identity_number"] = "339999199001011230"
        return rows

    monkeypatch.setattr(load.tables, "read", with_a_mistyped_number)
    with pytest.raises(BadSample, match=r"residents\.csv:2 document_number: .* a digit is mistyped"):
        load.load(made.folder, silent)
    assert set(counts().values()) == {0}
    assert not load.is_loaded()


def test_it_is_loaded_on_its_own_day_whatever_the_clock_says(made, db):
    with clock.at(datetime(2024, 1, 1, tzinfo=UTC)):  # before some of its children are born
        load.load(made.folder, silent)
    assert Resident.objects.count() == made.sample.residents
    assert Resident.objects.first().registered_at == made.city.as_of


def test_another_sample_is_not_mixed_into_the_one_that_is_there(made, loaded, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(made.folder, other)
    found = manifest.read(other)
    manifest.Manifest(replace(found.origin, seed=8), found.files).save(other)
    before = counts()
    with pytest.raises(BadSample, match="holds another sample, and this one would mix with it; empty"):
        load.load(other, silent)
    assert counts() == before


def test_an_emptied_database_takes_another_sample(made, loaded):
    with connection.cursor() as cursor:  # in one go: rows of cases protect each other, and the people in them
        for model in apps.get_models():
            if model.__module__.startswith("zhoudao.desk."):
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    User.objects.all().delete()
    assert not load.is_loaded()
    load.load(made.folder, silent)
    assert load.is_loaded()


def test_nothing_is_loaded_until_it_is(made, db, tmp_path):
    assert not load.is_loaded()
    with pytest.raises(BadSample, match="no sample is loaded; make one with"):
        sign_ins.sign_ins()


def test_sign_ins_are_listed_with_what_an_authenticator_reads(made, loaded):
    done = CliRunner().invoke(sample, ["sign-ins", "--json"])
    assert done.exit_code == 0
    rows = {row["user"]: row for row in json.loads(done.stdout)}
    assert len(rows) == rows_of(made, "staff.csv")
    clerk = rows[f"clerk.{made.city.districts[0].code}"]
    assert clerk["role"] == "clerk"
    assert clerk["otpauth_url"].startswith("otpauth://totp/")
    assert f"secret={clerk['second_factor_secret']}" in clerk["otpauth_url"]
    assert rows["resident"]["second_factor_secret"] == rows["resident"]["otpauth_url"] == ""
    assert any(clerk["password"] in line for line in sign_ins.as_lines())


def test_a_real_city_has_no_sample_sign_ins(made, loaded, settings):
    settings.SAMPLE_CITY = False
    done = CliRunner().invoke(sample, ["sign-ins", "--json"])
    assert done.exit_code == 2
    assert "no sample city" in done.stderr
    assert done.stdout == ""


def test_a_real_city_loads_no_sample(made, settings, db):
    settings.SAMPLE_CITY = False
    with pytest.raises(BadSample, match="ZHOUDAO_SAMPLE=false"):
        load.load(made.folder, silent)
    assert set(counts().values()) == {0}


def test_show_counts_every_file(made, loaded):
    done = CliRunner().invoke(sample, ["show", "--json"])
    assert done.exit_code == 0
    shown = json.loads(done.stdout)
    assert shown["loaded"] is True
    assert shown["files"]["residents.csv"]["rows"] == made.sample.residents
    assert shown["origin"]["seed"] == 7


def test_commands_say_what_to_do_about_a_folder_that_is_no_sample(tmp_path, db):
    for command in (["load", str(tmp_path)], ["show", str(tmp_path)]):
        done = CliRunner().invoke(sample, command)
        assert done.exit_code == 2
        assert "MANIFEST.json is not there; build a sample with `zhoudao sample build`" in done.stderr


def test_a_full_disk_is_told_in_a_sentence(monkeypatch, tmp_path, db):
    def full(path, *_):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(tables, "write", full)
    done = CliRunner().invoke(sample, ["build", "--out", str(tmp_path / "city")])
    assert done.exit_code == 1
    assert ".csv: No space left on device" in done.stderr
    assert not (tmp_path / "city").exists()
    assert set(counts().values()) == {0}
