"""What browsers keep for when they have no network: the directory whole, named by content, of a day that is said."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import changes, jobs, queries
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.offline import kept
from zhoudao.counter.places.offline.facts import facts, read
from zhoudao.counter.places.offline.rules import DAYS_KEPT, LANGUAGES
from zhoudao.counter.places.offline.texts import texts
from zhoudao.counter.places.tests import directory as small
from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding import Point as Site
from zhoudao.engines.wayfinding.tests.cities import network_of
from zhoudao.engines.wayfinding.tests.test_soonest import two_islands

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(directory, settings, tmp_path) -> Network:
    """A network in use as the house has it; its points are none of the directory's, as after an import."""
    settings.VAR = tmp_path / "var"
    made = two_islands()
    build = settings.VAR / "map" / "made"
    build.mkdir(parents=True)
    sites = [Site(site.code, site.lon, site.lat) for site in made.sites()]
    Network.build(made.streets.graph(), network_of(made).timetable, sites, out=build / home.ENGINE)
    (settings.VAR / "map" / home.CURRENT).write_text("made", encoding="utf-8")
    return home.current()


def told(name: str) -> dict:
    content = kept.document(name)
    assert content is not None
    return json.loads(gzip.decompress(content))


def test_every_guide_is_kept_with_its_hours_phone_and_note(network):
    held = read(VISITOR, clock.now())
    numbers, said = facts(VISITOR, held), {language: texts(held, language) for language in LANGUAGES}
    found = set()
    for item, places in enumerate(numbers["done"]):
        for point, row, phone in places:
            code = numbers["points"][point]["code"], numbers["items"][item]["code"]
            guide = Guide.objects.get(point__code=code[0], item=code[1])
            assert phone == guide.phone
            note = said["en"]["said"][item].get(point)
            assert (said["en"]["notes"][note] if note is not None else "") == guide.note_en
            assert numbers["hours"]["always"][row] == ((guide.hours or guide.point.hours) == "24/7")
            found.add(code)
    offered = {item.code for item in catalog.definitions(SYSTEM)}
    kept_guides = Guide.objects.filter(point__withdrawn=False, item__in=offered)
    assert found == set(kept_guides.values_list("point__code", "item"))
    for language, side in (("zh-hans", "zh"), ("en", "en")):
        names = [point["name"] for point in said[language]["points"]]
        assert names == [getattr(point, f"name_{side}") for point in held.points]
        assert len(said[language]["phones"]) == PhoneEntry.objects.count()
        assert len(said[language]["items"]) == len(numbers["items"])


def test_it_says_open_exactly_when_the_pages_do(network):
    Closure.objects.create(
        point=Point.objects.get(code="P001"), starts_at=small.TUESDAY_NIGHT,
        ends_at=small.TUESDAY_NIGHT + timedelta(days=2), reason_zh="停电", reason_en="No power",
    )  # fmt: skip
    numbers = facts(VISITOR, read(VISITOR, clock.now()))
    for hours in range(0, 24 * DAYS_KEPT, 7):
        moment = small.TUESDAY_AFTERNOON + timedelta(hours=hours)
        shown = {place.point.code: place.state.is_open for place in queries.points(VISITOR, moment=moment)}
        table, points = numbers["hours"], numbers["points"]
        assert shown == {point["code"]: _is_open(table, point["hours"], moment) for point in points}


def _is_open(hours: dict, row: int, moment: datetime) -> bool:
    spans, second = hours["spans"][row], moment.timestamp()
    return hours["always"][row] or any(
        opens <= second < closes for opens, closes in zip(spans[::2], spans[1::2], strict=True)
    )


def test_items_say_what_to_bring_in_the_readers_language(network):
    held = read(VISITOR, clock.now())
    for language, heading in (("zh-hans", "要带什么"), ("en", "What to bring")):
        for item in texts(held, language)["items"]:
            assert heading in item["html"]
            assert "csrf" not in item["html"]
    phrases = texts(held, "en")["items"][0]["find"]
    item = held.items[0]
    assert phrases[0] == item.name.zh
    assert item.name.en.lower() in phrases


def test_pinyin_and_its_first_letters_are_among_what_people_type(network):
    held = read(VISITOR, clock.now())
    number = [item.code for item in held.items].index("id-card-replacement")
    found = texts(held, "zh-hans")["items"][number]["find"]
    assert any(phrase.startswith("shenfenzheng") or "shenfenzheng" in phrase for phrase in found)
    assert any(phrase.startswith("sfz") for phrase in found)


def test_the_same_directory_makes_the_same_documents_and_a_change_new_ones(network):
    first = kept.renew()
    assert kept.renew() == first
    assert kept.offered() == first
    with clock.at(small.TUESDAY_NIGHT):
        assert kept.renew() == first, "nothing has changed that day"
    Point.objects.filter(code="P001").update(phone="0580-1200009")
    changes.happened()
    second = kept.renew()
    assert second.names["facts"] != first.names["facts"]
    assert second.names["en"] == first.names["en"], "what stayed the same needs no new download"
    assert kept.document(first.names["facts"]), "pages that are on their way still find the ones before"
    with clock.at(small.TUESDAY_AFTERNOON + timedelta(days=1)):
        third = kept.offered()
    assert third.day == "2026-11-25"
    assert kept.document(first.names["facts"]) is None


def test_a_torn_note_is_written_anew(network):
    kept.renew()
    (kept.folder() / kept.CURRENT).write_text("{torn", encoding="utf-8")
    assert kept.in_use() is None
    assert kept.offered().names


def test_the_job_keeps_it_up_to_date_and_waits_for_a_network(directory, settings, tmp_path):
    settings.VAR = tmp_path / "nothing"
    settings.VAR.mkdir()
    jobs.keep_offline()
    assert kept.in_use() is None


def test_the_note_says_which_documents_of_which_day(network, client: Client):
    answer = client.get(reverse("places:offline_current"))
    note = answer.json()
    assert "no-store" in answer["Cache-Control"]
    assert note["made"][:10] == "2026-11-24"
    assert note["now"] == int(clock.now().timestamp())
    for address in note["documents"].values():
        document = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert document["Content-Encoding"] == "gzip"
        assert "immutable" in document["Cache-Control"]
        assert json.loads(gzip.decompress(document.content)) == client.get(address).json()
    assert set(note["documents"]) == {"facts", *LANGUAGES}


def test_without_streets_there_is_nothing_to_keep_and_it_says_so(directory, settings, tmp_path, client: Client):
    settings.VAR = tmp_path / "nothing"
    settings.VAR.mkdir()
    assert client.get(reverse("places:offline_current")).status_code == 503


@pytest.mark.parametrize("name", ["facts-0000000000000000", "..%2Fzhoudao", "facts-0000000000000000.json", "current2"])
def test_no_other_file_is_ever_served(network, client: Client, name):
    assert client.get(f"/offline/{name}.json").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有网络"), ("en", "No network")])
def test_the_page_that_stands_in_is_the_same_for_everybody(network, client: Client, language, words):
    page = client.get(reverse("places:offline_shell", args=[language]))
    assert words in page.content.decode()
    assert f'lang="{language}"' in page.content.decode()
    assert not page.cookies
    assert page.content == Client().get(reverse("places:offline_shell", args=[language])).content
    assert client.get("/offline/de/").status_code == 404


def test_the_worker_changes_when_what_it_keeps_does(network, client: Client, settings):
    first = client.get("/sw.js")
    assert first["Content-Type"].startswith("text/javascript")
    assert first["Cache-Control"] == "no-cache"
    assert client.get("/sw.js").content == first.content
    settings.SAMPLE_CITY = not settings.SAMPLE_CITY  # the strip above every page goes
    assert client.get("/sw.js").content != first.content


def test_it_is_read_in_a_bounded_number_of_queries(network, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        kept.renew()


def test_told_documents_hold_no_more_than_they_say(network):
    names = kept.renew().names
    assert set(told(names["facts"])) == {"made", "until", "network", "items", "done", "points", "hours"}
    assert set(told(names["en"])) == {"language", "items", "notes", "said", "points", "phones", "districts"}
