"""The pages of the catalogue, as people read them in both languages."""

import pytest
from django.test import Client

from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.counter.catalog import actions, queries
from zhoudao.counter.catalog.labels import AUDIENCES, CATEGORIES, CHANNELS, MATERIAL_KINDS, SERVICES
from zhoudao.counter.catalog.schema import Audience, Category, Channel, MaterialKind, Service

pytestmark = pytest.mark.django_db


def reader(language):
    return Client(headers={"accept-language": language})


def page(address, language="zh-CN", status=200):
    answer = reader(language).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_all_services_by_category_in_chinese(catalogue):
    shown = page("/items/")
    assert "125 项服务" in shown
    for item in queries.definitions(VISITOR):
        assert f'href="/items/{item.code}/"' in shown
    assert shown.index("居民身份证丢失补领") < shown.index("收养落户"), "what people come for most is first"


def test_all_services_by_category_in_english(catalogue):
    shown = page("/items/", "en")
    assert "125 things we do for you" in shown
    assert "Household registration and ID" in shown
    assert "Replace a lost ID card" in shown


def test_one_category(catalogue):
    shown = page("/items/?category=traffic")
    assert "驾驶证期满换证" in shown
    assert "普通护照首次申领" not in shown


def test_what_concerns_foreigners(catalogue):
    shown = page("/items/?audience=foreigner", "en")
    assert "Visa extension" in shown
    assert "Hotel licence" not in shown


def test_a_choice_that_fits_nothing_says_where_to_go(catalogue):
    shown = page("/items/?category=enterprise&audience=foreigner", "en")
    assert "No service fits this choice" in shown


@pytest.mark.parametrize("query", ["category=nonsense", "audience=nonsense", "category=", "category=%F0%9F"])
def test_a_choice_that_does_not_exist_is_left_aside(catalogue, query):
    assert "125 项服务" in page(f"/items/?{query}")


def test_an_item_in_chinese(catalogue):
    shown = page("/items/id-card-replacement/")
    for said in (
        "居民身份证丢失补领",
        "要带什么",
        "¥40.00",
        "20 个工作日",
        "法定时限 60 天",
        "《中华人民共和国居民身份证法》第十一条",
    ):
        assert said in shown
    assert 'class="checklist' in shown
    assert "/search?q=" in shown
    assert "item=id-card-replacement" in shown
    assert 'href="/items/temporary-id-card/"' in shown


def test_an_item_in_english_has_no_chinese_of_ours(catalogue):
    shown = page("/items/residence-permit-work/", "en")
    body = shown[shown.index("<main") : shown.index("</main>")]
    for said in (
        "Residence permit for work",
        "What to bring",
        "The law allows 15 working days.",
        "Exit and Entry Administration Law, Articles 30, 41",
    ):
        assert said in body
    assert not [letter for letter in body if "\u4e00" <= letter <= "\u9fff"]


def test_a_citation_still_to_be_checked_says_so(catalogue):
    assert "待核对" in page("/items/temporary-id-card/")


def test_where_nothing_is_charged_the_note_says_what_that_covers(catalogue):
    shown = page("/items/violation-handling/", "en")
    assert "Pay the fine decided." in shown
    assert "Free" not in shown[shown.index("<main") : shown.index("</main>")]


def test_every_item_has_its_page_in_both_languages(catalogue):
    readers = [reader("zh-CN"), reader("en")]
    for item in queries.definitions(VISITOR):
        for side, each in zip((item.name.zh, item.name.en), readers, strict=True):
            answer = each.get(f"/items/{item.code}/")
            assert answer.status_code == 200
            assert side.replace("'", "&#x27;") in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "没有找到这个事项"), ("en", "We know no service of this name")]
)
def test_an_item_that_never_was(catalogue, language, said):
    shown = page("/items/flying-licence/", language, status=404)
    assert said in shown


def test_an_item_that_is_no_longer_offered_says_so(folder, renewal):
    actions.load_items(SYSTEM, folder)
    renewal.with_name("driver-licence-replacement.yaml").unlink()
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(text.replace("related: [driver-licence-replacement]", "related: []"), encoding="utf-8")
    actions.load_items(SYSTEM, folder)
    assert "no longer offered" in page("/items/driver-licence-replacement/", "en", status=404)


def test_pages_only_read(catalogue):
    for address in ("/items/", "/items/id-card-replacement/"):
        assert reader("en").post(address).status_code in (403, 405)


@pytest.mark.parametrize("address", ["/items/", "/items/?category=traffic", "/items/id-card-replacement/"])
def test_a_page_costs_the_same_few_queries_however_many_items(
    catalogue, address, django_assert_max_num_queries
):
    queries.definitions(VISITOR)
    with django_assert_max_num_queries(3):
        page(address)


def test_no_style_or_script_stands_in_a_page(catalogue):
    for address in ("/items/", "/items/id-card-replacement/"):
        shown = page(address)
        assert "style=" not in shown
        assert "<script>" not in shown
        assert "onclick" not in shown


def test_everything_an_item_may_say_has_its_words():
    assert set(CATEGORIES) == set(Category)
    assert set(SERVICES) == set(Service)
    assert set(CHANNELS) == set(Channel)
    assert set(AUDIENCES) == set(Audience)
    assert set(MATERIAL_KINDS) == set(MaterialKind)
