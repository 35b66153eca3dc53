"""The directory as Open Referral's Human Services Data Specification, HSDS 3 (https://docs.openreferral.org/).

One JSON document, ``{"organizations": [...], "services": [...]}``, of HSDS objects nested as its JSON
serialisation has them: an organization with its locations and phones, a service (an item of the
catalogue) with its service_at_locations (the guides). What HSDS has no field for stands in ``attributes``
labelled ``zhoudao:...``, so that nothing is lost on the way out and back in. ``hsds.schema.json`` beside
this file is the part of the specification used here.

Schedules are RFC 5545 recurrences of an ordinary week; what a week can't say (holidays, seasons) is said
by the opening_hours expression in ``notes``, from which the week was made."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any

from zhoudao.core.city import City
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places import hours
from zhoudao.counter.places.exchange import rows
from zhoudao.counter.places.exchange.records import (
    GUIDES,
    PHONES,
    POINTS,
    GuideRecord,
    PhoneRecord,
    PointRecord,
)
from zhoudao.counter.places.exchange.rows import Row

Json = dict[str, Any]
LABEL = "zhoudao:"
POINT_IDENTIFIER = f"{LABEL}point"
UTC_OFFSET, UTC_OFFSET_HOURS = "+08:00", 8
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST_MINUTE = time(23, 59)
"""How HSDS times say midnight at the end of a day, which they can't write as 24:00."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://docs.openreferral.org/zhoudao")
_EXPRESSION = re.compile(r"opening_hours=(.+)", re.DOTALL)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


# Out -------------------------------------------------------------------------------------------------------


def document(here: City, directory: Mapping[str, Sequence[Any]], items: Iterable[Item]) -> Json:
    """The whole directory. ``directory`` has records by table; ids are the same each time for the same
    codes."""
    identify = _identify(here)
    police_zh = f"{here.province.zh}{here.name.zh}公安便民服务"
    police_en = f"Police services of {here.name.en}, {here.province.en}"
    organization: Json = {
        "id": identify("organization", here.code),
        "name": here.brand.zh,
        "alternate_name": here.brand.en,
        "description": f"{police_zh} / {police_en}",
        "phones": [_entry(identify, here, record) for record in directory[PHONES]],
        "locations": [_location(identify, here, record) for record in directory[POINTS]],
    }
    at_item: dict[str, list[GuideRecord]] = {}
    for guide in directory[GUIDES]:
        at_item.setdefault(guide.item, []).append(guide)
    services = [
        _service(identify, organization["id"], item, at_item[item.code])
        for item in items
        if item.code in at_item
    ]
    return {"organizations": [organization], "services": services}


def counts(content: Json) -> dict[str, int]:
    """How many objects of each kind a document holds."""
    organizations, services = content["organizations"], content["services"]
    return {
        "organizations": len(organizations),
        "locations": sum(len(organization["locations"]) for organization in organizations),
        "phones": sum(len(organization["phones"]) for organization in organizations),
        "services": len(services),
        "service_at_locations": sum(len(service["service_at_locations"]) for service in services),
    }


def write(path: Path, content: Json) -> None:
    """Write the document beside ``path`` and move it there when whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)


Identify = Callable[..., str]


def _identify(here: City) -> Identify:
    def identify(*names: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, "/".join((here.code, *names))))

    return identify


def _attributes(
    identify: Identify, entity: str, link_id: str, values: Iterable[tuple[str, str]]
) -> list[Json]:
    return [
        {
            "id": identify("attribute", link_id, label, value),
            "link_id": link_id,
            "link_entity": entity,
            "label": f"{LABEL}{label}",
            "value": value,
        }
        for label, value in values
        if value
    ]


def _location(identify: Identify, here: City, record: PointRecord) -> Json:
    key = identify("location", record.code)
    address = identify("address", record.code)
    location: Json = {
        "id": key,
        "location_type": "physical",
        "name": record.name_zh,
        "alternate_name": record.name_en,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "external_identifier": record.code,
        "external_identifier_type": POINT_IDENTIFIER,
        "addresses": [
            {
                "id": address,
                "location_id": key,
                "address_1": record.address_zh,
                "city": here.name.zh,
                "region": here.district(record.district).name.zh,
                "state_province": here.province.zh,
                "postal_code": "",  # HSDS wants the field; the directory has no post codes
                "country": "CN",
                "address_type": "physical",
                "attributes": _attributes(
                    identify, "address", address, [("address_1_en", record.address_en)]
                ),
            }
        ],
        "phones": [_number(identify, "location", key, record.phone)] if record.phone else [],
        "schedules": _schedules(identify, "location", key, record.hours),
        "accessibility": [
            {
                "id": identify("accessibility", record.code),
                "location_id": key,
                "description": "无台阶，轮椅可进 / Step-free entrance"
                if record.step_free
                else "入口有台阶 / Steps at the entrance",
            }
        ],
    }
    location["attributes"] = _attributes(
        identify,
        "location",
        key,
        [
            ("kind", record.kind),
            ("district", record.district),
            ("step_free", "yes" if record.step_free else "no"),
            *(("service", service) for service in record.services),
        ],
    )
    return location


def _entry(identify: Identify, here: City, record: PhoneRecord) -> Json:
    key = identify("phone", record.code)
    entry: Json = {
        "id": key,
        "organization_id": identify("organization", here.code),
        "number": record.phone,
        "type": "voice",
        "description": record.name_zh,
    }
    if record.point:
        entry["location_id"] = identify("location", record.point)
    entry["attributes"] = _attributes(
        identify,
        "phone",
        key,
        [
            ("code", record.code),
            ("name_en", record.name_en),
            ("kind", record.kind),
            ("district", record.district),
            ("opening_hours", record.hours),
        ],
    )
    return entry


def _service(identify: Identify, organization: str, item: Item, guides: Iterable[GuideRecord]) -> Json:
    key = identify("service", item.code)
    fee = f"¥{item.fee.fen / 100:.2f}" if item.fee.fen else "不收费"
    return {
        "id": key,
        "organization_id": organization,
        "name": item.name.zh,
        "alternate_name": item.name.en,
        "description": item.summary.zh,
        "status": "active",
        "eligibility_description": item.who_may_apply.zh,
        "application_process": "\n".join(item.steps.zh),
        "fees_description": f"{fee}。{item.fee.note.zh}" if item.fee.note else fee,
        "required_documents": [
            {
                "id": identify("document", item.code, material.code),
                "service_id": key,
                "document": material.name.zh,
            }
            for material in item.materials
            if material.required
        ],
        "attributes": _attributes(identify, "service", key, [("item", item.code)]),
        "service_at_locations": [_service_at_location(identify, key, guide) for guide in guides],
    }


def _service_at_location(identify: Identify, service: str, guide: GuideRecord) -> Json:
    key = identify("service_at_location", guide.point, guide.item)
    at: Json = {"id": key, "service_id": service, "location_id": identify("location", guide.point)}
    if guide.note_zh:
        at["description"] = guide.note_zh
    if guide.phone:
        at["phones"] = [_number(identify, "service_at_location", key, guide.phone)]
    if guide.hours:
        at["schedules"] = _schedules(identify, "service_at_location", key, guide.hours)
    if guide.note_en:
        at["attributes"] = _attributes(
            identify, "service_at_location", key, [("description_en", guide.note_en)]
        )
    return at


def _number(identify: Identify, entity: str, owner: str, number: str) -> Json:
    return {"id": identify("number", owner, number), f"{entity}_id": owner, "number": number, "type": "voice"}


def _schedules(identify: Identify, entity: str, owner: str, expression: str) -> list[Json]:
    """One recurrence for each span of hours, with the days it holds on. A week with no hours at all is
    still said."""
    spans: dict[tuple[time, time], list[str]] = {}
    for name, spans_of_day in zip(DAYS, hours.ordinary_week(expression), strict=True):
        for start, end in spans_of_day:
            spans.setdefault((start, end if end != time() else LAST_MINUTE), []).append(name)
    common = {f"{entity}_id": owner, "notes": f"opening_hours={expression}"}
    if not spans:
        return [{"id": identify("schedule", owner, "none"), **common}]
    return [
        {
            "id": identify("schedule", owner, f"{start}-{end}"),
            **common,
            "freq": "WEEKLY",
            "interval": 1,
            "wkst": "MO",
            "byday": ",".join(days),
            "opens_at": f"{start:%H:%M}{UTC_OFFSET}",
            "closes_at": f"{end:%H:%M}{UTC_OFFSET}",
            "timezone": UTC_OFFSET_HOURS,
        }
        for (start, end), days in spans.items()
    ]


# In --------------------------------------------------------------------------------------------------------


class _Unusable(ValueError):
    """A part of the document that no row can be made of. ``args``: field, problem, expected."""


def read(path: Path) -> dict[str, list[Row]]:
    """The document as rows of the three tables. Raises Refused when it is not an HSDS document at all."""
    text = rows.decode("hsds", path, rows.read_bytes("hsds", path))
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        problem = Problem(path, error.lineno, "", f"is not JSON ({error.msg})", "an HSDS document in JSON")
        raise rows.refuse_all("hsds", path, 0, [problem]) from None
    except RecursionError:
        problem = Problem(path, 0, "", "is nested too deeply", "an HSDS document in JSON")
        raise rows.refuse_all("hsds", path, 0, [problem]) from None
    problems = [
        Problem(path, 0, name, "is missing", f"a list of HSDS {name}")
        for name in ("organizations", "services")
        if not isinstance(content, dict) or not isinstance(content.get(name), list)
    ]
    if problems:
        raise rows.refuse_all("hsds", path, 0, problems)
    organizations = list(_objects(content, "organizations"))
    codes = {
        str(location.get("id")): str(location.get("external_identifier", ""))
        for _, organization in organizations
        for _, location in _objects(organization, "locations")
    }
    tables: dict[str, list[Row]] = {POINTS: [], PHONES: [], GUIDES: []}
    for place, organization in organizations:
        tables[POINTS] += [
            _row(path, f"{place}.{at}", _point_values, location)
            for at, location in _objects(organization, "locations")
        ]
        tables[PHONES] += [
            _row(path, f"{place}.{at}", _phone_values, entry, codes)
            for at, entry in _objects(organization, "phones")
        ]
    for place, service in _objects(content, "services"):
        item = _attribute(service, "item")
        tables[GUIDES] += [
            _row(path, f"{place}.{at}", _guide_values, sal, codes, item)
            for at, sal in _objects(service, "service_at_locations")
        ]
    return tables


def _row(path: Path, place: str, values_of: Callable[..., dict[str, str]], *arguments: Any) -> Row:
    try:
        return Row(path, 0, values_of(*arguments), place)
    except _Unusable as unusable:
        field, problem, expected = unusable.args
        return Row(path, 0, {}, place, broken=Problem(path, 0, f"{place}.{field}", problem, expected))


def _objects(parent: Json, name: str) -> Iterable[tuple[str, Json]]:
    """The objects of a list, each with its place; what is no object stands as an empty one, and is
    refused by its checks."""
    children = parent.get(name)
    for number, child in enumerate(children if isinstance(children, list) else []):
        yield f"{name}.{number}", child if isinstance(child, dict) else {}


def _text(parent: Json, name: str) -> str:
    value = parent.get(name)
    return "" if value is None else str(value).strip()


def _attribute(parent: Json, label: str) -> str:
    return next(iter(_attribute_list(parent, label)), "")


def _attribute_list(parent: Json, label: str) -> list[str]:
    return [
        _text(attribute, "value")
        for _, attribute in _objects(parent, "attributes")
        if attribute.get("label") == f"{LABEL}{label}"
    ]


def _first(parent: Json, name: str) -> Json:
    return next((child for _, child in _objects(parent, name)), {})


def _point_values(location: Json) -> dict[str, str]:
    if location.get("external_identifier_type") != POINT_IDENTIFIER:
        raise _Unusable(
            "external_identifier_type",
            f"is {location.get('external_identifier_type')!r}",
            f"{POINT_IDENTIFIER!r}, and the point's code in external_identifier",
        )
    address = _first(location, "addresses")
    return {
        "code": _text(location, "external_identifier"),
        "name_zh": _text(location, "name"),
        "name_en": _text(location, "alternate_name"),
        "kind": _attribute(location, "kind"),
        "district": _attribute(location, "district"),
        "address_zh": _text(address, "address_1"),
        "address_en": _attribute(address, "address_1_en"),
        "longitude": _text(location, "longitude"),
        "latitude": _text(location, "latitude"),
        "hours": _hours(location),
        "phone": _text(_first(location, "phones"), "number"),
        "step_free": _attribute(location, "step_free"),
        "services": "|".join(_attribute_list(location, "service")),
    }


def _phone_values(entry: Json, codes: dict[str, str]) -> dict[str, str]:
    return {
        "code": _attribute(entry, "code"),
        "name_zh": _text(entry, "description"),
        "name_en": _attribute(entry, "name_en"),
        "kind": _attribute(entry, "kind"),
        "phone": _text(entry, "number"),
        "district": _attribute(entry, "district"),
        "point": _code_of(entry, codes) if entry.get("location_id") else "",
        "hours": _attribute(entry, "opening_hours"),
    }


def _guide_values(at: Json, codes: dict[str, str], item: str) -> dict[str, str]:
    return {
        "point": _code_of(at, codes),
        "item": item,
        "hours": _hours(at),
        "phone": _text(_first(at, "phones"), "number"),
        "note_zh": _text(at, "description"),
        "note_en": _attribute(at, "description_en"),
    }


def _code_of(child: Json, codes: dict[str, str]) -> str:
    key = _text(child, "location_id")
    if key not in codes:
        raise _Unusable("location_id", f"is {key!r}", "the id of a location of the document")
    return codes[key]


def _hours(parent: Json) -> str:
    """One opening_hours expression for all schedules of an object; empty when it has none."""
    schedules = [schedule for _, schedule in _objects(parent, "schedules")]
    if not schedules:
        return ""
    expressions = {
        found.group(1).strip() if (found := _EXPRESSION.fullmatch(_text(schedule, "notes"))) else ""
        for schedule in schedules
    }
    week = _week(schedules)
    expression = expressions.pop() if len(expressions) == 1 else ""
    if not expression:
        return _expression_of(week)
    if hours.unreadable(expression) is None and week != [
        _to_last_minute(day) for day in hours.ordinary_week(expression)
    ]:
        raise _Unusable(
            "schedules",
            f"say {_expression_of(week)!r}, but their notes say {expression!r}",
            "both the same, or no notes",
        )
    return expression


def _week(schedules: Iterable[Json]) -> list[list[tuple[time, time]]]:
    week: list[list[tuple[time, time]]] = [[] for _ in DAYS]
    for number, schedule in enumerate(schedules):
        if not schedule.get("freq") and not schedule.get("byday"):
            continue
        if (
            schedule.get("freq") != "WEEKLY"
            or schedule.get("interval") not in (None, 1)
            or schedule.get("byweekno")
        ):
            raise _Unusable(f"schedules.{number}", "is not the same every week", "freq WEEKLY, interval 1")
        span = _time(schedule, number, "opens_at"), _time(schedule, number, "closes_at")
        for day in _text(schedule, "byday").split(","):
            if day.strip() not in DAYS:
                raise _Unusable(
                    f"schedules.{number}.byday", f"names {day.strip()!r}", f"some of {', '.join(DAYS)}"
                )
            week[DAYS.index(day.strip())].append(span)
    return [sorted(day) for day in week]


def _time(schedule: Json, number: int, name: str) -> time:
    value = _text(schedule, name)
    if not (found := _TIME.fullmatch(value)):
        raise _Unusable(f"schedules.{number}.{name}", f"is {value!r}", f"a time such as 08:30{UTC_OFFSET}")
    return time(int(found.group(1)), int(found.group(2)))


def _to_last_minute(day: list[tuple[time, time]]) -> list[tuple[time, time]]:
    return sorted((start, end if end != time() else LAST_MINUTE) for start, end in day)


def _expression_of(week: list[list[tuple[time, time]]]) -> str:
    """A week as an opening_hours expression: "Mo,Tu,We,Th,Fr 08:30-11:30,14:00-17:00"."""
    if all(day == [(time(), LAST_MINUTE)] for day in week):
        return "24/7"
    days_of: dict[tuple[tuple[time, time], ...], list[str]] = {}
    for name, spans in zip(DAYS, week, strict=True):
        if spans:
            days_of.setdefault(tuple(spans), []).append(name.capitalize())
    return "; ".join(f"{','.join(days)} {_spans(spans)}" for spans, days in days_of.items()) or "off"


def _spans(spans: Iterable[tuple[time, time]]) -> str:
    ends = {LAST_MINUTE: "24:00"}
    return ",".join(f"{start:%H:%M}-{ends.get(end) or end.strftime('%H:%M')}" for start, end in spans)
