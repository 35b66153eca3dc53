"""How a ranking is said on a page: ``{% load journeys %}``. The sentences are ``journeys.words``'s."""

from __future__ import annotations

from django import template

from zhoudao.counter.places.journeys import words

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
