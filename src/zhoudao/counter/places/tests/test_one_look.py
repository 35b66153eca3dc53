"""Within one look, versions are read once; the next look reads them anew. What is the same in answers is kept."""

import gc

from django.utils import translation

from zhoudao.core.access import VISITOR
from zhoudao.core.one_look import one_look
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import changes
from zhoudao.counter.places.templatetags.places import item_bring, item_facts
from zhoudao.counter.places.warming import settle


def test_a_look_reads_each_version_once(directory, django_assert_num_queries):
    with django_assert_num_queries(2), one_look():
        first = changes.version(), catalog.version(VISITOR)
        with one_look():
            assert (changes.version(), catalog.version(VISITOR)) == first


def test_the_next_look_sees_what_has_changed(directory):
    with one_look():
        before = changes.version()
        changes.happened()
        assert changes.version() == before, "an answer is of one piece"
    assert changes.version() != before
    with one_look():
        assert changes.version() != before


def test_an_item_is_told_once_in_each_language_and_anew_when_it_is_another(directory):
    first, second, *_ = catalog.definitions(VISITOR)
    with translation.override("en"):
        english = item_facts(first)
        assert first.who_may_apply.en in english
        assert item_facts(first) is english
        assert first.steps.en[0] in item_bring(first)
    with translation.override("zh-hans"):
        assert first.who_may_apply.zh in item_facts(first)
        changed = first.model_copy(update={"who_may_apply": second.name})
        assert second.name.zh in item_facts(changed)


def test_what_stays_is_out_of_the_collectors_sight():
    thresholds = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > thresholds[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
