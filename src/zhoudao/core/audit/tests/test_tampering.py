"""Each kind of tampering is found by both verifiers, and the first bad row is named."""

import json
import subprocess
import sys

import pytest
from django.db import connection

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit import actions, queries, signing
from zhoudao.core.audit.models import AuditHead, AuditRow
from zhoudao.core.audit.tests.trails import (
    VERIFIER,
    both_verdicts,
    copy_of_database,
    grow,
    grow_signed_trail,
    public_key_file,
    tamper,
)
from zhoudao.engines.seals import chain

pytestmark = pytest.mark.django_db(transaction=True)  # a copy of the database needs no open transaction
TEXT_COLUMNS = [
    "actor", "role", "purpose", "action", "subject", "details", "origin", "outcome", "previous", "hash",
]  # fmt: skip


def named(verdicts):
    """The one thing that every verifier said."""
    assert len(set(verdicts)) == 1, verdicts
    return verdicts[0]


def test_an_untouched_trail_is_whole(tmp_path):
    assert grow_signed_trail() == 13
    assert named(both_verdicts(tmp_path)) is None
    assert queries.verify(SYSTEM).verdict.heads == 2


@pytest.mark.parametrize("column", TEXT_COLUMNS)
def test_an_edited_column(column, tmp_path):
    grow_signed_trail()
    tamper(f"UPDATE audit_auditrow SET {column} = 'x' WHERE sequence = 7")
    assert named(both_verdicts(tmp_path)) == ("edited", 7)


def test_an_edited_time(tmp_path):
    grow_signed_trail()
    tamper("UPDATE audit_auditrow SET at = '2026-11-24 01:00:00.000001' WHERE sequence = 7")
    assert named(both_verdicts(tmp_path)) == ("edited", 7)


def test_an_edited_sequence(tmp_path):
    grow_signed_trail()
    tamper("UPDATE audit_auditrow SET sequence = 0 WHERE sequence = 7")
    assert {fault for fault, _ in both_verdicts(tmp_path)} <= {"missing", "out_of_order"}


def test_a_row_deleted_from_the_middle(tmp_path):
    grow_signed_trail()
    tamper("DELETE FROM audit_auditrow WHERE sequence IN (7, 8)")
    assert named(both_verdicts(tmp_path)) == ("missing", 7)


def test_the_tail_deleted_after_its_head_was_signed(tmp_path):
    grow_signed_trail()
    keep = AuditRow.objects.get(sequence=8)
    tamper(
        "DELETE FROM audit_auditrow WHERE sequence > 8",
        f"UPDATE audit_audithead SET sequence = 8, hash = '{keep.hash}'",
    )
    assert named(both_verdicts(tmp_path)) == ("truncated", 9)


def test_the_tail_deleted_but_not_the_record_of_the_end(tmp_path):
    grow_signed_trail()
    tamper("DELETE FROM audit_auditrow WHERE sequence > 11")
    found = queries.verify(SYSTEM).verdict.problem
    assert (found.fault, found.sequence) == (chain.Fault.TRUNCATED, 12)
    if connection.vendor == "sqlite":
        assert run_tool(copy_of_database(tmp_path), tmp_path)["problem"]["sequence"] == 12


def test_two_rows_swapped(tmp_path):
    grow_signed_trail()
    tamper(
        "UPDATE audit_auditrow SET sequence = -1 WHERE sequence = 7",
        "UPDATE audit_auditrow SET sequence = 7 WHERE sequence = 8",
        "UPDATE audit_auditrow SET sequence = 8 WHERE sequence = -1",
    )
    assert named(both_verdicts(tmp_path)) == ("edited", 7)


def test_a_row_inserted_in_the_middle(tmp_path):
    grow_signed_trail()
    tamper(*(f"UPDATE audit_auditrow SET sequence = {n + 1} WHERE sequence = {n}" for n in range(13, 7, -1)))
    before = AuditRow.objects.get(sequence=7)
    insert(forged(before))
    AuditHead.objects.update(sequence=14)
    assert named(both_verdicts(tmp_path)) == ("edited", 9)


def test_a_row_added_at_the_end_by_hand():
    grow_signed_trail()
    insert(forged(AuditRow.objects.get(sequence=13)))
    found = queries.verify(SYSTEM).verdict.problem
    assert (found.fault, found.sequence) == (chain.Fault.OUT_OF_ORDER, 14)


def test_everything_hashed_again_after_an_edit(tmp_path):
    grow_signed_trail()
    rehash_from(7)
    problem = queries.verify(SYSTEM).verdict.problem
    assert problem.message.startswith(
        "rows 6 to 10 were rewritten: row 10 isn't the one whose hash was signed"
    )
    assert named(both_verdicts(tmp_path)) == ("rewritten", 6)


def test_a_rewritten_chain_is_never_signed():
    grow_signed_trail()
    rehash_from(7)
    with pytest.raises(actions.BrokenChain, match="row 10 is gone or isn't the one whose hash was signed"):
        actions.sign_head(SYSTEM)


def test_without_heads_a_rewritten_chain_is_not_found_and_the_answer_says_so(tmp_path):
    grow_signed_trail()
    rehash_from(7)
    (tmp_path / "none").mkdir()
    found = queries.verify(SYSTEM, heads=tmp_path / "none")
    assert (found.whole, found.verdict.heads) == (True, 0)


def test_a_head_whose_signature_is_wrong(heads_folder):
    grow_signed_trail()
    path = heads_folder / "2026-11-24.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0].replace('"count": 5', '"count": 6'), lines[1], "{broken"]) + "\n")
    found = queries.verify(SYSTEM)
    assert not found.whole
    assert [problem.rpartition("/")[2] for problem in found.head_problems] == [
        "2026-11-24.jsonl:3: this line isn't a signed head",
        "2026-11-24.jsonl:1: the signature of row 5's head is wrong",
    ]


def test_a_head_signed_with_another_key(heads_folder, settings, tmp_path):
    grow(2)
    own = settings.KEYS_FILE
    settings.KEYS_FILE = tmp_path / "other" / "keys.json"
    forged_head = chain.Head(2, "f" * 64, 2, "2026-11-24T01:00:00.000000Z")
    signing.append(signing.sign(forged_head, signing.private_key()), heads_folder)
    settings.KEYS_FILE = own
    assert "isn't one of those given" in queries.verify(SYSTEM).head_problems[0]


def test_only_the_newest_rows():
    grow_signed_trail()
    tamper("UPDATE audit_auditrow SET role = 'x' WHERE sequence = 7")
    found = queries.verify(SYSTEM, newest=5)
    assert (found.first, found.verdict.rows, found.whole) == (9, 5, True)
    assert queries.verify(SYSTEM, newest=8).verdict.problem.sequence == 7


def test_the_stand_alone_verifier_runs_alone(tmp_path):
    grow_signed_trail()
    actions.export(SYSTEM, tmp_path / "trail.jsonl")
    assert run_tool(tmp_path / "trail.jsonl", tmp_path)["whole"] is True
    lines = (tmp_path / "trail.jsonl").read_text().splitlines()
    (tmp_path / "moved.jsonl").write_text("\n".join([*lines[:3], lines[4], lines[3], *lines[5:]]))
    assert run_tool(tmp_path / "moved.jsonl", tmp_path)["problem"]["sequence"] == 4
    (tmp_path / "short.jsonl").write_text("\n".join(lines[:9]))
    assert run_tool(tmp_path / "short.jsonl", tmp_path)["problem"]["fault"] == "truncated"


def test_the_stand_alone_verifier_refuses_what_it_cannot_read(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"sequence": 1}\n')
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, tmp_path / "bad.jsonl"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "bad.jsonl:1: not an audit row; expected the output of zhoudao audit export" in done.stderr


def run_tool(source, folder):
    heads = folder / "heads"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            VERIFIER,
            source,
            "--heads",
            heads,
            "--public-key",
            public_key_file(),
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    result = json.loads(done.stdout)
    assert done.returncode == (0 if result["whole"] else 1), done.stderr
    return result


def forged(before):
    """A row that properly follows ``before``, made without the platform."""
    names = chain.Row._fields[1:-2]
    content = {name: str(getattr(before, name)) for name in names} | {"at": chain.instant(before.at)}
    (row,) = chain.link([content], (before.sequence, before.hash))
    return AuditRow(**{**row._asdict(), "at": before.at})


def insert(row):
    AuditRow.objects.bulk_create([row])


def rehash_from(sequence):
    """Edit a row, then give it and every later one hashes and links that fit."""
    rows = list(queries.chain_rows(after=sequence - 1))
    contents = [dict(zip(chain.Row._fields[1:-2], row[1:-2], strict=True)) for row in rows]
    contents[0]["purpose"] = "another purpose"
    last = (sequence - 1, queries.hash_at(sequence - 1))
    statements = []
    for row in chain.link(contents, last):
        statements.append(
            f"UPDATE audit_auditrow SET purpose = '{row.purpose}', previous = '{row.previous}', "
            f"hash = '{row.hash}' WHERE sequence = {row.sequence}"
        )
        last = (row.sequence, row.hash)
    tamper(*statements, f"UPDATE audit_audithead SET hash = '{last[1]}'")
