"""What the tags of ``{% load look %}`` draw."""

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.translation import override


def draw(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    return Template("{% load look %}" + source).render(Context({"request": request, **context}))


def test_a_notice_says_its_kind_in_words_and_in_a_form():
    with override("zh-hans"):
        drawn = draw('{% notice "waiting" %}<p>soon</p>{% endnotice %}')
    assert "等待中" in drawn
    assert "<svg" in drawn
    assert "<p>soon</p>" in drawn


def test_a_notice_with_a_title_still_says_its_kind_to_screen_readers():
    with override("en"):
        drawn = draw('{% notice "danger" title="Not sent" %}{% endnotice %}')
    assert '<span class="visually-hidden">Problem: </span>Not sent' in drawn
    assert 'role="alert"' in drawn


def test_what_is_not_ours_is_escaped():
    drawn = draw(
        '{% notice "info" title=bad %}{{ bad }}{% endnotice %}{% badge "info" bad %}{% phone bad bad %}',
        bad="<b>&",
    )
    assert "<b>" not in drawn
    assert drawn.count("&lt;b&gt;&amp;") >= 4


@pytest.mark.parametrize("tag", ['{% notice "urgent" %}{% endnotice %}', '{% badge "red" "x" %}'])
def test_an_unknown_kind_is_refused_by_name(tag):
    with pytest.raises(TemplateSyntaxError, match="expected one of"):
        draw(tag)


def test_an_unknown_icon_is_refused_by_name():
    with pytest.raises(KeyError, match="anchor"):
        draw('{% icon "anchor" %}')


def test_a_phone_dials_its_digits():
    assert 'href="tel:05801201234"' in draw('{% phone "0580-1201234" %}')


def test_sorting_turns_round_and_keeps_the_filters():
    drawn = draw('{% sort_header "fee" "Fee" "number" %}', "/list?state=late&order=fee&page=3")
    assert 'aria-sort="ascending"' in drawn
    assert 'href="?state=late&amp;order=-fee"' in drawn
    assert 'class="number"' in drawn
    assert "aria-sort" not in draw('{% sort_header "code" "Code" %}', "/list?order=fee")


def test_pages_keep_the_filters_and_name_the_current_one():
    drawn = draw(
        "{% pagination page %}", "/list?state=late&page=4", page=Paginator(range(100), 10).get_page(4)
    )
    assert '<span aria-current="page">4</span>' in drawn
    assert 'rel="prev" href="?state=late&amp;page=3"' in drawn
    assert 'rel="next" href="?state=late&amp;page=5"' in drawn


def test_one_page_needs_no_links():
    assert "<nav" not in draw("{% pagination page %}", page=Paginator(range(3), 10).get_page(1))


def test_a_stepper_tells_done_from_current_in_words():
    with override("en"):
        drawn = draw("{% stepper steps 2 %}", steps=["One", "Two", "Three"])
    assert "Step 2 of 3 · Two" in drawn
    assert drawn.count('aria-current="step"') == 1
    assert "(done)" in drawn


def test_crumbs_end_where_the_reader_is():
    drawn = draw('{% crumbs "Items" "/items/" "ID card" %}')
    assert '<a href="/items/">Items</a>' in drawn
    assert '<li aria-current="page">ID card</li>' in drawn


def test_a_figure_writes_its_unit_smaller():
    assert '4,105 <span class="stat-unit">万元</span>' in draw('{% stat "4,105 万元" "sentence" %}')


def test_an_empty_state_offers_the_next_step():
    drawn = draw(
        '{% for row in rows %}{% empty %}{% empty_state "None" url="/new" action="Start" %}{% endfor %}',
        rows=[],
    )
    assert 'href="/new">Start</a>' in drawn


class Question(forms.Form):
    name = forms.CharField(label="Name?", help_text="As on the card.")
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField(required=False)


def test_a_form_links_each_error_to_its_field_and_repeats_it_there():
    with override("zh-hans"):
        drawn = str(Question({"agree": "on"}))
    assert 'href="#id_name">Name：请填写这一项。' in drawn
    assert 'href="#id_way_0"' in drawn
    assert 'id="id_way_0"' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert drawn.count("请填写这一项。") == 4
    assert drawn.index("error-summary") < drawn.index('id="id_name"')


def test_a_form_without_errors_has_no_summary_and_groups_choices():
    with override("en"):
        drawn = str(Question())
    assert "error-summary" not in drawn
    assert "<fieldset" in drawn
    assert "<legend>Way</legend>" in drawn
    assert "(optional)" not in drawn.split('id="id_agree"')[0]


def test_errors_of_the_whole_form_come_first():
    question = Question({"name": "x", "way": "a"})
    question.add_error(None, "These two can't both be true")
    assert "<li>These two can&#x27;t both be true</li>" in str(question)
