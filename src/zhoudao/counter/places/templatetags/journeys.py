"""How a ranking is said on a page: ``{% load journeys %}``. The sentences are ``journeys.words``'s."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhoudao.core import city
from zhoudao.core.look import words as of_the_look
from zhoudao.counter.places import handover
from zhoudao.counter.places.journeys import words
from zhoudao.counter.places.models import Point
from zhoudao.engines.wayfinding.coords import Datum, LonLat

register = template.Library()

register.filter("headline", words.headline)
register.filter("setting_out", words.setting_out)
register.filter("served", words.served)
register.filter("why", words.reason)
register.filter("by_what", words.by_what)
register.filter("leave", words.leave)
register.filter("in_time", words.in_time)
register.filter("story", words.story)
register.filter("way_back", words.way_back)
register.filter("doubted", words.doubted)

APPS = {"amap": _("Amap"), "baidu": _("Baidu Maps"), "apple": _("Apple Maps")}


@register.simple_tag
def hand_over(point: Point, mode: str) -> str:
    """Links that open the map apps people use, with ``point`` as their destination."""
    language = get_language() or "zh-hans"
    name, address = (of_the_look.text(text, language) for text in (point.name, point.address))
    return _links(language, (point.longitude, point.latitude), name, address, mode, city.current().datum.handed_over)


@lru_cache(maxsize=2048)
def _links(language: str, place: LonLat, name: str, address: str, mode: str, datum: Datum) -> str:
    links = handover.links(place, name, address, mode, datum)
    return render_to_string(
        "places/parts/hand_over.html", {"links": [(APPS[link.app], link.url) for link in links]}
    )
