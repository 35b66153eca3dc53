"""The vital signs of every room, read one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from zhoudao.core.signs import Level, Reading, Sign, signs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Read:
    sign: Sign
    reading: Reading


def known() -> list[Sign]:
    """Every sign of every installed room, in the order they are shown."""
    _discover()
    return signs()


def read_all() -> list[Read]:
    """Each sign now. One that can't be read is bad, and the others are still read."""
    return list(_read(known()))


def read_needed() -> list[Read]:
    """Only those without which nothing can be served."""
    return list(_read([sign for sign in known() if sign.needed]))


def _read(wanted: list[Sign]) -> Iterator[Read]:
    for sign in wanted:
        try:
            yield Read(sign, sign.read())
        except Exception as problem:
            log.error("sign %s can't be read: %s", sign.name, type(problem).__name__)
            words = _("It can't be read (%(kind)s): see the log.") % {"kind": type(problem).__name__}
            yield Read(sign, Reading(Level.BAD, words))


@cache
def _discover() -> None:
    autodiscover_modules("signs")
