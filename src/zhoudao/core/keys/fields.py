"""A text column that is sealed in the database and open in Python."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from zhoudao.core.keys import keyring


class PersonalText(str):
    """Text about a person. It reads as any text, but never shows itself in a repr, a traceback or a debug
    page.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


class SealedTextField(models.TextField):
    """Text encrypted at rest with AES-256-GCM; each value is bound to its table and column.

    Stored as ``k<version>:<base64>``; NULL and the empty string are stored as they are. The database can't
    search it: keep ``blind_index(purpose, value)`` in an indexed ``CharField(max_length=64)`` beside it for
    look-ups. Reading raises ``keyring.CannotUnseal`` when a value was altered or moved.
    """

    description = "Sealed text"

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return PersonalText(keyring.get().unseal(value, self.place)) if value else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and value:
            return keyring.get().seal(value, self.place)
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> type[models.Lookup] | None:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.model._meta.label}.{self.name} is sealed, so the database can't look into it: filter "
            f"by its blind index, or by {self.name}__isnull"
        )

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(
            f"{self.model._meta.label}.{self.name} is sealed and isn't written to dumps: back up the "
            "database with its key file"
        )
