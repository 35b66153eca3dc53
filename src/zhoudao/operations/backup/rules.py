"""What a backup says of itself. Pure."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "stores"
"""The folder of a backup that holds the stores."""


class BadBackup(Exception):
    """What was given can't be used as a backup, with why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a database holds, counted at the moment of the cut."""

    vendor: str
    tables: dict[str, int]
    """Rows, by table."""
    migrations: list[str]
    """``app.name`` of each that was applied, sorted."""
    audit_sequence: int
    audit_hash: str


@dataclass(frozen=True)
class Member:
    """One file of a backup."""

    path: str
    """From the backup's folder, with slashes."""
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    made_at: str
    """ISO 8601, the machine's clock."""
    version: str
    """Of the platform that made it."""
    city: str
    keys: list[str]
    """Fingerprints of the data keys that its sealed values need."""
    database: str
    """The member that holds the database."""
    facts: Facts
    members: list[Member]
    mac: str = ""
    """HMAC-SHA-256 over all of the above, under a key derived from the keyring."""

    @property
    def bytes(self) -> int:
        return sum(member.size for member in self.members)


def sealed(manifest: Manifest, key: bytes) -> Manifest:
    return Manifest(**{**vars(manifest), "mac": _mac(manifest, key)})


def is_sealed_with(manifest: Manifest, key: bytes) -> bool:
    """Whether the manifest is as the holder of ``key`` wrote it."""
    return hmac.compare_digest(manifest.mac, _mac(manifest, key))


def _mac(manifest: Manifest, key: bytes) -> str:
    content = {name: value for name, value in asdict(manifest).items() if name != "mac"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(key, text.encode(), "sha256").hex()


def dump(manifest: Manifest) -> str:
    return json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1) + "\n"


def parse(text: str, source: str) -> Manifest:
    """Raises BadBackup for a text that is no manifest of this format."""
    try:
        content: dict[str, Any] = json.loads(text)
        if content.pop("format") != FORMAT:
            raise BadBackup(f"{source}: written in a format this version does not know; expected format {FORMAT}")
        content["facts"] = Facts(**content["facts"])
        content["members"] = [Member(**each) for each in content["members"]]
        manifest = Manifest(**content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup(f"{source}: is not a backup's manifest ({type(error).__name__}: {error})") from None
    for member in manifest.members:
        if member.path.startswith("/") or ".." in member.path.split("/"):
            raise BadBackup(f"{source}: names {member.path!r}, which lies outside the backup")
    return manifest


def differences(expected: Facts, found: Facts) -> list[str]:
    """How a restored database differs from what was backed up, a sentence each; empty when it doesn't."""
    told = [
        f"table {name}: {found.tables.get(name, 'missing')} rows; expected {rows}"
        for name, rows in sorted(expected.tables.items())
        if found.tables.get(name) != rows
    ]
    told += [f"table {name}: not in the backup" for name in sorted(found.tables.keys() - expected.tables.keys())]
    if _end(expected) != _end(found):
        told.append(f"audit trail: ends with row {found.audit_sequence}; expected row {expected.audit_sequence}")
    if expected.migrations != found.migrations:
        told.append("migrations: not those of the backup")
    return told


def _end(facts: Facts) -> tuple[int, str]:
    return facts.audit_sequence, facts.audit_hash


def summary(manifest: Manifest) -> Mapping[str, object]:
    """What commands print of a backup."""
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "city": manifest.city,
        "vendor": manifest.facts.vendor,
        "files": len(manifest.members),
        "bytes": manifest.bytes,
        "tables": len(manifest.facts.tables),
        "rows": sum(manifest.facts.tables.values()),
        "audit_sequence": manifest.facts.audit_sequence,
    }
