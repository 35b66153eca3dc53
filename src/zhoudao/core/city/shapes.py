"""What a city pack says, as models. A field's description is what an error says was expected there.

Longitudes and latitudes are degrees of WGS-84, always in that order. ``docs/city-pack.md`` explains each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Code = Annotated[str, Field(pattern=CODE, max_length=60)]
LonLat = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Clock = Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-9]):[0-5][0-9]$")]
"""A time of the day's service; 24:00 and later is the small hours of the next day, as in GTFS."""
Departure = Annotated[
    str, Field(pattern=r"^([01]?[0-9]|2[0-9]):[0-5][0-9](-([01]?[0-9]|2[0-9]):[0-5][0-9]/[1-9][0-9]{0,2})?$")
]
"""A time, or "07:00-17:00/20": from seven to five every twenty minutes."""
Language = Literal["zh-hans", "en"]
DISTRICT_CODE, CITY_CODE = r"^[0-9]{6}$", r"^[0-9]{4}$"
SAMPLE_CODE = r"^[1-8][0-9](99)99$"
"""GB/T 2260 gives no county the number 9999, so no real identity number starts with it."""
HELP_PHONE = r"^0[0-9]{2,3}-[0-9]{7,8}$"


class Strict(BaseModel):
    """Unknown keys are refused, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(Strict):
    """The same thing in both languages."""

    zh: str = Field(min_length=1, description="the text in Simplified Chinese")
    en: str = Field(min_length=1, description="the text in English")

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class District(Strict):
    """A district or county (区县) of the city."""

    code: Code = Field(description="a short name in lower case with hyphens, as outer-isles")
    name: Text = Field(description="zh and en")
    region_code: str = Field(pattern=DISTRICT_CODE, description="the six digits of GB/T 2260, in quotes")


class Bounds(Strict):
    """The smallest box around the city: coordinates outside it are refused as a mistake."""

    west: float = Field(ge=-180, le=180, description="degrees east of the western edge")
    south: float = Field(ge=-90, le=90, description="degrees north of the southern edge")
    east: float = Field(ge=-180, le=180, description="degrees east of the eastern edge")
    north: float = Field(ge=-90, le=90, description="degrees north of the northern edge")

    @model_validator(mode="after")
    def opens_northeast(self) -> Bounds:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("has its edges the wrong way round; expected west < east and south < north")
        return self

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


class Datum(Strict):
    """Which coordinates the city's own lists use, and what maps on people's phones expect."""

    source: Literal["WGS-84", "GCJ-02", "BD-09"] = Field(description="the datum of lists the city imports")
    handed_over: Literal["WGS-84", "GCJ-02", "BD-09"] = Field(description="the datum outside map apps expect")
    note: Text = Field(description="what an officer who enters coordinates should know, zh and en")


class SampleSize(Strict):
    """How large the generated city is."""

    residents: int = Field(ge=1, description="how many people")
    enterprises: int = Field(ge=1, description="how many enterprises")
    applications: int = Field(ge=1, description="how many applications in the year before as_of")
    street_nodes: int = Field(ge=100, description="about how many nodes of the street network")
    bus_lines: int = Field(ge=0, description="how many of lines.yaml's buses, from the top")


class SampleCounts(Strict):
    """How many places and entries the generated city has, in every size."""

    points: int = Field(ge=1, description="how many points, as many as points.yaml lists")
    kiosks: int = Field(ge=0, description="how many of them are self-service kiosks")
    enterprise_windows: int = Field(ge=0, description="how many of them are enterprise windows")
    phones: int = Field(ge=1, description="how many look-up entries of phones")
    guides: int = Field(ge=1, description="how many guides: an item at a point")


class City(Strict):
    """city.yaml: who the city is."""

    folder: Path = Field(exclude=True, description="the pack's folder (not in the file)")
    code: Code = Field(description="the same as the folder's name")
    name: Text = Field(description="zh and en")
    brand: Text = Field(description="what the service calls itself, zh and en")
    province: Text = Field(description="zh and en")
    region_code: str = Field(pattern=CITY_CODE, description="the first four digits of GB/T 2260, in quotes")
    sample_region_codes: list[Annotated[str, Field(pattern=SAMPLE_CODE)]] = Field(
        min_length=1, description="province and 9999, in quotes: no real identity number starts with it"
    )
    districts: list[District] = Field(min_length=1, description="a list of districts")
    datum: Datum = Field(description="source, handed_over and note")
    bounds: Bounds = Field(description="west, south, east and north, in degrees")
    centre: LonLat = Field(description="[longitude, latitude] the map opens at, inside the bounds")
    area_code: str = Field(pattern=r"^0[0-9]{2,3}$", description="the city's telephone area code, in quotes")
    help_phone: str = Field(pattern=HELP_PHONE, description="area code, hyphen and number, in quotes")
    export_port: Text = Field(description="the seaport its exporters ship from, zh and en")
    languages: list[Language] = Field(
        min_length=1, description="a list of zh-hans and en, the first by default"
    )
    as_of: AwareDatetime = Field(description="the moment the sample city stands at, with its offset from UTC")
    sample: dict[Literal["small", "city"], SampleSize] = Field(description="the sizes small and city")
    sample_counts: SampleCounts = Field(description="points, kiosks, enterprise_windows, phones and guides")

    @model_validator(mode="after")
    def fits_together(self) -> City:
        if not self.bounds.holds(*self.centre):
            raise ValueError(
                f"the centre {self.centre} lies outside the bounds; expected a place inside them"
            )
        for district in self.districts:
            if not district.region_code.startswith(self.region_code):
                raise ValueError(
                    f"{district.code} has {district.region_code}; expected {self.region_code} and two digits"
                )
        if missing := {"small", "city"} - set(self.sample):
            raise ValueError(f"sample lacks {' and '.join(sorted(missing))}; expected small and city")
        return self

    def district(self, code: str) -> District:
        """Raises KeyError for a code the city doesn't have."""
        for district in self.districts:
            if district.code == code:
                return district
        raise KeyError(code)

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.bounds.holds(longitude, latitude)


class Island(Strict):
    """A piece of land of land.geojson that has a name."""

    code: Code = Field(description="a short name in lower case with hyphens")
    name: Text = Field(description="zh and en")
    inside: LonLat = Field(description="[longitude, latitude] of any place on it: it picks the outline")


class Bridge(Strict):
    """A road bridge between two islands, where they are nearest each other."""

    name: Text = Field(description="zh and en")
    islands: tuple[Code, Code] = Field(description="two codes of islands")
    walkable: bool = Field(description="true when people may walk across, false for a motor road")


SettlementKind = Literal["city", "town", "village"]


class Settlement(Strict):
    """A place people live in: a quarter of a city, a township's seat, a village."""

    code: Code = Field(description="a short name in lower case with hyphens")
    name: Text = Field(description="zh and en")
    kind: SettlementKind = Field(description="one of city, town, village: how its streets lie")
    district: Code = Field(description="the code of a district in city.yaml")
    island: Code = Field(description="the code of an island in islands.yaml")
    at: LonLat = Field(
        description="[longitude, latitude] of its middle; moved onto the outline if it falls off"
    )
    population: int = Field(ge=1, description="how many people, about")


class Pier(Strict):
    """A passenger pier (客运码头)."""

    code: Code = Field(description="a short name in lower case with hyphens")
    name: Text = Field(description="zh and en")
    island: Code = Field(description="the code of an island in islands.yaml")
    at: LonLat = Field(description="[longitude, latitude]; moved to the island's coast")
    cars: bool = Field(description="true when cars can board here")


class Season(Strict):
    """Days of the timetable that share a plan."""

    code: Code = Field(description="a short name in lower case with hyphens")
    starts: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the first day, YYYY-MM-DD")
    ends: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the last day, YYYY-MM-DD")


class Holiday(Strict):
    """Days on which the Sunday plan runs (a public holiday), or the weekday plan (a make-up day)."""

    name: Text = Field(description="zh and en")
    days: list[Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]] = Field(description="days, YYYY-MM-DD")
    makeup: list[Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]] = Field(
        default=[], description="working Saturdays and Sundays, YYYY-MM-DD"
    )


Days = Literal["daily", "weekdays", "weekend", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Sailings(Strict):
    """When a line leaves its first stop (and, turned round, its last)."""

    days: list[Days] = Field(min_length=1, description="a list of daily, weekdays, weekend, or mon to sun")
    season: Code | None = Field(default=None, description="a season's code; left out for the whole timetable")
    out: list[Departure] = Field(
        default=[], description="times from the first stop, as 07:00 or 07:00-17:00/20"
    )
    back: list[Departure] = Field(
        default=[], description="times from the last stop, as 07:00 or 07:00-17:00/20"
    )

    @model_validator(mode="after")
    def leaves_at_all(self) -> Sailings:
        if not self.out and not self.back:
            raise ValueError("names no time; expected out, back or both")
        return self


class Ferry(Strict):
    """A boat line (航线)."""

    code: Code = Field(description="a short name in lower case with hyphens")
    name: Text = Field(description="zh and en")
    piers: list[Code] = Field(min_length=2, description="the piers in order, codes of piers.yaml")
    minutes: list[Annotated[int, Field(ge=1, le=600)]] = Field(
        description="minutes from each pier to the next"
    )
    cars: bool = Field(description="true for a car ferry")
    sailings: list[Sailings] = Field(min_length=1, description="when it sails")

    @model_validator(mode="after")
    def one_time_a_leg(self) -> Ferry:
        if len(self.minutes) != len(self.piers) - 1:
            raise ValueError(f"has {len(self.minutes)} minutes; expected {len(self.piers) - 1}, one a leg")
        return self


class UntimedFerry(Strict):
    """A boat without a timetable: it goes when someone asks, and the map takes it as a way of its own."""

    name: Text = Field(description="zh and en")
    piers: tuple[Code, Code] = Field(description="two codes of piers.yaml")
    minutes: int = Field(ge=1, le=600, description="minutes across")
    cars: bool = Field(description="true when it takes cars")


class Bus(Strict):
    """A bus line (公交线路). Its stops are laid along the streets between the settlements it names."""

    code: Code = Field(description="the line's number, as 21 in quotes")
    name: Text = Field(description="zh and en")
    through: list[Code] = Field(min_length=2, description="codes of settlements or piers, in order")
    first: Clock = Field(description="the first departure from either end, in quotes")
    last: Clock = Field(description="the last departure from either end, in quotes")
    every: int = Field(ge=5, le=720, description="minutes between departures")
    weekend_every: int | None = Field(
        default=None, ge=5, le=720, description="the same on holidays; as every if left out"
    )
    by_frequency: bool = Field(
        default=False, description="true when only the interval is promised, not the times"
    )


class Lines(Strict):
    """lines.yaml: boats and buses."""

    starts: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the timetable's first day, YYYY-MM-DD")
    ends: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the timetable's last day, YYYY-MM-DD")
    boat_agency: Text = Field(description="the operator of the boats, zh and en")
    bus_agency: Text = Field(description="the operator of the buses, zh and en")
    seasons: list[Season] = Field(description="a list of seasons; [] when the plan is the same all the time")
    holidays: list[Holiday] = Field(description="public holidays within the timetable")
    ferries: list[Ferry] = Field(min_length=1, description="a list of boat lines")
    untimed_ferries: list[UntimedFerry] = Field(description="boats that go on request; [] when none")
    buses: list[Bus] = Field(description="a list of bus lines; [] when none")


class StreetNames(Strict):
    """names.yaml: what generated streets are called."""

    stems: list[Text] = Field(min_length=12, description="at least 12 stems, as 文化 / Wenhua")
    roads: list[Text] = Field(min_length=1, description="words for a main street, as 路 / Road")
    streets: list[Text] = Field(min_length=1, description="words for a side street, as 街 / Street")
    lanes: list[Text] = Field(min_length=1, description="words for an alley, as 弄 / Lane")
    country_road: Text = Field(description="word for a road between two places, as 线 / Line")
    coast_road: Text = Field(description="word for a coast road, as 环岛路 / Ring Road")


PointKind = Literal["counter", "station", "kiosk", "enterprise_window"]


class PlannedPoint(Strict):
    """A place that serves people, before it's put on a street."""

    name: Text = Field(description="zh and en")
    kind: PointKind = Field(description="one of counter, station, kiosk, enterprise_window")
    settlement: Code = Field(description="the code of a settlement in settlements.yaml")
    hours: Code = Field(description="the name of a pattern in hours.yaml")
    services: list[Code] = Field(min_length=1, description="a list of service codes")
    beside: int | None = Field(
        default=None, ge=1, description="number of another point it's in the building of, from 1"
    )
    near: Code | None = Field(default=None, description="the code of a pier it stands by")
    step_free: bool = Field(description="true when a wheelchair gets in")


class PlannedPhone(Strict):
    """A number people look up, besides each point's own."""

    name: Text = Field(description="zh and en")
    kind: Literal["appointment", "enquiry", "duty", "emergency", "complaint"] = Field(
        description="one of appointment, enquiry, duty, emergency, complaint"
    )
    phone: str | None = Field(
        default=None, description="a national short number, as '110'; left out: one is generated"
    )
    district: Code | None = Field(default=None, description="a district's code; left out for the whole city")
    point: int | None = Field(default=None, ge=1, description="number of the point it belongs to, from 1")
    hours: Code = Field(description="the name of a pattern in hours.yaml")


class GuideNotes(Strict):
    """guides.yaml: what a guide adds to an item at a point."""

    services: dict[Code, list[Text]] = Field(
        description="by service code: notes, of which each guide gets one"
    )
    own_phone_every: int = Field(ge=1, description="one in so many guides has a phone of its own desk")
    own_hours: dict[Code, Code] = Field(
        description="by service code: the pattern of a desk that opens otherwise than its point"
    )


class Islands(Strict):
    """islands.yaml."""

    islands: list[Island] = Field(min_length=1, description="a list of islands")
    bridges: list[Bridge] = Field(default=[], description="a list of bridges; left out when there is none")


class Settlements(Strict):
    """settlements.yaml."""

    settlements: list[Settlement] = Field(min_length=1, description="a list of settlements")


class Piers(Strict):
    """piers.yaml."""

    piers: list[Pier] = Field(min_length=1, description="a list of piers")


class Hours(Strict):
    """hours.yaml."""

    hours: dict[Code, str] = Field(description="patterns in OpenStreetMap's opening_hours syntax, by name")


class Points(Strict):
    """points.yaml."""

    points: list[PlannedPoint] = Field(min_length=1, description="a list of points")


class Phones(Strict):
    """phones.yaml."""

    phones: list[PlannedPhone] = Field(description="a list of numbers; [] when points' own are all")


@dataclass(frozen=True)
class Pack:
    """Everything in a pack's folder but the land and the items."""

    city: City
    islands: list[Island]
    bridges: list[Bridge]
    settlements: list[Settlement]
    piers: list[Pier]
    lines: Lines
    names: StreetNames
    hours: dict[str, str]
    points: list[PlannedPoint]
    phones: list[PlannedPhone]
    guides: GuideNotes
