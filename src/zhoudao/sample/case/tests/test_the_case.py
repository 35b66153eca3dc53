"""The case that a sample city opens on: the same for the same seed, plausible, nobody's, and loaded once."""

from __future__ import annotations

import io
import zipfile

import pytest

from zhoudao.core.access import Role
from zhoudao.core.people.models import User
from zhoudao.core.people.rules.numbers import parse_identity_number
from zhoudao.desk.cases.models import Case, Retrieval
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.sample.case import files, load, story


def test_one_seed_one_case():
    assert files.make(story.tell(3)) == files.make(story.tell(3))
    assert story.tell(3).transfers != story.tell(4).transfers


def test_its_accounts_and_holders_are_nobodys():
    told = story.tell(7)
    for account in told.accounts:
        assert account.number.startswith("62999")  # no issuer in China has 6299 9x
        assert account.holder_id[2:6] == "9999"
        parse_identity_number(account.holder_id)


def test_what_is_planted_is_there():
    told = story.tell(7)
    into_first = [each for each in told.transfers if each.target == told.ring[0] and each.channel == "网银"]
    assert len(into_first) > 60
    back = [each for each in told.transfers if (each.source, each.target) == (told.boss, told.ring[0])]
    assert len(back) == 10
    assert sum(each.cash for each in told.transfers) == 40
    assert all(each.fen < 5_000_000 for each in told.transfers if each.cash)


@pytest.fixture
def analysts(db, settings, tmp_path) -> None:
    settings.VAULTS_DIR = tmp_path / "vaults"
    settings.OPEN_VAULTS_DIR = tmp_path / "open"
    for place, (name, role) in enumerate(
        [("analyst1", Role.ANALYST), ("analyst2", Role.ANALYST), ("tax_officer1", Role.TAX_OFFICER)]
    ):
        User.objects.create(
            username=name, role=role.value, districts=["*"], staff_number=f"12999{place}", display_name=name
        )


def test_it_is_loaded_once_with_two_files_and_the_others_ready_to_drop(analysts, tmp_path):
    first = load.load(7)
    assert load.load(7) == first
    assert Case.objects.count() == 1
    assert EvidenceFile.objects.count() == load.FIRST
    assert Retrieval.objects.count() == 3
    assert Cleaning.objects.get().state == "waiting"
    load.write_zip(7, tmp_path)
    with zipfile.ZipFile(io.BytesIO((tmp_path / load.ZIP).read_bytes())) as archive:
        assert len(archive.namelist()) == len(files.make(story.tell(7))) - load.FIRST


def test_a_city_without_analysts_has_no_case(db):
    assert load.load(7) is None
