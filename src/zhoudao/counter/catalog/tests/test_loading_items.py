"""Loading a folder of items: all of it or nothing, twice the same as once, nothing ever deleted."""

import json
from datetime import datetime

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.catalog import actions, queries
from zhoudao.counter.catalog.files import BadItems
from zhoudao.counter.catalog.models import CatalogVersion, PublishedItem
from zhoudao.counter.catalog.schema import Audience, Category

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
TUESDAY = datetime.fromisoformat("2026-11-24T09:00:00+08:00")


def state():
    rows = PublishedItem.objects.values_list("code", "version", "definition", "published_at", "withdrawn")
    return list(rows), list(CatalogVersion.objects.values())


def rename(path, name):
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  en: Renew a driving licence\n", f"  en: {name}\n"), encoding="utf-8")


def test_an_empty_catalogue_offers_nothing():
    assert queries.version(VISITOR) == 0
    assert queries.definitions(VISITOR) == []
    assert queries.shelves(VISITOR) == []


def test_loading_offers_what_the_folder_says(folder):
    loaded = actions.load_items(ADMINISTRATOR, folder)
    assert loaded.number == 1
    assert loaded.changes.added == ["driver-licence-renewal", "driver-licence-replacement"]
    item = queries.item(VISITOR, "driver-licence-renewal")
    assert item.name.zh == "驾驶证期满换证"
    assert item.legal_time is not None


def test_loading_the_same_again_touches_nothing(folder):
    with clock.at(MONDAY):
        actions.load_items(SYSTEM, folder)
        before = state()
    with clock.at(TUESDAY):
        loaded = actions.load_items(SYSTEM, folder)
    assert not loaded.changes
    assert loaded.changes.unchanged == ["driver-licence-renewal", "driver-licence-replacement"]
    assert state() == before


def test_only_what_changed_gets_a_new_version(folder, renewal):
    with clock.at(MONDAY):
        actions.load_items(SYSTEM, folder)
    first = queries.version(VISITOR)
    rename(renewal, "Renew your licence")
    with clock.at(TUESDAY):
        assert actions.load_items(SYSTEM, folder).changes.changed == ["driver-licence-renewal"]
    versions = {row.code: (row.version, row.published_at) for row in PublishedItem.objects.all()}
    assert versions == {"driver-licence-renewal": (2, TUESDAY), "driver-licence-replacement": (1, MONDAY)}
    assert queries.version(VISITOR) != first
    assert queries.item(VISITOR, "driver-licence-renewal").name.en == "Renew your licence"


def test_an_item_that_left_the_folder_is_withdrawn_and_can_come_back(folder, renewal):
    actions.load_items(SYSTEM, folder)
    replacement = renewal.with_name("driver-licence-replacement.yaml")
    kept = replacement.read_text(encoding="utf-8")
    replacement.unlink()
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(text.replace("related: [driver-licence-replacement]", "related: []"), encoding="utf-8")
    assert actions.load_items(SYSTEM, folder).changes.withdrawn == ["driver-licence-replacement"]
    assert PublishedItem.objects.count() == 2
    with pytest.raises(queries.UnknownItem) as gone:
        queries.item(VISITOR, "driver-licence-replacement")
    assert gone.value.withdrawn
    replacement.write_text(kept, encoding="utf-8")
    assert actions.load_items(SYSTEM, folder).changes.changed == ["driver-licence-replacement"]
    assert queries.item(VISITOR, "driver-licence-replacement").code == "driver-licence-replacement"


def test_one_broken_file_and_nothing_is_written(folder, renewal):
    actions.load_items(SYSTEM, folder)
    before = state()
    rename(renewal, "Renew your licence")
    broken = renewal.with_name("driver-licence-replacement.yaml")
    broken.write_text(
        broken.read_text(encoding="utf-8").replace("  fen: 1000", "  fen: -1"), encoding="utf-8"
    )
    with pytest.raises(BadItems, match=r"driver-licence-replacement\.yaml:\d+ fee\.fen"):
        actions.load_items(SYSTEM, folder)
    assert state() == before
    assert queries.item(VISITOR, "driver-licence-renewal").name.en == "Renew a driving licence"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM)])
def test_nobody_else_may_load(folder, role):
    with pytest.raises(Forbidden):
        actions.load_items(Actor("user:2", role), folder)
    assert not PublishedItem.objects.exists()


def test_the_trail_names_who_loaded_and_what_changed(folder):
    actions.load_items(ADMINISTRATOR, folder)
    row = AuditRow.objects.filter(action="catalog.load_items").latest("sequence")
    assert (row.role, row.outcome) == ("administrator", "done")
    details = json.loads(row.details)
    assert (details["number"], details["added"], details["unchanged"]) == (1, 2, 0)


def test_the_version_tells_what_the_catalogue_says_not_how_often_it_was_loaded(folder, renewal):
    actions.load_items(SYSTEM, folder)
    first = queries.version(VISITOR)
    rename(renewal, "Renew your licence")
    actions.load_items(SYSTEM, folder)
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(text.replace("Renew your licence", "Renew a driving licence"), encoding="utf-8")
    loaded = actions.load_items(SYSTEM, folder)
    assert queries.version(VISITOR) == first
    assert loaded.number == 3


def test_reading_takes_one_query_once_the_items_are_known(catalogue, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        queries.definitions(VISITOR)
    with django_assert_max_num_queries(1):
        assert len(queries.items(VISITOR)) == 125
    with django_assert_max_num_queries(1):
        queries.item_page(VISITOR, "id-card-replacement")


def test_items_by_category_and_audience_most_wanted_first(catalogue):
    household = queries.items(VISITOR, Category.HOUSEHOLD)
    assert {item.category for item in household} == {Category.HOUSEHOLD}
    assert household[0].code == "id-card-replacement"
    foreigners = queries.items(VISITOR, audience=Audience.FOREIGNER)
    assert {"visa-extension", "foreigner-lodging"} <= {item.code for item in foreigners}
    assert "hotel-licence" not in {item.code for item in foreigners}
    assert [shelf.category for shelf in queries.shelves(VISITOR)] == list(Category)
