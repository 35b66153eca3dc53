"""Who reaches a round-the-clock kiosk: the page, the command's query and the engine say one and the same."""

from __future__ import annotations

import csv
import io
import json

import pytest
import shapely
from django.test import Client

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.counter.places.coverage import actions, homes, kept, queries
from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.coverage.rules import BadPlan, SitesState, even
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.models import Closure, Point
from zhoudao.counter.places.tests import directory as small
from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.coverage import residents_within
from zhoudao.engines.wayfinding.siting import place_kiosks
from zhoudao.engines.wayfinding.tests.cities import network_of
from zhoudao.engines.wayfinding.tests.made import place
from zhoudao.engines.wayfinding.tests.test_soonest import two_islands

pytestmark = pytest.mark.django_db

PLANNER = Actor("user:9", Role.COMMANDER, frozenset({"*"}))


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


@pytest.fixture
def islands(var) -> Network:
    """Two islands put in use as the house does: a kiosk in the middle of the western one."""
    made = two_islands()
    build = var / "map" / "made"
    build.mkdir(parents=True)
    graph, timetable = made.streets.graph(), network_of(made).timetable
    Network.build(graph, timetable, made.sites(), out=build / home.ENGINE)
    (var / "map" / home.CURRENT).write_text("made", encoding="utf-8")
    for code, at in made.points.items():
        lon, lat = place(*at)
        always = code == "KIOSK"
        Point.objects.create(
            code=code, name_zh=code, name_en=code, kind="kiosk" if always else "counter",
            district=small.districts()[0], address_zh="路", address_en="Road", longitude=lon, latitude=lat,
            hours="24/7" if always else small.OFFICE, step_free=True, changed_at=clock.now(),
        )  # fmt: skip
    return home.current()


@pytest.fixture
def people() -> list[Settlement]:
    """Thirteen and a hundred on the western island, seven on the eastern one."""
    first, second = small.districts()[:2]
    rows = [("near", first, (5, 0), 100), ("end", first, (12, 0), 13), ("east", second, (66, 0), 7)]
    return Settlement.objects.bulk_create(
        Settlement(code=code, name_zh=code, name_en=code, district=district, population=population,
                   longitude=place(*at)[0], latitude=place(*at)[1])
        for code, district, at, population in rows
    )  # fmt: skip


def test_the_share_is_the_engines_own_answer(islands, people):
    found = queries.share(PLANNER, 5, "walk")
    lived = homes.spread(islands, people)
    hours = [clock.local(clock.now()).replace(hour=hour, minute=0) for hour in range(24)]
    told = residents_within(islands, lived, ["KIOSK"], 5, hours)
    for row in (found.city, *found.districts):
        mine = [share for share in told if share.district == row.code]
        assert [share.within for share in mine] == list(row.within)
        assert {share.people for share in mine} == {row.people}
    assert found.city.people == 120
    assert 0 < found.city.share(15) < 1
    assert found.districts[1].within == (0,) * 24  # nobody crosses the water in five minutes


def test_what_is_kept_is_what_was_worked_out_and_goes_with_what_it_depends_on(islands, people, var):
    first = queries.share(PLANNER, 5)
    files = list((var / "map" / "made" / kept.FOLDER).glob("shares-*.json"))
    assert len(files) == 1
    assert queries.share(PLANNER, 5) == first
    Settlement.objects.filter(code="near").update(population=0)
    assert queries.share(PLANNER, 5).city.people == 20
    files[0].write_text("{torn", encoding="utf-8")
    Settlement.objects.filter(code="near").update(population=100)
    assert queries.share(PLANNER, 5) == first


def test_a_kiosk_that_is_shut_counts_for_nobody_while_it_is(islands, people):
    before = queries.share(PLANNER, 5)
    Closure.objects.create(
        point=Point.objects.get(code="KIOSK"), starts_at=clock.local(clock.now()).replace(hour=14, minute=0),
        ends_at=clock.local(clock.now()).replace(hour=16, minute=0), reason_zh="停电", reason_en="No power",
    )  # fmt: skip
    found = queries.share(PLANNER, 5)
    assert [hour for hour in range(24) if found.city.within[hour] != before.city.within[hour]] == [14, 15]
    assert found.city.within[14] == 0
    assert found.kiosks == ()


def test_a_home_counts_exactly_when_it_lies_in_the_area(islands, people):
    area = queries.area(PLANNER, 5, "walk", clock.now())
    lived = homes.spread(islands, people)  # corners, none within a lattice's width of the five minutes
    inside = [area.contains(shapely.Point(at)) for at in zip(lived.lon, lived.lat, strict=True)]
    assert 0 < sum(inside) < len(inside)
    assert lived.people[inside].sum() == queries.share(PLANNER, 5).city.within[15]
    assert not area.intersects(shapely.Point(place(66, 0)).buffer(0.01))


def test_everybody_lives_somewhere_and_always_the_same(islands, people):
    lived = homes.spread(islands, people)
    again = homes.spread(islands, list(reversed(people)))
    assert lived.people.sum() == 120
    assert (lived.people == again.people).all()
    assert (lived.lon == again.lon).all()
    assert sum(even(100, 7)) == 100
    assert max(even(100, 7)) - min(even(100, 7)) == 1


def test_sites_are_the_engines_and_proven(islands, people):
    found = queries.sites(PLANNER, 1, 3)
    told = place_kiosks(islands, homes.spread(islands, people), 1, 3, ["KIOSK"])
    assert [(site.added) for site in found.sites] == [round(added) for added in told.added]
    assert found.proven
    assert found.gap == 0
    assert found.after == found.before + sum(site.added for site in found.sites)
    assert queries.sites_known(PLANNER, 1, 3) == found
    assert queries.sites_state(PLANNER, 1, 3, "walk") is SitesState.READY
    assert queries.sites_known(PLANNER, 2, 3) is None


def test_long_work_is_left_to_a_worker_and_waited_for(islands, people, monkeypatch):
    from zhoudao.core.outbox.models import OutboxMessage
    from zhoudao.counter.places.coverage import jobs

    monkeypatch.setattr(queries, "SOON", 0)
    assert queries.sites_state(PLANNER, 2, 5, "walk") is SitesState.NOT_ASKED
    actions.ask_for_sites(PLANNER, 2, 5, "walk")
    actions.ask_for_sites(PLANNER, 2, 5, "walk")
    message = OutboxMessage.objects.get(name="places.site_kiosks")
    assert queries.sites_state(PLANNER, 2, 5, "walk") is SitesState.WORKING
    OutboxMessage.objects.update(state="given_up")
    assert queries.sites_state(PLANNER, 2, 5, "walk") is SitesState.FAILED
    actions.ask_for_sites(PLANNER, 2, 5, "walk")
    assert queries.sites_state(PLANNER, 2, 5, "walk") is SitesState.WORKING
    jobs.site_kiosks(**message.payload)
    assert queries.sites_state(PLANNER, 2, 5, "walk") is SitesState.READY


@pytest.mark.parametrize(("minutes", "mode", "count"), [(0, "walk", 1), (61, "walk", 1), (5, "swim", 1)])
def test_a_question_that_cannot_be_answered_says_what_was_expected(islands, people, minutes, mode, count):
    with pytest.raises(BadPlan, match="expected"):
        queries.share(PLANNER, minutes, mode)
    with pytest.raises(BadPlan, match="expected 1 to 10"):
        queries.sites(PLANNER, 11, 5, "walk")


def test_only_planners_site_kiosks(islands, people):
    for actor in (VISITOR, Actor("user:3", Role.CLERK)):
        assert queries.share(actor, 5).city.people == 120  # the figure is public, the plan is not
        for ask in (queries.sites, queries.sites_known):
            with pytest.raises(Forbidden):
                ask(actor, 1, 5, "walk")
        with pytest.raises(Forbidden):
            actions.ask_for_sites(actor, 1, 5, "walk")


# The page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def read(client: Client, monkeypatch):
    def read(path: str, role: Role = Role.COMMANDER, language: str = "en", method: str = "get", **data: str):
        actor = Actor("user:9", role, frozenset({"*"}))
        monkeypatch.setattr("zhoudao.counter.places.coverage.views._asker", lambda request: actor)
        client.cookies["django_language"] = language
        return getattr(client, method)(f"/staff/coverage/{path}", data)

    return read


def test_the_page_says_what_the_query_says(islands, people, read):
    shown = queries.share(PLANNER, 5).city.share(15)
    html = read("", minutes="5", hour="15").content.decode()
    sentence = f"{shown:.1%} of the city&#x27;s residents reach a 24-hour kiosk within 5 minutes on foot"
    assert sentence in html or sentence.replace("&#x27;", "'") in html
    assert "style=" not in html
    assert "步行 5 分钟内可到 24 小时自助点" in read("", language="zh-hans", minutes="5").content.decode()
    assert "by car" in read("", minutes="5", mode="car").content.decode()


def test_the_page_is_for_planners(islands, people, read):
    for role in (Role.RESIDENT, Role.CLERK, Role.ADMINISTRATOR):
        assert read("", role=role).status_code == 403
    for role in (Role.SUPERVISOR, Role.KIOSK_KEEPER):
        assert read("", role=role).status_code == 200


def test_the_page_waits_for_a_worker_and_is_drawn_anew_when_it_is_done(islands, people, read, monkeypatch):
    monkeypatch.setattr(queries, "SOON", 0)
    asked = {"minutes": "5", "kiosks": "2"}
    read("ask/", method="post", **asked)
    assert "progress/?minutes=5" in read("", **asked).content.decode()
    assert "HX-Refresh" not in read("progress/", **asked)
    queries.sites(PLANNER, 2, 5)
    assert read("progress/", **asked)["HX-Refresh"] == "true"
    assert "progress/?minutes=5" not in read("", **asked).content.decode()


def test_the_page_says_what_to_import_first(var, read):
    assert "map import-streets" in read("").content.decode()
    assert read("shares.csv").status_code == 404


def test_the_page_asks_for_settlements(islands, read):
    assert "import-settlements" in read("").content.decode()


def test_sites_as_a_page_and_as_files(islands, people, read):
    assert read("sites.csv", minutes="5", kiosks="2").status_code == 404
    answer = read("ask/", method="post", minutes="5", kiosks="2")
    assert answer.status_code == 302
    html = read("", minutes="5", kiosks="2").content.decode()
    assert "Proven best" in html
    found = queries.sites(PLANNER, 2, 5)
    table = list(csv.DictReader(io.StringIO(
        read("sites.csv", minutes="5", kiosks="2").content.decode("utf-8-sig")
    )))  # fmt: skip
    assert [int(row["added"]) for row in table] == [site.added for site in found.sites]
    data = json.loads(read("sites.geojson", minutes="5", kiosks="2").content)
    assert [feature["geometry"]["coordinates"] for feature in data["features"]] == [
        [site.longitude, site.latitude] for site in found.sites
    ]
    assert data["proven"] is True
    shares = list(csv.DictReader(io.StringIO(
        read("shares.csv", minutes="5").content.decode("utf-8-sig")
    )))  # fmt: skip
    assert shares[-1]["15:00"] == str(queries.share(PLANNER, 5).city.within[15])


# Head-counts ------------------------------------------------------------------------------------------------


def settlements_file(tmp_path, *rows: str):
    path = tmp_path / "settlements.csv"
    path.write_text("\n".join([",".join(actions.COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def row(code: str = "old-town", district: str = "", population: str = "1200") -> str:
    longitude, latitude = city.current().centre
    return f"{code},老城,Old Town,{district or small.districts()[0]},,{longitude},{latitude},{population}"


def test_settlements_are_taken_once_and_replaced_as_a_whole(tmp_path):
    first = actions.import_settlements(SYSTEM, settlements_file(tmp_path, row(), row("new-town")))
    assert (first.kept, first.added) == (2, 2)
    again = actions.import_settlements(SYSTEM, settlements_file(tmp_path, row(population="1300")))
    assert (again.changed, again.removed) == (1, 1)
    assert list(Settlement.objects.values_list("code", "population")) == [("old-town", 1300)]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (row(district="atlantis"), "district"),
        (row(population="-5"), "population"),
        (row(population="many"), "population"),
        (row(population="99999999999"), "population"),
        (row(code="Old Town"), "code"),
        (row().replace(str(city.current().centre[0]), "0"), "longitude"),
        (row().replace("Old Town", "=cmd()"), "name_en"),
        (row(code="good-town"), "code"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path, bad, field):
    with pytest.raises(Refused) as refused:
        actions.import_settlements(SYSTEM, settlements_file(tmp_path, row("good-town"), bad))
    problem = refused.value.report.problems[0]
    assert (problem.line, problem.field) == (3, field)
    assert not Settlement.objects.exists()


def test_only_the_commander_imports_head_counts(tmp_path):
    with pytest.raises(Forbidden):
        actions.import_settlements(Actor("user:3", Role.CLERK), settlements_file(tmp_path, row()))
