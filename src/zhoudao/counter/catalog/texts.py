"""What every part of an item is made of: texts in both languages, lists without repeats, and sources. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, LiteralString

from pydantic import AfterValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from zhoudao.core.city import shapes
from zhoudao.core.city.shapes import Strict


def refused(
    kind: str, sentence: LiteralString, values: Mapping[str, object] | None = None
) -> PydanticCustomError:
    """What a check raises. It keeps its sentence, so that a page can say it in another language."""
    return PydanticCustomError(kind, sentence, {**(values or {}), "sentence": sentence})


_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def _has_chinese(text: str) -> str:
    if not _HAN.search(text):
        raise refused("language", "has no Chinese character")
    return text


def _has_no_chinese(text: str) -> str:
    if _HAN.search(text):
        raise refused("language", "has a Chinese character")
    return text


def _is_english(text: str) -> str:
    if not _LATIN.search(text):
        raise refused("language", "has no letter")
    return _has_no_chinese(text)


def unlike_each_other(values: list) -> list:
    repeated = sorted({str(value) for value in values if values.count(value) > 1})
    if repeated:
        raise refused("repeated", "names {repeated} twice", {"repeated": ", ".join(repeated)})
    return values


Chinese = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_has_chinese)]
English = Annotated[str, Field(min_length=1, max_length=800), AfterValidator(_is_english)]
ChinesePhrase = Annotated[str, Field(min_length=1, max_length=30)]
"""As people type it: a phrase for Chinese readers may be in letters (C1, ETC)."""
EnglishPhrase = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_has_no_chinese)]


class Text(shapes.Text):
    """The same thing said in both languages, each in its own."""

    zh: Chinese = Field(description="the text in Simplified Chinese")
    en: English = Field(description="the text in English, without Chinese characters")


class Law(Strict):
    """A rule the item rests on."""

    title: Text = Field(description="the title of the law or regulation, zh and en")
    article: Text = Field(description="the article, zh and en, such as 第十一条 and Article 11")
    checked: StrictBool = Field(description="true when the citation was compared with the text, else false")
    note: Text | None = Field(None, description="what is still to be checked, zh and en")

    @model_validator(mode="after")
    def unchecked_says_what(self) -> Law:
        if not self.checked and self.note is None:
            raise refused("note", "is not checked, but no note says what is still to be checked")
        return self
