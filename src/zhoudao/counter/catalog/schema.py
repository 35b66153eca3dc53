"""What an item is (事项): the shape of one YAML file in ``cities/<city>/items/<category>/<code>.yaml``.

Pure: no Django, no files. ``files.py`` reads folders and turns what this schema refuses into problems by
line. Each field's description is what an error says was expected; ``docs/items.md`` explains each key.

An item tells people what to do. What the platform itself does with an application (its form, papers, steps,
decisions and certificate) is its ``program``, described in ``program.py``: an item that is only described stays
valid without one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from zhoudao.core.city.shapes import Code, Strict
from zhoudao.counter.catalog.program import Program
from zhoudao.counter.catalog.texts import (
    Chinese,
    ChinesePhrase,
    English,
    EnglishPhrase,
    Law,
    Text,
    refused,
    unlike_each_other,
)


class Category(StrEnum):
    """The shelf an item stands on; also the folder its file is in."""

    HOUSEHOLD = "household"
    TRAFFIC = "traffic"
    EXIT_ENTRY = "exit-entry"
    PUBLIC_SECURITY = "public-security"
    ENTERPRISE = "enterprise"


class Service(StrEnum):
    """A desk or machine at a point; a point lists the services it has, an item the services that do it."""

    HOUSEHOLD = "household"
    ID_CARD = "id-card"
    RESIDENCE = "residence"
    VEHICLE = "vehicle"
    DRIVER = "driver"
    EXIT_ENTRY = "exit-entry"
    PUBLIC_SECURITY = "public-security"
    ENTERPRISE = "enterprise"
    KIOSK_HOUSEHOLD = "kiosk-household"
    KIOSK_TRAFFIC = "kiosk-traffic"
    KIOSK_EXIT_ENTRY = "kiosk-exit-entry"
    ANTI_FRAUD = "anti-fraud"


KIOSK_SERVICES = frozenset({Service.KIOSK_HOUSEHOLD, Service.KIOSK_TRAFFIC, Service.KIOSK_EXIT_ENTRY})


class Channel(StrEnum):
    """A way to apply."""

    WINDOW = "window"
    ONLINE = "online"
    KIOSK = "kiosk"
    POST = "post"
    HOME = "home"
    """An officer comes (上门)."""


class Audience(StrEnum):
    """Whom an item is for."""

    RESIDENT = "resident"
    """Registered in the city (户籍居民)."""
    MIGRANT = "migrant"
    """Lives in the city, registered elsewhere (流动人口)."""
    ENTERPRISE = "enterprise"
    FOREIGNER = "foreigner"
    VISITOR = "visitor"
    """Passing through, from the mainland, Hong Kong, Macau or Taiwan."""


class MaterialKind(StrEnum):
    ORIGINAL = "original"
    COPY = "copy"
    PHOTO = "photo"
    FORM = "form"
    CERTIFICATE = "certificate"


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    WORKDAY = "workday"
    DAY = "day"


class Words(Strict):
    """What people type when they mean this item."""

    zh: Annotated[list[ChinesePhrase], AfterValidator(unlike_each_other)] = Field(
        min_length=5, max_length=80, description="5 to 80 plain Chinese phrases, each once"
    )
    en: Annotated[list[EnglishPhrase], AfterValidator(unlike_each_other)] = Field(
        min_length=3, max_length=40, description="3 to 40 plain English phrases, each once"
    )


class Steps(Strict):
    """What the person does, in order. Both languages have the same number of steps."""

    zh: list[Chinese] = Field(min_length=1, max_length=9, description="1 to 9 steps in Chinese")
    en: list[English] = Field(min_length=1, max_length=9, description="1 to 9 steps in English")

    @model_validator(mode="after")
    def same_number(self) -> Steps:
        if len(self.zh) != len(self.en):
            raise refused(
                "steps",
                "has {zh} steps in Chinese and {en} in English",
                {"zh": len(self.zh), "en": len(self.en)},
            )
        return self


class Material(Strict):
    """A thing to bring or hand in."""

    code: Code = Field(description="a short English code in lower case with hyphens, unique in the item")
    name: Text = Field(description="its name, zh and en")
    kind: MaterialKind = Field(description="one of original, copy, photo, form, certificate")
    required: StrictBool = Field(description="true, or false when only the case the note tells needs it")
    note: Text | None = Field(None, description="when it is needed, or what it must look like, zh and en")

    @model_validator(mode="after")
    def optional_says_when(self) -> Material:
        if not self.required and self.note is None:
            raise refused("note", "is not required but has no note that says when it is needed")
        return self


class Fee(Strict):
    fen: StrictInt = Field(ge=0, description="the fee in fen (1/100 yuan), 0 or more")
    note: Text | None = Field(None, description="what the fee depends on, zh and en")


class Duration(Strict):
    """A promise or a limit."""

    amount: StrictInt = Field(ge=1, le=1000, description="a whole number from 1 to 1000")
    unit: Unit = Field(description="one of minute, hour, workday, day")
    note: Text | None = Field(None, description="what the time depends on, zh and en")


class Item(Strict):
    """One thing the police do for people."""

    code: Code = Field(description="an English code in lower case with hyphens, the same as the file's name")
    category: Category = Field(description=f"one of {', '.join(Category)}, the same as the folder")
    name: Text = Field(description="the item's name, zh and en")
    summary: Text = Field(description="one sentence for someone who has never heard of it, zh and en")
    words: Words = Field(description="what people type when they mean it, zh and en")
    audience: Annotated[list[Audience], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description="a list of resident, migrant, enterprise, foreigner, visitor"
    )
    who_may_apply: Text = Field(description="who may apply, and for whom, zh and en")
    materials: list[Material] = Field(description="a list of what to bring; [] when nothing")
    fee: Fee = Field(description="fen, and a note where it depends on something")
    legal_time: Duration | None = Field(
        None, description="amount and unit of the limit the law sets; left out when no law sets one"
    )
    promised_time: Duration = Field(description="amount and unit of the time the city promises")
    channels: Annotated[list[Channel], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description="a list of window, online, kiosk, post, home"
    )
    served_by: Annotated[list[Service], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description=f"a list of service codes: {', '.join(Service)}"
    )
    steps: Steps = Field(description="what the person does, in order, zh and en")
    law: list[Law] = Field(min_length=1, description="at least one law with its article")
    related: Annotated[list[Code], AfterValidator(unlike_each_other)] = Field(
        description="a list of codes of other items; [] when none"
    )
    popular_rank: StrictInt | None = Field(
        None, ge=1, description="1 for what people come for most, left out for most items"
    )
    program: Program | None = Field(
        None, description="how the platform takes and decides it; left out while it is only described"
    )

    @model_validator(mode="after")
    def fits_together(self) -> Item:
        kiosk_desk = bool(KIOSK_SERVICES.intersection(self.served_by))
        if kiosk_desk != (Channel.KIOSK in self.channels):
            raise refused("kiosk", "has the kiosk in only one of channels and served_by")
        if Channel.WINDOW in self.channels and KIOSK_SERVICES.issuperset(self.served_by):
            raise refused("window", "is done at a window, but served_by names only kiosks")
        materials = [material.code for material in self.materials]
        if len(set(materials)) != len(materials):
            raise refused("materials", "has two materials of one code")
        if self.code in self.related:
            raise refused("related", "names itself in related")
        if self.program is not None:
            self._program_fits(self.program, set(materials))
        return self

    def _program_fits(self, program: Program, materials: set[str]) -> None:
        """The program names materials of this item, and promises no more than the item does."""
        unknown = sorted({paper.material for paper in program.papers} - materials)
        if unknown:
            raise refused(
                "papers",
                "has a paper for {names}, which is no material; expected codes of materials",
                {"names": ", ".join(unknown)},
            )
        taken = sum(step.workdays for step in program.steps)
        if self.promised_time.unit is Unit.WORKDAY and taken > self.promised_time.amount:
            raise refused(
                "program_time",
                "has steps of {taken} working days; expected at most the promised {promised}",
                {"taken": taken, "promised": self.promised_time.amount},
            )
