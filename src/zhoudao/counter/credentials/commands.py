"""`zhoudao credential`: check a certificate with no network, and look after the keys and lists behind it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.engines.seals import checking, keyset, sd_jwt, showing
from zhoudao.engines.seals.checking import BadList, Finding, Verdict
from zhoudao.engines.seals.keyset import BadKeySet, KeySet, KeyStatus
from zhoudao.engines.seals.showing import Showing
from zhoudao.engines.seals.signing import Algorithm, Unavailable
from zhoudao.engines.seals.status import StatusList

FILE = click.Path(path_type=Path, dir_okay=False)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
KEYS = click.option(
    "--keys", "keys_file", type=FILE, required=True, help="A key set: from `credential keys export`."
)
AT = click.option("--at", "moment", help="Check as of this moment (ISO 8601 with offset); now when left out.")


@click.group()
def credential() -> None:
    """Certificates: check one offline, publish what is suspended or revoked, look after the keys."""


@credential.command()
@click.argument("text")
@KEYS
@click.option(
    "--status", "status_file", type=FILE, help="A newer status list than the one inside the key set."
)
@click.option("--question", help="The six digits that the holder of what is shown was asked to type.")
@AT
@AS_JSON
def verify(
    text: str,
    keys_file: Path,
    status_file: Path | None,
    question: str | None,
    moment: str | None,
    as_json: bool,
) -> None:
    """Check the TEXT of a certificate's QR code ("-" reads it from standard input), with no network: the whole of it
    (ZD1:), or the part that its holder shows (ZDS1:).

    The verdict is one of valid, expired, suspended, revoked, unknown_key, tampered, not_yet_valid, list_too_old,
    no_certificate, cannot_check; of a part also not_for_you. Exits with 0 when it is valid, with 1 for any other
    verdict, with 2 when the key set or the list can't be used.
    """
    keys = _keys(keys_file)
    statuses = _statuses(keys, keys_file, status_file)
    now = _moment(moment)
    read = sys.stdin.read() if text == "-" else text
    found: Finding | Showing
    if read.strip().startswith(showing.PREFIX):
        found = showing.check(read, keys, now, question)
        emit(_shown_as_data(found, keys), as_json, _shown_as_lines(found))
    else:
        found = checking.check(read, keys, statuses, now)
        emit(_as_data(found, keys, statuses), as_json, _as_lines(found, keys, statuses))
    if found.verdict is not Verdict.VALID:
        sys.exit(1)


@credential.command("verify-shown")
@click.argument("text")
@KEYS
@click.option("--nonce", required=True, help="What the wallet was asked to sign.")
@click.option("--audience", required=True, help="Whom the wallet was asked to show it to.")
@AT
@AS_JSON
def verify_shown(
    text: str, keys_file: Path, nonce: str, audience: str, moment: str | None, as_json: bool
) -> None:
    """Check what a wallet shows of a certificate (an SD-JWT with key binding, RFC 9901); "-" reads standard input.

    Exits with 0 when it is good, with 1 otherwise.
    """
    keys = _keys(keys_file)
    verifiers = {
        key.id.hex(): key.verifier
        for key in keys.keys
        if key.algorithm is Algorithm.ES256 and key.status is not KeyStatus.WITHDRAWN
    }
    presented = (sys.stdin.read() if text == "-" else text).strip()
    try:
        shown = sd_jwt.verify(presented, verifiers, nonce=nonce, audience=audience, now=_moment(moment))
    except sd_jwt.BadDisclosure as problem:
        emit({"good": False, "why": str(problem)}, as_json, [f"not good: {problem}"])
        sys.exit(1)
    lines = ["good", *(f"  {name}: {value}" for name, value in shown.claims.items())]
    emit({"good": True, "claims": dict(shown.claims), "key": shown.key_id}, as_json, lines)


@credential.command()
@AS_JSON
def publish(as_json: bool) -> None:
    """Sign and publish the list of suspended and revoked certificates now. The worker does it by itself."""
    from zhoudao.counter.credentials import actions

    try:
        published = actions.publish_list(SYSTEM)
    except Unavailable as problem:
        raise click.ClickException(str(problem)) from None
    data = {
        "sequence": published.sequence,
        "issued_at": published.issued_at.isoformat(),
        "expires_at": published.expires_at.isoformat(),
        "covers": published.size,
        "out_of_force": published.out_of_force,
        "characters": len(published.text),
    }
    emit(
        data,
        as_json,
        [f"list {published.sequence}: {published.out_of_force} out of force of {published.size}"],
    )


@credential.group()
def keys() -> None:
    """The keys that sign certificates."""


@keys.command()
@click.argument("file", required=False, type=FILE)
@AS_JSON
def export(file: Path | None, as_json: bool) -> None:
    """Write the key set, with the newest status list inside, to FILE (standard output when left out).

    It is public: give it to anyone who checks certificates. Compare its fingerprint by another way.
    """
    from zhoudao.counter.credentials import actions, queries

    found = queries.key_set(SYSTEM)
    if not found.keys or not found.status_list:
        try:
            actions.publish_list(SYSTEM)
        except Unavailable as problem:
            raise click.ClickException(str(problem)) from None
        found = queries.key_set(SYSTEM)
    document = json.dumps(keyset.dump(found), ensure_ascii=False, indent=2) + "\n"
    if file is None:
        click.echo(document, nl=False)
        return
    try:
        file.write_text(document, encoding="utf-8")
    except OSError as problem:
        refuse(f"{file} can't be written: {problem.strerror}")
    data = {"file": str(file), "version": found.version, "fingerprint": keyset.fingerprint(found)}
    emit(data, as_json, [f"{file}: key set {found.version}", f"fingerprint {data['fingerprint']}"])


@keys.command()
@AS_JSON
def rotate(as_json: bool) -> None:
    """Sign with a new key from now on. What the old one signed goes on counting."""
    from zhoudao.counter.credentials import actions

    try:
        made = actions.rotate_key(SYSTEM)
    except Unavailable as problem:
        raise click.ClickException(str(problem)) from None
    emit(
        {"key": made.key_id, "algorithm": made.algorithm},
        as_json,
        [f"{made.algorithm} key {made.key_id} signs now"],
    )


@keys.command()
@click.argument("key_id")
@click.option("--reason", required=True, help="Why; kept in the audit trail.")
@AS_JSON
def withdraw(key_id: str, reason: str, as_json: bool) -> None:
    """Withdraw the key KEY_ID, because somebody else may have it: nothing it signed counts any more."""
    from zhoudao.counter.credentials import actions
    from zhoudao.counter.credentials.models import SigningKey

    try:
        actions.withdraw_key(SYSTEM, key_id, reason)
    except SigningKey.DoesNotExist:
        refuse(f"there is no key {key_id}; `zhoudao credential keys export` lists them")
    except ValueError as problem:
        refuse(str(problem))
    emit({"key": key_id, "status": "withdrawn"}, as_json, [f"key {key_id} is withdrawn"])


def _keys(file: Path) -> KeySet:
    try:
        return keyset.parse(file.read_text(encoding="utf-8"))
    except OSError as problem:
        refuse(f"{file} can't be read: {problem.strerror}")
    except (BadKeySet, UnicodeDecodeError) as problem:
        refuse(f"{file}: {problem}")


def _statuses(keys: KeySet, keys_file: Path, file: Path | None) -> StatusList | None:
    """The newest of the two lists; None when there is none at all."""
    lists = []
    for source, text in ((keys_file, keys.status_list), (file, _read(file) if file else "")):
        if text:
            try:
                lists.append(checking.open_list(text, keys))
            except BadList as problem:
                refuse(f"{source}: the status list can't be used: {problem}")
            except Unavailable as problem:
                raise click.ClickException(str(problem)) from None
    return max(lists, key=lambda found: found.sequence, default=None)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as problem:
        refuse(f"{file} can't be read as a status list: {problem}")


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        refuse(f"--at is {text!r}; expected a moment with its offset, such as 2026-11-24T09:00:00+08:00")
    return moment


def _as_data(found: Finding, keys: KeySet, statuses: StatusList | None) -> dict[str, object]:
    said = asdict(found.certificate) if found.certificate else None
    for name, value in (said or {}).items():
        if isinstance(value, datetime):
            said[name] = clock.local(value).isoformat()  # type: ignore[index]
    return {
        "verdict": found.verdict.value,
        "reason": found.reason.value,
        "detail": found.detail,
        "certificate": said,
        "key": found.key_id,
        "key_set_version": keys.version,
        "status_list": {
            "sequence": statuses.sequence,
            "issued": clock.local(statuses.issued).isoformat(),
            "expires": clock.local(statuses.expires).isoformat(),
        }
        if statuses
        else None,
    }


def _as_lines(found: Finding, keys: KeySet, statuses: StatusList | None) -> list[str]:
    lines = [f"{found.verdict}: {found.reason}" + (f" ({found.detail})" if found.detail else "")]
    if found.certificate:
        said = found.certificate
        kind = keys.names.get(said.type, {}).get("zh-hans", said.type)
        lines += [
            f"  {kind} {said.number}",
            f"  {said.name} {said.document}",
            f"  until {clock.local(said.valid_until):%Y-%m-%d}",
        ]
    if statuses:
        lines.append(f"  list {statuses.sequence} of {clock.local(statuses.issued):%Y-%m-%d %H:%M}")
    return lines


def _shown_as_data(found: Showing, keys: KeySet) -> dict[str, object]:
    return {
        "verdict": found.verdict.value,
        "reason": found.reason.value,
        "detail": found.detail,
        "shown": dict(found.claims),
        "key": found.key_id,
        "key_set_version": keys.version,
    }


def _shown_as_lines(found: Showing) -> list[str]:
    first = f"{found.verdict}: {found.reason}" + (f" ({found.detail})" if found.detail else "")
    return [first, *(f"  {name}: {value}" for name, value in found.claims.items())]
