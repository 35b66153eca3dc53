"""Whether a content is what its name claims, found out while it passes: nothing of it lies anywhere in plain."""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Iterable, Iterator

from django.conf import settings

from zhoudao.core.files.rules import HEAD, ZIP, BadFile, Kind, check_head, check_members, check_text

MIB = 1024 * 1024
MOST_MEMBERS = 10_000
"""Of an Office file; more is no document."""


def checked(pieces: Iterable[bytes], name: str, kind: Kind) -> Iterator[bytes]:
    """The same bytes. Raises BadFile, for some kinds only at the end."""
    size, limit, rest = 0, settings.FILE_LIMIT_MIB * MIB, _rest_of(name, kind)
    for piece in _beginning_first(pieces):
        if size == 0:
            check_head(name, kind, piece[:HEAD])
        size += len(piece)
        if size > limit:
            raise BadFile(f"{name}: it is larger than {settings.FILE_LIMIT_MIB} MiB; expected a smaller file")
        rest.take(piece)
        yield piece
    if size == 0:
        raise BadFile(f"{name}: it is empty; expected a {kind.code} file")
    rest.end()


def _beginning_first(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, the first piece long enough to tell what the file is."""
    beginning, rest = b"", iter(pieces)
    for piece in rest:
        beginning += piece
        if len(beginning) >= HEAD:
            break
    if beginning:
        yield beginning
    yield from rest


class _Nothing:
    """A kind that its beginning tells."""

    def take(self, piece: bytes) -> None:
        pass

    def end(self) -> None:
        pass


class _Office(_Nothing):
    """An archive's list of members stands at its end, so it is read from memory, where all of it fits (the limit)."""

    def __init__(self, name: str, kind: Kind) -> None:
        self._name, self._kind, self._all = name, kind, io.BytesIO()

    def take(self, piece: bytes) -> None:
        self._all.write(piece)

    def end(self) -> None:
        check_members(self._name, self._kind, self._members())

    def _members(self) -> list[str]:
        try:
            with zipfile.ZipFile(self._all) as archive:
                members = archive.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BadFile(
                f"{self._name}: it can't be opened ({error}); expected a whole, unencrypted file"
            ) from None
        if len(members) > MOST_MEMBERS:
            raise BadFile(f"{self._name}: it holds {len(members)} parts; expected a document")
        return members


class _Text(_Nothing):
    """Read as both encodings at once; one of them must last to the end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._decoders = [codecs.getincrementaldecoder(each)() for each in ("utf-8", "gb18030")]

    def take(self, piece: bytes) -> None:
        self._go_on(piece, final=False)

    def end(self) -> None:
        self._go_on(b"", final=True)

    def _go_on(self, piece: bytes, *, final: bool) -> None:
        texts = {decoder: _decoded(decoder, piece, final) for decoder in self._decoders}
        self._decoders = [decoder for decoder in self._decoders if texts[decoder] is not None]
        if not self._decoders:
            raise BadFile(f"{self._name}: it isn't text; expected UTF-8 or GB 18030")
        check_text(self._name, texts[self._decoders[0]] or "")


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, final: bool) -> str | None:
    try:
        return decoder.decode(piece, final)
    except UnicodeDecodeError:
        return None


def _rest_of(name: str, kind: Kind) -> _Nothing:
    if kind.magic == ZIP:
        return _Office(name, kind)
    return _Nothing() if kind.magic else _Text(name)
