"""`zhoudao credential`: the same verdicts on the command line, and errors that say what to do."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.counter.credentials import actions
from zhoudao.counter.credentials.commands import credential as command
from zhoudao.counter.credentials.models import PublishedList
from zhoudao.engines.seals import sd_jwt, showing
from zhoudao.engines.seals.signing import Algorithm, generate

pytestmark = pytest.mark.django_db


def run(*arguments: object, **more: object):
    return CliRunner().invoke(command, [str(argument) for argument in arguments], **more)


@pytest.fixture
def keys(tmp_path, permit):
    """A key set as a verifier elsewhere holds it, made after Carol's permit."""
    permit()
    file = tmp_path / "keys.json"
    exported = run("keys", "export", file, "--json")
    assert exported.exit_code == 0
    assert len(json.loads(exported.stdout)["fingerprint"].split()) == 16
    return file


def test_valid_with_the_list_inside_the_key_set(keys, permit):
    done = run("verify", permit().text, "--keys", keys, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["verdict"], found["reason"]) == (0, "valid", "in_force")
    assert found["certificate"]["name"] == "张小三"
    assert found["certificate"]["valid_until"] == "2029-11-24T00:00:00+08:00"
    piped = run("verify", "-", "--keys", keys, input=str(permit().text) + "\n")
    assert piped.exit_code == 0
    assert piped.stdout.startswith("valid: in_force")


def test_revoked_by_a_newer_list(keys, permit, tmp_path):
    credential = permit()
    actions.revoke(SYSTEM, credential.number, "obtained by fraud")
    published = json.loads(run("publish", "--json").stdout)
    assert published["out_of_force"] == 1
    newer = tmp_path / "list.txt"
    newer.write_text(PublishedList.objects.order_by("-sequence").first().text + "\n")
    done = run("verify", credential.text, "--keys", keys, "--status", newer, "--json")
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (1, "revoked")
    assert run("verify", credential.text, "--keys", keys).exit_code == 0, "the old list doesn't know yet"


@pytest.mark.parametrize(
    ("text", "at", "verdict"),
    [
        ("https://example.invalid/", None, "no_certificate"),
        ("ZD1:ABC", None, "tampered"),
        (None, "2026-12-02T00:00:00+08:00", "list_too_old"),
        (None, "2027-11-25T00:00:00+08:00", "suspended"),
        (None, "2029-11-25T00:00:00+08:00", "expired"),
        (None, "2026-11-01T00:00:00+08:00", "not_yet_valid"),
    ],
)
def test_other_verdicts(keys, permit, text, at, verdict):
    options = ["--at", at] if at else []
    done = run("verify", text or permit().text, "--keys", keys, "--json", *options)
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (1, verdict)


def test_input_that_cannot_be_used(keys, permit, tmp_path):
    text = permit().text
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    for options, said in (
        (["--keys", tmp_path / "none.json"], "can't be read"),
        (["--keys", bad], "expected a key set of format zhoudao-keys-1"),
        (["--keys", keys, "--status", bad], "can't be used"),
        (["--keys", keys, "--at", "yesterday"], "expected a moment with its offset"),
    ):
        done = run("verify", text, *options)
        assert done.exit_code == 2
        assert said in done.stderr


def test_what_a_wallet_shows(keys, permit, carol):
    wallet = generate(Algorithm.ES256)
    held = actions.keep_in_wallet(carol.user.as_actor(), permit().number, sd_jwt.jwk(wallet.public)).text
    shown = sd_jwt.present(held, ["district"], wallet, nonce="n1", audience="landlord", now=clock.now())
    good = run("verify-shown", shown, "--keys", keys, "--nonce", "n1", "--audience", "landlord", "--json")
    assert (good.exit_code, json.loads(good.stdout)["claims"]["district"]) == (0, DISTRICT)
    again = run("verify-shown", shown, "--keys", keys, "--nonce", "n2", "--audience", "landlord", "--json")
    assert again.exit_code == 1
    assert "another question" in json.loads(again.stdout)["why"]


def test_what_a_holder_shows_by_a_code(keys, permit, carol):
    wallet, now = generate(Algorithm.ES256), clock.now()
    held = actions.keep_in_wallet(carol.user.as_actor(), permit().number, sd_jwt.jwk(wallet.public)).text
    asked = {"nonce": "482917", "audience": showing.AUDIENCE, "now": now}
    text = showing.seal(sd_jwt.present(held, ["district"], wallet, **asked))
    for question, code, reason in (
        ([], 0, "shown_to_anyone"),
        (["--question", "482917"], 0, "shown_to_you"),
        (["--question", "000000"], 1, "shown_to_others"),
        (["--at", (now + timedelta(minutes=6)).isoformat()], 1, "proof_past_its_end"),
        (["--at", (now + timedelta(days=8)).isoformat()], 1, "wallet_past_its_end"),
    ):
        done = run("verify", text, "--keys", keys, "--json", *question)
        assert (done.exit_code, json.loads(done.stdout)["reason"]) == (code, reason)
    shown = json.loads(run("verify", text, "--keys", keys, "--json").stdout)["shown"]
    assert set(shown) == {"iss", "vct", "nbf", "exp", "district"}


def test_keys_are_rotated_and_withdrawn(keys, permit):
    old = permit().key.key_id
    assert json.loads(run("keys", "rotate", "--json").stdout)["algorithm"] == "ES256"
    assert run("keys", "withdraw", old, "--reason", "its file was copied").exit_code == 0
    assert run("keys", "withdraw", "0" * 16, "--reason", "none").exit_code == 2
    document = json.loads(run("keys", "export").stdout)
    assert {key["kid"]: key["status"] for key in document["keys"]}[old] == "withdrawn"
