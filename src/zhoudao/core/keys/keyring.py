"""The keyring (密钥环): every key the platform keeps, in one file that only its owner can read.

It holds numbered *data keys* (AES-256-GCM, NIST SP 800-38D: 96-bit random nonce, 128-bit tag), of which the
current one seals and every one opens, and one *blind key* from which all keyed hashes are derived
(HMAC-SHA-256). The file is made once, on the first start; ``zhoudao keys`` looks after it; docs/keys.md says
what to do with it.

The keyring is read from ``settings.KEYS_FILE``, or from ``ZHOUDAO_KEYS_JSON`` when that holds the file's
content. Nothing here, and no error raised here, ever shows key material.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from zhoudao.core import clock
from zhoudao.core.keys import secret_file

FORMAT = 1
NONCE_BYTES = 12
KEY_BYTES = 32
ENVIRONMENT = "ZHOUDAO_KEYS_JSON"


class BadKeyring(ImproperlyConfigured):
    """The keyring is missing, torn, open to others, or not the one the database was sealed with."""


class CannotUnseal(Exception):
    """A sealed value doesn't open: altered, moved from another column, or sealed with a key that isn't
    here.
    """


@dataclass(frozen=True)
class DataKey:
    version: int
    made: datetime
    superseded: datetime | None = None
    material: bytes = field(default=b"", repr=False)

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.material)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for sealing what is no value of a column; another after each rotation."""
        return hmac.digest(self.material, b"zhoudao seal " + purpose.encode("utf-8"), "sha256")

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits by which two people can compare their copies without seeing the key."""
        return hashlib.sha256(b"zhoudao fingerprint" + self.material).hexdigest()[:8]


@dataclass(frozen=True)
class Keyring:
    """All keys. Immutable: a change makes another keyring, which ``save`` puts in the place of this one."""

    source: str
    """Where it was read from: a path, or the name of the environment variable."""
    data_keys: tuple[DataKey, ...]
    """By version, oldest first; the last one is current."""
    blind_key: bytes = field(repr=False)

    @property
    def current(self) -> DataKey:
        return self.data_keys[-1]

    @cached_property
    def _by_prefix(self) -> dict[str, DataKey]:
        return {f"k{key.version}": key for key in self.data_keys}

    @cached_property
    def _derived(self) -> dict[str, bytes]:
        return {}

    def seal(self, text: str, place: str) -> str:
        """``text`` as ``k<version>:<base64 of nonce and ciphertext>``, openable only as a value of
        ``place``.
        """
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.current.cipher.encrypt(nonce, text.encode("utf-8"), place.encode("utf-8"))
        return f"k{self.current.version}:{base64.b64encode(nonce + sealed).decode('ascii')}"

    def unseal(self, token: str, place: str) -> str:
        """The text that ``seal`` was given. Raises CannotUnseal, naming the place and never the value."""
        prefix, colon, body = token.partition(":")
        key = self._by_prefix.get(prefix)
        if key is None:
            shown = f"with key {prefix}" if colon and prefix[1:].isdecimal() else "by this platform at all"
            raise CannotUnseal(
                f"a value of {place} was not sealed {shown}, as far as the keyring at {self.source} knows"
            )
        try:
            raw = base64.b64decode(body, validate=True)
            opened = key.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode("utf-8"))
        except (InvalidTag, binascii.Error, ValueError):
            raise CannotUnseal(
                f"a value of {place} doesn't open with key {prefix} of the keyring at {self.source}: it "
                "was altered, it was moved from another column, or this is not the keyring it was sealed "
                "with"
            ) from None
        return opened.decode("utf-8")

    def data_key(self, version: int) -> DataKey | None:
        return self._by_prefix.get(f"k{version}")

    def knows(self, token: str) -> bool:
        return token.partition(":")[0] in self._by_prefix

    def blind(self, purpose: str, value: str) -> str:
        """64 hexadecimal digits that are the same for the same ``value`` and ``purpose``, and tell
        neither.
        """
        return hmac.digest(self.derive(purpose), value.encode("utf-8"), "sha256").hex()

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose only, always the same (rotation changes data keys alone)."""
        if purpose not in self._derived:
            label = b"zhoudao derive " + purpose.encode("utf-8")
            self._derived[purpose] = hmac.digest(self.blind_key, label, "sha256")
        return self._derived[purpose]

    def with_new_data_key(self) -> Keyring:
        moment = clock.machine_now()
        older = (*self.data_keys[:-1], replace(self.current, superseded=moment))
        return replace(self, data_keys=(*older, _new_data_key(self.current.version + 1)))

    def without(self, versions: list[int]) -> Keyring:
        if self.current.version in versions:
            raise ValueError("the current data key can't be removed")
        return replace(self, data_keys=tuple(key for key in self.data_keys if key.version not in versions))


def get() -> Keyring:
    """The keyring; read again whenever its file changed, so that running processes follow a rotation.

    On a first start there is no file yet and one is made. Raises BadKeyring saying what to do.
    """
    global _loaded
    content = from_environment()
    mark: object = content or _mark(settings.KEYS_FILE)
    if mark is None:
        make(Path(settings.KEYS_FILE))
        mark = _mark(settings.KEYS_FILE)
    if _loaded is None or _loaded[0] != mark:
        _loaded = (mark, parse(content, ENVIRONMENT) if content else read(Path(settings.KEYS_FILE)))
    return _loaded[1]


_loaded: tuple[object, Keyring] | None = None


def from_environment() -> str:
    """The keyring's text, when the environment (or the file that its _FILE variable names) holds it."""
    from zhoudao.settings import env

    return env("ZHOUDAO_KEYS_JSON", "")


def make(path: Path) -> bool:
    """Make a keyring at ``path`` unless there is one. Returns whether it was made now.

    Raises BadKeyring when the database already holds sealed values: a new key would never open them.
    """
    from zhoudao.core.keys import columns

    if path.exists():
        return False
    orphaned = columns.holding_values()
    if orphaned:
        raise BadKeyring(
            f"there is no key file at {path}, but the database holds sealed values "
            f"({', '.join(map(str, orphaned))}). Put back the key file that belongs to this database, or "
            "set ZHOUDAO_KEYS to where it is; nothing was changed. docs/keys.md, 'If the key file is "
            "lost', says what can still be done"
        )
    first = Keyring(str(path), (_new_data_key(1),), secrets.token_bytes(KEY_BYTES))
    try:
        return secret_file.write_once(path, dump(first))
    except OSError as error:
        raise BadKeyring(f"the key file {path} can't be written: {error.strerror}") from None


def save(keyring: Keyring) -> None:
    """Put ``keyring`` in the place of its file. Raises BadKeyring when it came from the environment."""
    if keyring.source == ENVIRONMENT:
        raise BadKeyring(
            f"the keyring comes from {ENVIRONMENT}, which can't be rewritten: put its content in a file of "
            f"mode 0600, name that file in ZHOUDAO_KEYS, unset {ENVIRONMENT}, run this again, and put the "
            "file's new content back"
        )
    try:
        secret_file.replace(Path(keyring.source), dump(keyring))
    except OSError as error:
        raise BadKeyring(
            f"the key file {keyring.source} can't be written: {error.strerror}; it is as it was"
        ) from None


def read(path: Path) -> Keyring:
    """The keyring in the file at ``path``. Raises BadKeyring."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise BadKeyring(
                f"the key file {path} can be read or written by others (mode {mode:04o}); make it yours "
                f"alone: chmod 600 {path}"
            )
        return parse(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise _torn(str(path), "it is not text") from None
    except OSError as error:
        raise BadKeyring(f"the key file {path} can't be read: {error.strerror}") from None


def parse(content: str, source: str) -> Keyring:
    """The keyring in ``content``, the text of a key file. Raises BadKeyring naming ``source``."""
    try:
        data = json.loads(content)
    except ValueError:
        raise _torn(source, "it is not JSON") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadKeyring(
            f"{source} is not a Zhoudao key file of format {FORMAT}; name the right one in ZHOUDAO_KEYS"
        )
    checksum = data.pop("checksum", None)
    if checksum != _checksum(data):
        raise _torn(source, "its checksum doesn't match")
    try:
        keys = tuple(
            DataKey(
                int(key["version"]),
                datetime.fromisoformat(key["made"]),
                datetime.fromisoformat(key["superseded"]) if key["superseded"] else None,
                _key_bytes(key["key"]),
            )
            for key in data["data_keys"]
        )
        blind_key = _key_bytes(data["blind_key"])
    except (KeyError, TypeError, ValueError):
        raise _torn(source, "a key in it is not whole") from None
    versions = [key.version for key in keys]
    if not versions or versions != sorted(set(versions)):
        raise _torn(source, "its data keys are not in order")
    return Keyring(source, keys, blind_key)


def dump(keyring: Keyring) -> str:
    """The text of the key file."""
    data: dict[str, object] = {
        "format": FORMAT,
        "data_keys": [
            {
                "version": key.version,
                "made": key.made.isoformat(timespec="seconds"),
                "superseded": key.superseded.isoformat(timespec="seconds") if key.superseded else None,
                "key": base64.b64encode(key.material).decode("ascii"),
            }
            for key in keyring.data_keys
        ],
        "blind_key": base64.b64encode(keyring.blind_key).decode("ascii"),
    }
    return json.dumps({**data, "checksum": _checksum(data)}, indent=2) + "\n"


def _new_data_key(version: int) -> DataKey:
    return DataKey(version, clock.machine_now(), None, secrets.token_bytes(KEY_BYTES))


def _key_bytes(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return raw


def _checksum(data: dict[str, object]) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _torn(source: str, what: str) -> BadKeyring:
    return BadKeyring(
        f"{source} is not a whole key file ({what}); put back the copy you keep (docs/keys.md, 'Keep')"
    )


def _mark(path: Path | str) -> tuple[int, int, int] | None:
    """What changes when the file does; None when there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadKeyring(f"the key file {path} can't be read: {error.strerror}") from None
    return found.st_ino, found.st_mtime_ns, found.st_size
