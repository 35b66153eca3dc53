"""Whether the keyring in use opens what the database holds."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core.keys import keyring, queries
from zhoudao.core.signs import Level, Reading, sign


@sign("keys.open", order=12, needed=True)
def opens() -> Reading:
    try:
        queries.verify()
    except keyring.BadKeyring:
        words = _("The key file does not open what is stored: put back the one that belongs to this database.")
        return Reading(Level.BAD, words)
    return Reading(Level.WELL, _("The keys open what is stored."), {"zhoudao_keys_data": len(keyring.get().data_keys)})
