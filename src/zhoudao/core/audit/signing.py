"""Signed heads: where the chain stood, signed with Ed25519 (RFC 8032) and written outside the database.

One file a day, ``2026-11-24.jsonl``, only ever appended to. Point ``ZHOUDAO_AUDIT_HEADS`` at a disk or
machine that the database's owner can't write, or the heads protect against nobody. The signing key is a
file of its own beside the keys for personal numbers, so that either can be kept elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings

from zhoudao.core.keys.secret_file import write_once
from zhoudao.engines.seals import chain


class BadSigningKey(Exception):
    """The signing key or a public key can't be used; says which file and what was expected."""


@dataclass(frozen=True)
class SignedHead:
    head: chain.Head
    key: str
    """``key_id`` of the public key."""
    signature: str
    """64 bytes, hexadecimal."""
    where: str = ""
    """File and line it was read from."""


def key_path() -> Path:
    return settings.KEYS_FILE.parent / "audit-signing-key"


def private_key() -> Ed25519PrivateKey:
    """The signing key; made on first use. Raises BadSigningKey."""
    path = key_path()
    write_once(path, secrets.token_hex(32))
    if path.stat().st_mode & 0o077:
        raise BadSigningKey(f"{path} can be read by others: run chmod 600 {path}")
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except ValueError:
        raise BadSigningKey(f"{path} doesn't hold a signing key; expected 64 hexadecimal digits") from None


def public_pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Raises BadSigningKey when the file holds no Ed25519 public key in PEM."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSigningKey(f"{path}: {error}; expected an Ed25519 public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadSigningKey(f"{path} holds another kind of key; expected an Ed25519 public key in PEM")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the 32 key bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(head: chain.Head, private: Ed25519PrivateKey) -> SignedHead:
    return SignedHead(head, key_id(private.public_key()), private.sign(chain.encode_head(head)).hex())


def append(signed: SignedHead, folder: Path) -> Path:
    """Add a line to the day's file and flush it to the disk; a full disk leaves the file as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{signed.head.at[:10]}.jsonl"
    line = (json.dumps(as_record(signed), sort_keys=True) + "\n").encode()
    with open(path, "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        try:
            if file.write(line) != len(line):
                raise OSError(f"{path}: only part of a head could be written")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise
    return path


def as_record(signed: SignedHead) -> dict[str, object]:
    head = signed.head
    return {
        "sequence": head.sequence,
        "hash": head.hash,
        "count": head.count,
        "at": head.at,
        "key": signed.key,
        "signature": signed.signature,
    }


def read_heads(folder: Path) -> tuple[list[SignedHead], list[str]]:
    """Every head in the folder, oldest file first, and a sentence for each line that isn't one."""
    heads: list[SignedHead] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                heads.append(_read_head(json.loads(line), f"{path.name}:{number}"))
            except (ValueError, KeyError, TypeError):
                problems.append(f"{path}:{number}: this line isn't a signed head")
    return heads, problems


def _read_head(record: dict[str, object], where: str) -> SignedHead:
    head = chain.Head(
        sequence=int(str(record["sequence"])),
        hash=str(record["hash"]),
        count=int(str(record["count"])),
        at=str(record["at"]),
    )
    return SignedHead(head, str(record["key"]), str(record["signature"]), where)


def check_signatures(
    heads: Iterable[SignedHead], keys: Iterable[Ed25519PublicKey]
) -> tuple[list[chain.Head], list[str]]:
    """The heads with a good signature, and a sentence for each of the others."""
    known = {key_id(key): key for key in keys}
    good: list[chain.Head] = []
    problems: list[str] = []
    for signed in heads:
        key = known.get(signed.key)
        if key is None:
            problems.append(f"{signed.where}: signed with key {signed.key}, which isn't one of those given")
            continue
        try:
            key.verify(bytes.fromhex(signed.signature), chain.encode_head(signed.head))
        except (InvalidSignature, ValueError):
            problems.append(f"{signed.where}: the signature of row {signed.head.sequence}'s head is wrong")
        else:
            good.append(signed.head)
    return good, problems
