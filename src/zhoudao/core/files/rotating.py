"""The store's part in a rotation of keys."""

from __future__ import annotations

from collections.abc import Callable

from zhoudao.core.files import sealing, store
from zhoudao.core.keys import keyring

OFTEN = 100


class SealedFiles:
    """What ``zhoudao.core.keys.contents`` asks of a room that keeps sealed contents."""

    def count(self, version: int | None = None) -> int:
        versions = [sealing.version_of(path) for path in store.sealed_contents()]
        return len(versions) if version is None else versions.count(version)

    def rewrite(self, report: Callable[[int], None]) -> int:
        done = 0
        for path in store.sealed_contents():
            try:
                if sealing.version_of(path) == keyring.get().current.version:
                    continue
                store.reseal(path)
            except FileNotFoundError:  # swept meanwhile
                continue
            except sealing.Broken as problem:
                raise keyring.CannotUnseal(f"{problem} (below {path.parent})") from None
            done += 1
            if done % OFTEN == 0:
                report(done)
        return done
