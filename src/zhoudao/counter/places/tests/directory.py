"""A small directory in whichever city the suite runs: six points around its middle, three items, some phones."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.workdays import actions as workdays
from zhoudao.counter.catalog.models import CatalogVersion, PublishedItem
from zhoudao.counter.catalog.rules import fingerprint
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places import actions
from zhoudao.counter.places.exchange.records import COLUMNS, GUIDES, PHONES, POINTS

TUESDAY_AFTERNOON = datetime(2026, 11, 24, 15, 10, tzinfo=clock.CITY_ZONE)
TUESDAY_NIGHT = datetime(2026, 11, 24, 23, 40, tzinfo=clock.CITY_ZONE)
OFFICE = "Mo-Fr 08:30-11:30,14:00-17:00; PH off"

Row = dict[str, str]


def districts() -> list[str]:
    return [district.code for district in city.current().districts]


def supervisor(*codes: str) -> Actor:
    return Actor("user:7", Role.SUPERVISOR, frozenset(codes), origin="192.0.2.7")


def centre() -> tuple[float, float]:
    return city.current().centre


def point(code: str = "P001", **changes: str) -> Row:
    """A good row of points.csv; ``east`` moves it that many thousandths of a degree east of the city's middle."""
    longitude, latitude = centre()
    east = float(changes.pop("east", "0")) / 1000
    row = {
        "code": code,
        "name_zh": f"第{code}派出所",
        "name_en": f"Police Station {code}",
        "kind": "station",
        "district": districts()[0],
        "address_zh": "文化路1号",
        "address_en": "1 Wenhua Road",
        "longitude": f"{longitude + east:.5f}",
        "latitude": f"{latitude:.5f}",
        "hours": OFFICE,
        "phone": "0580-1200001",
        "step_free": "yes",
        "services": "household|id-card",
    }
    return row | changes


def phone(code: str = "T001", **changes: str) -> Row:
    row = {
        "code": code,
        "name_zh": "咨询电话",
        "name_en": "Enquiries",
        "kind": "enquiry",
        "phone": "0580-1209999",
        "district": "",
        "point": "",
        "hours": "Mo-Fr 08:30-17:30",
    }
    return row | changes


def guide(point_code: str = "P001", item: str = "id-card-replacement", **changes: str) -> Row:
    return {
        "point": point_code,
        "item": item,
        "hours": "",
        "phone": "",
        "note_zh": "",
        "note_en": "",
    } | changes


def write(path: Path, table: str, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[table], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def item(
    code: str, name_zh: str, name_en: str, words_zh: list[str], words_en: list[str], **changes: object
) -> Item:
    return Item.model_validate(
        {
            "code": code,
            "category": "household",
            "name": {"zh": name_zh, "en": name_en},
            "summary": {"zh": f"{name_zh}，窗口办理。", "en": f"{name_en}, at a window."},
            "words": {"zh": words_zh, "en": words_en},
            "audience": ["resident"],
            "who_may_apply": {"zh": "本人。", "en": "The holder."},
            "materials": [
                {
                    "code": "household-book",
                    "name": {"zh": "居民户口簿", "en": "Household register booklet"},
                    "kind": "original",
                    "required": True,
                }
            ],
            "fee": {"fen": 4000},
            "promised_time": {"amount": 20, "unit": "workday"},
            "channels": ["window", "kiosk"],
            "served_by": ["id-card", "kiosk-household"],
            "steps": {"zh": ["到窗口。"], "en": ["Go to a window."]},
            "law": [
                {
                    "title": {"zh": "居民身份证法", "en": "Resident Identity Card Law"},
                    "article": {"zh": "第十一条", "en": "Article 11"},
                    "checked": True,
                }
            ],
            "related": [],
            "popular_rank": 1,
        }
        | changes
    )


ITEMS = [
    item(
        "id-card-replacement",
        "居民身份证丢失补领",
        "Replace a lost ID card",
        ["身份证丢了", "补身份证", "身份证被偷", "身份证掉了", "身份证补办"],
        ["lost my ID card", "ID card stolen", "replace ID card"],
    ),
    item(
        "driver-licence-renewal",
        "驾驶证到期换证",
        "Renew a driving licence",
        ["驾照", "驾照到期", "换驾照", "驾驶证换证", "驾照过期", "驾照快到期了"],
        ["renew driving licence", "licence expired", "driver licence renewal"],
        category="traffic",
        channels=["window"],
        served_by=["driver"],
        popular_rank=2,
    ),
    item(
        "driver-licence-replacement",
        "驾驶证丢失补证",
        "Replace a lost driving licence",
        ["驾照", "驾照丢了", "补驾照", "驾驶证补证", "驾照不见了", "驾照被偷"],
        ["lost driving licence", "replace driving licence", "driver licence lost"],
        category="traffic",
        channels=["window"],
        served_by=["driver"],
        materials=[],
        fee={"fen": 0},
        popular_rank=None,
    ),
]


def load_items() -> None:
    definitions = {each.code: each.model_dump(mode="json", exclude_none=True) for each in ITEMS}
    PublishedItem.objects.bulk_create(
        PublishedItem(
            code=code, category=definition["category"], definition=definition, published_at=clock.now()
        )
        for code, definition in definitions.items()
    )
    CatalogVersion.objects.update_or_create(
        pk=1, defaults={"number": 1, "fingerprint": fingerprint(definitions), "changed_at": clock.now()}
    )


def points_rows() -> list[Row]:
    """P001 in the middle, P002 and P003 further east, a kiosk at P004, a licence counter at P005 in the other
    district; P006 has no phone."""
    return [
        point("P001"),
        point("P002", east="10", hours="Mo-Su 08:30-20:00"),
        point("P003", east="20"),
        point("P004", east="15", kind="kiosk", hours="24/7", phone="", services="kiosk-household"),
        point(
            "P005", east="5", kind="counter", district=districts()[1], services="driver", phone="0580-1200005"
        ),
        point("P006", east="30", phone="", step_free="no"),
    ]


def phones_rows() -> list[Row]:
    return [
        phone("T001", name_zh="公安便民服务热线", name_en="Police service line", hours="24/7"),
        phone("T002", name_zh="报警", name_en="Emergency", kind="emergency", phone="110", hours="24/7"),
        phone("T003", district=districts()[0], name_zh="本区身份证咨询", name_en="IDs here", phone="0580-1200003"),
        phone("T004", district=districts()[1], name_zh="外区身份证咨询", name_en="IDs there", phone="0580-1200004"),
        phone("T005", kind="appointment", district=districts()[0], point="P001", phone="0580-1200011", hours="",
              name_zh="一号预约", name_en="Appointments one"),
        phone("T006", kind="appointment", district=districts()[0], point="P003", phone="0580-1200033", hours="",
              name_zh="三号预约", name_en="Appointments three"),
        phone("T007", kind="complaint", phone="12389", name_zh="监督投诉", name_en="Complaints", hours=""),
    ]  # fmt: skip


def guides_rows() -> list[Row]:
    return [
        guide("P001", note_zh="二楼3号窗口。", note_en="Window 3, second floor."),
        guide("P002"),
        guide("P003", hours="Tu 14:00-16:00", phone="0580-1200303"),
        guide("P004"),
        guide("P006"),
        guide("P005", "driver-licence-renewal"),
        guide("P005", "driver-licence-replacement"),
    ]


def load(folder: Path) -> None:
    """The whole of it, imported as an installation would."""
    workdays.seed(SYSTEM)
    load_items()
    actions.import_points(SYSTEM, write(folder / "points.csv", POINTS, points_rows()))
    actions.import_phones(SYSTEM, write(folder / "phones.csv", PHONES, phones_rows()))
    actions.import_guides(SYSTEM, write(folder / "guides.csv", GUIDES, guides_rows()))
