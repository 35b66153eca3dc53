"""Names as people have them: rare characters, middle dots, long foreign names. Pure.

A name is kept as it was given, with only those differences folded that nobody means: which of six dots a
keyboard gave, how wide a space is, and the private code points that GB 18030-2000 lent to characters Unicode
did not have yet.
"""

from __future__ import annotations

import re
import unicodedata

from zhoudao.core.people.rules.bad_input import BadInput


class BadName(BadInput):
    """A name that can't be kept as it was given."""


LONGEST = 100
"""Characters. Machine-readable passports cut at 39; names on visas and permits run longer."""

MIDDLE_DOT = "·"  # U+00B7, which GB 18030 prints on identity cards (间隔号)
_OTHER_DOTS = re.compile(r"\s*[·・･•‧∙⋅⸱ꞏ]\s*")
_HAN = r"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFD"
_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s*[.．。]\s*(?=[{_HAN}])")
_COMPATIBILITY_HAN = re.compile(r"([\uF900-\uFAFF\U0002F800-\U0002FA1F])")

_LENT = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟"
    "㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟"
    "䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
"""What U+E815 to U+E864 stand for, which are GB 18030 places FE50 to FEA0. Unicode took the last fourteen in
later; GB 18030-2022 gives them the code points they have there.
"""
_FROM_PRIVATE = {0xE815 + place: character for place, character in enumerate(_LENT)}
_PRIVATE = re.compile(r"[\uE000-\uF8FF\U000F0000-\U0010FFFD]")


def normalise_name(text: str) -> str:
    """A person's name in its stored form. Raises BadName.

    Han characters of every block stay as they are, compatibility ideographs (﨑, 隆) among them; other
    letters are composed (NFC). Dots between parts become U+00B7; spaces become single.
    """
    name = text.translate(_FROM_PRIVATE)
    if _PRIVATE.search(name):
        raise BadName(
            "name_private_font",
            "the name has a character from a private font, which other computers can't show: write it with "
            "the character of GB 18030-2022, or have a clerk look it up",
        )
    name = _compose(re.sub(r"\s+", " ", name).strip())
    name = _STOP_BETWEEN_HAN.sub(MIDDLE_DOT, _OTHER_DOTS.sub(MIDDLE_DOT, name))
    name = _narrow_letters(name)
    if not name:
        raise BadName("name_empty", "the name is empty")
    if len(name) > LONGEST:
        raise BadName("name_long", f"the name has {len(name)} characters; at most {LONGEST} are kept")
    for place, character in enumerate(name, start=1):
        if not _may_stand_in_a_name(character):
            raise BadName(
                "name_character",
                f"character {place} of the name is not one that names have ({_kind(character)})",
            )
    if not any(_is_letter(character) for character in name):
        raise BadName("name_no_letter", "the name has no letter in it")
    return name


def key_of_name(name: str) -> str:
    """What two spellings of one name share: for blind indexes only, never shown or stored."""
    folded = unicodedata.normalize("NFKC", normalise_name(name)).casefold()
    return re.sub(r"[^\w]", "", folded)


def _compose(text: str) -> str:
    """NFC, except that compatibility ideographs stay: NFC would swap a person's own character for its
    relative.
    """
    return "".join(
        part if _COMPATIBILITY_HAN.fullmatch(part) else unicodedata.normalize("NFC", part)
        for part in _COMPATIBILITY_HAN.split(text)
    )


def _narrow_letters(text: str) -> str:
    """Full-width Latin letters, apostrophes, hyphens and stops as half-width ones."""
    return "".join(
        unicodedata.normalize("NFKC", character) if "\uff07" <= character <= "\uff5a" else character
        for character in text
    )


def _is_letter(character: str) -> bool:
    # Planes 2 and 3 hold nothing but Han characters; Python's tables lag behind the newest blocks (H, I).
    return unicodedata.category(character).startswith("L") or 0x20000 <= ord(character) <= 0x3FFFD


def _may_stand_in_a_name(character: str) -> bool:
    return (
        _is_letter(character)
        or unicodedata.category(character) in ("Mn", "Mc")  # vowel signs, accents, variation selectors
        or character in " ·-'’.,〇"
        or character in "\u200c\u200d"  # joiners that Persian and Indic spellings need
        or "⺀" <= character <= "⻿"  # radicals that stand as characters in GB 18030
    )


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return "a digit"
    if category.startswith("C"):
        return "a control or unknown character"
    return "a sign or symbol"
