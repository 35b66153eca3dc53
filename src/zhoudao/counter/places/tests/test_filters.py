"""What somebody does not want to see is left out, and they are told how much."""

import pytest
from django.test import Client

from zhoudao.counter.places.filters import Filters, read


@pytest.mark.parametrize("name", ["open_now", "always", "step_free"])
def test_a_filter_is_asked_for_by_being_there_and_kept_in_links(name):
    wanted = read({name: "1"})
    assert wanted == Filters(**{name: True})
    assert wanted.any
    assert wanted.kept == {name: "1"}
    assert not read({}).any


def test_places_that_are_left_out_are_counted(directory):
    def page(query):
        return (
            Client()
            .get(f"/search?q=身份证丢了&all=1{query}", headers={"Accept-Language": "en"})
            .content.decode()
        )

    everything, always = page(""), page("&always=1")
    assert everything.count('<article class="place') > always.count('<article class="place')
    assert "left out by what you asked for" in always
    assert "left out by what you asked for" not in everything
    assert "always=1" in page("&always=1").split('class="other-list"')[-1] or "other-list" not in always


def test_the_map_is_given_the_places_of_the_list_in_its_order(directory):
    import json
    import re

    html = Client().get("/search?q=身份证丢了", headers={"Accept-Language": "en"}).content.decode()
    data = json.loads(re.search(r'<script id="live-map" type="application/json">(.*?)</script>', html)[1])
    names = re.findall(r'<h3 class="place-name">.*?<a href="/points/([^/]+)/', html)
    assert [place["url"].split("/")[2] for place in data["places"]] == names
    assert [place["number"] for place in data["places"]] == list(range(1, len(names) + 1))
    assert set(data["layers"]) >= {"land", "names"}
    assert data["way"] == [], "it is not known where they are"
