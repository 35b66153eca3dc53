"""`zhoudao people scan` finds a plain personal number wherever it stands, and prints none."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tarfile
import zipfile

import pytest
from click.testing import CliRunner
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.access import Actor, Forbidden, Role
from zhoudao.core.people import scan
from zhoudao.core.people.commands import people
from zhoudao.core.people.tests.cast import identity_number

IDENTITY, MOBILE = identity_number(1), "12000000001"
NUMBERS = frozenset({IDENTITY.encode(), MOBILE.encode()})


@pytest.fixture
def numbers_file(tmp_path):
    folder = tmp_path / "sample"
    folder.mkdir()
    path = folder / "residents.csv"
    path.write_text(
        f"name,number,mobile\n张小三,{IDENTITY.lower()},{MOBILE}\n,{identity_number(2)},\n", encoding="utf-8"
    )
    return path


def run(*arguments: object):
    return CliRunner().invoke(people, ["scan", *map(str, arguments), "--json"])


def test_reads_the_numbers_of_any_file(numbers_file):
    assert scan.read_numbers(numbers_file) == NUMBERS | {identity_number(2).encode()}


@pytest.mark.parametrize(
    "content",
    [
        f"at {IDENTITY}.",
        f"{MOBILE}{IDENTITY}",
        f"99{MOBILE}99",
        IDENTITY.lower(),
        f"{{'mobile': '{MOBILE}'}}",
        "x" * (scan.PIECE - 5) + IDENTITY,
        "7" * (scan.PIECE - 5) + MOBILE + "7",
    ],
)
def test_finds_it_wherever_it_stands(tmp_path, numbers_file, db, content):
    log = tmp_path / "some.log"
    log.write_text(content)
    result = run(log, "--numbers", numbers_file, "--no-database")
    assert result.exit_code == 1
    (hit,) = json.loads(result.stdout)["hits"]
    assert hit["where"] == str(log)
    found = content.upper().encode()[hit["first_offset"] :]
    assert found.startswith(tuple(NUMBERS))
    assert IDENTITY not in result.output
    assert MOBILE not in result.output


def test_finds_it_in_backups(tmp_path, numbers_file, db):
    backups = tmp_path / "backups"
    backups.mkdir()
    plain = tmp_path / "plain.sql"
    plain.write_text(f"INSERT {IDENTITY}")
    with gzip.open(backups / "a.sql.gz", "wb") as file:
        file.write(plain.read_bytes())
    with zipfile.ZipFile(backups / "b.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.write(plain, "inside/plain.sql")
    with tarfile.open(backups / "c.tar.gz", "w:gz") as file:
        file.add(plain, "plain.sql")
    result = run(backups, "--numbers", numbers_file, "--no-database")
    assert {hit["where"].rpartition("/")[2] for hit in json.loads(result.stdout)["hits"]} == {
        "a.sql.gz!", "plain.sql", "c.tar.gz!plain.sql",
    }  # fmt: skip


def test_finds_none_where_there_is_none(tmp_path, numbers_file, db):
    clean = tmp_path / "clean.log"
    clean.write_text(f"{IDENTITY[:-1]} {MOBILE[:-1]} 3399**********0010 {identity_number(3)}")
    result = run(clean, "--numbers", numbers_file, "--no-database")
    assert (result.exit_code, json.loads(result.stdout)["hits"]) == (0, [])


def test_the_database_holds_none_and_a_planted_one_is_found(carol, numbers_file, tmp_path):
    actor = Actor("system", Role.SYSTEM)
    if connection.vendor == "sqlite":  # the test database lives in memory: search a copy of it, and its log
        copy = tmp_path / "copy.sqlite3"
        with connection.cursor() as cursor:
            _copy(cursor, copy)
        found = [hit for _, hits in scan.scan_files(actor, NUMBERS, [copy]) for hit in hits]
        assert found == []
        _plant(copy)
        found = [hit for _, hits in scan.scan_files(actor, NUMBERS, [copy]) for hit in hits]
        assert [hit.count for hit in found] == [1]
        return
    assert [hit for _, hits in scan.scan_database(actor, NUMBERS) for hit in hits] == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_organisation SET name = %s", [f"x{IDENTITY}"])
        cursor.execute("UPDATE people_user SET username = %s", [f"x{MOBILE}"])
    found = [hit.where for _, hits in scan.scan_database(actor, NUMBERS) for hit in hits]
    assert found == ["database people_user.username"]


def _copy(cursor, path) -> None:
    """Every table's rows, as stored, in a database file of their own."""
    with sqlite3.connect(path) as target:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = ", ".join(f'"{column[0]}"' for column in cursor.description)
            marks = ", ".join("?" for _ in cursor.description)
            target.execute(f'CREATE TABLE "{table}" ({columns})')
            target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', cursor.fetchall())
    target.close()


def _plant(path) -> None:
    with sqlite3.connect(path) as target:
        target.execute("UPDATE people_resident SET name_index = ?", [f"x{IDENTITY}"])
    target.close()


def test_the_samples_own_files_and_the_list_itself_are_left_out(tmp_path, settings, numbers_file, db):
    settings.VAR, settings.SAMPLE_DIR = tmp_path, tmp_path / "sample"
    (tmp_path / "audit-heads").write_text("nothing")
    result = run("--numbers", numbers_file, "--no-database")
    assert (result.exit_code, json.loads(result.stdout)["searched"]) == (0, 1)


def test_a_list_without_numbers_is_refused(tmp_path, db):
    empty = tmp_path / "empty.csv"
    empty.write_text("name\n张三\n", encoding="utf-8")
    result = run("--numbers", empty)
    assert result.exit_code == 2
    assert "no identity number" in result.stderr


def test_is_the_platforms_own(tmp_path):
    with pytest.raises(Forbidden):
        list(scan.scan_files(Actor("user:1", Role.AUDITOR), NUMBERS, [tmp_path]))
    with pytest.raises(Forbidden):
        list(scan.scan_database(Actor("user:1", Role.ADMINISTRATOR), NUMBERS))


@given(st.text(alphabet="0123456789X x", max_size=60), st.integers(1, 40), st.integers(0, 60))
def test_pieces_make_no_difference(text, size, place):
    content = (text[:place] + IDENTITY + text[place:]).encode()
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    assert sorted(scan.places_of(NUMBERS, pieces)) == sorted(scan.places_of(NUMBERS, [content]))
    assert place in {*scan.places_of(NUMBERS, pieces)} or place > len(text)
