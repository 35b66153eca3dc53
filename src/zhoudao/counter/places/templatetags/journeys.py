"""How a ranking is said on a page: ``{% load journeys %}``. The sentences are ``journeys.words``'s."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhoudao.core import city
from zhoudao.core.look import words as of_the_look
from zhoudao.counter.places import handover
from zhoudao.counter.places.journeys import words
from zhoudao.counter.places.models import Point

register = template.Library()

register.filter("headline", words.headline)
register.filter("setting_out", words.setting_out)
register.filter("served", words.served)
register.filter("why", words.reason)
register.filter("by_what", words.by_what)
register.filter("in_time", words.in_time)
register.filter("story", words.story)
register.filter("way_back", words.way_back)
register.filter("doubted", words.doubted)

APPS = {"amap": _("Amap"), "baidu": _("Baidu Maps"), "apple": _("Apple Maps")}


@register.inclusion_tag("places/parts/hand_over.html")
def hand_over(point: Point, mode: str) -> dict[str, object]:
    """Links that open the map apps people use, with ``point`` as their destination."""
    language = get_language() or "zh-hans"
    links = handover.links(
        (point.longitude, point.latitude),
        of_the_look.text(point.name, language),
        of_the_look.text(point.address, language),
        mode,
        city.current().datum.handed_over,
    )
    return {"links": [(APPS[link.app], link.url) for link in links]}
