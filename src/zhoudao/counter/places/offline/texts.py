"""What is kept in words, one document a language: names, notes, what to bring. In the order of ``facts``."""

from __future__ import annotations

import re
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from zhoudao.core import city
from zhoudao.core.look.words import is_chinese, text
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.catalog.search.language import normalise
from zhoudao.counter.catalog.search.reading import sound_of
from zhoudao.counter.places.labels import PHONE_KINDS, POINT_KINDS
from zhoudao.counter.places.offline.facts import Directory
from zhoudao.counter.places.rules import PhoneKind, PointKind

_HAN = re.compile(r"[\u3400-\u9fff]+")


def texts(held: Directory, language: str) -> dict[str, Any]:
    """For one language."""
    side = "zh" if is_chinese(language) else "en"
    notes: dict[str, int] = {}
    points = {point.pk: number for number, point in enumerate(held.points)}
    items = {item.code: number for number, item in enumerate(held.items)}
    said: list[dict[int, int]] = [{} for _ in held.items]
    for guide in held.guides:
        note = guide.note[side]
        if note and guide.item in items:
            said[items[guide.item]][points[guide.point_id]] = notes.setdefault(note, len(notes))
    here = city.current()
    with override(language):
        return {
            "language": language,
            "items": [_item(item, language) for item in held.items],
            "notes": list(notes),
            "said": said,
            "points": [
                {
                    "name": point.name[side],
                    "address": point.address[side],
                    "kind": str(POINT_KINDS[PointKind(point.kind)]),
                }
                for point in held.points
            ],
            "phones": [
                {
                    "name": entry.name[side],
                    "phone": entry.phone,
                    "kind": str(PHONE_KINDS[PhoneKind(entry.kind)]),
                    "point": points.get(entry.point_id or 0),
                    "district": entry.district,
                }
                for entry in held.phones
            ],
            "districts": {each.code: text(each.name, language) for each in here.districts},
        }


def _item(item: Item, language: str) -> dict[str, Any]:
    return {
        "name": text(item.name, language),
        "summary": text(item.summary, language),
        "html": render_to_string("places/offline/parts/item.html", {"item": item}),
        "find": _phrases(item),
    }


def _phrases(item: Item) -> list[str]:
    """What people type when they mean it, the title first, folded as the search folds it; with the sounds of the
    Chinese ones, and their first letters, for whoever types pinyin. Of both languages: people type either on either
    page."""
    zh, en = [item.name.zh, *item.words.zh], [item.name.en, *item.words.en]
    folded = [normalise(phrase) for phrase in (*zh, *en)]
    han = ["".join(_HAN.findall(phrase)) for phrase in zh]
    sounds = [sound_of(each) for each in han] + ["".join(sound_of(one)[0] for one in each) for each in han]
    return list(dict.fromkeys(phrase for phrase in (*folded, *sounds) if phrase))
