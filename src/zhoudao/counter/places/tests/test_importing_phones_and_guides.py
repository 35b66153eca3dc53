"""phones.csv and guides.csv: what is taken, what is refused and how it is said."""

from __future__ import annotations

import pytest

from zhoudao.core.access import SYSTEM
from zhoudao.counter.places import actions
from zhoudao.counter.places.exchange.records import GUIDES, PHONES, POINTS
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.places.models import Guide, PhoneEntry
from zhoudao.counter.places.tests import directory as small

BAD_PHONES = {
    "code": ("t 1", "is 't 1'"),
    "name_zh": ("", "is empty"),
    "name_en": ("@SUM(1)", "begins with '@'"),
    "kind": ("chat", "is 'chat'"),
    "phone": ("", "is ''"),
    "district": ("atlantis", "is 'atlantis'"),
    "point": ("P999", "is 'P999'"),
    "hours": ("always", "can't be read"),
}
BAD_GUIDES = {
    "point": ("P999", "is 'P999'"),
    "item": ("haircut", "is 'haircut'"),
    "hours": ("noon", "can't be read"),
    "phone": ("12", "is '12'"),
    "note_zh": ("注" * 501, "has 501 characters"),
    "note_en": ("+1 floor", "begins with '+'"),
}


@pytest.mark.parametrize("column", BAD_PHONES)
def test_a_bad_phone_is_refused_by_row_and_field(directory, tmp_path, column):
    value, problem = BAD_PHONES[column]
    path = small.write(
        tmp_path / "phones.csv", PHONES, [small.phone("T100"), small.phone("T101") | {column: value}]
    )
    with pytest.raises(Refused) as refused:
        actions.import_phones(SYSTEM, path)
    assert [(each.line, each.field) for each in refused.value.report.problems] == [(3, column)]
    assert problem in refused.value.report.problems[0].problem
    assert not PhoneEntry.objects.filter(code="T100").exists()


@pytest.mark.parametrize("column", BAD_GUIDES)
def test_a_bad_guide_is_refused_by_row_and_field(directory, tmp_path, column):
    value, problem = BAD_GUIDES[column]
    good = small.guide("P001", "driver-licence-renewal")
    path = small.write(tmp_path / "guides.csv", GUIDES, [good, small.guide("P005") | {column: value}])
    with pytest.raises(Refused) as refused:
        actions.import_guides(SYSTEM, path)
    assert [(each.line, each.field) for each in refused.value.report.problems] == [(3, column)]
    assert problem in refused.value.report.problems[0].problem
    assert Guide.objects.count() == len(small.guides_rows())


def test_a_guide_may_stand_once_at_a_point(directory, tmp_path):
    rows = [small.guide("P005"), small.guide("P005", note_zh="再来一次")]
    with pytest.raises(Refused, match="stands in the file already, as row 2"):
        actions.import_guides(SYSTEM, small.write(tmp_path / "guides.csv", GUIDES, rows))


def test_importing_again_touches_nothing(directory):
    before = list(Guide.objects.values()), list(PhoneEntry.objects.values())
    phones = actions.import_phones(SYSTEM, directory / "phones.csv")
    guides = actions.import_guides(SYSTEM, directory / "guides.csv")
    assert (phones.unchanged, guides.unchanged) == (7, 7)
    assert (list(Guide.objects.values()), list(PhoneEntry.objects.values())) == before


def test_a_complete_file_removes_what_it_no_longer_names(directory, tmp_path):
    phones = small.write(tmp_path / "phones.csv", PHONES, small.phones_rows()[:5])
    guides = small.write(tmp_path / "guides.csv", GUIDES, small.guides_rows()[:3])
    assert actions.import_phones(SYSTEM, phones, complete=True).removed == 2
    assert actions.import_guides(SYSTEM, guides, complete=True).removed == 4
    assert (PhoneEntry.objects.count(), Guide.objects.count()) == (5, 3)


def test_a_withdrawn_point_takes_no_guide(directory, tmp_path):
    actions.import_points(
        SYSTEM, small.write(tmp_path / "points.csv", POINTS, small.points_rows()[:4]), complete=True
    )
    path = small.write(tmp_path / "guides.csv", GUIDES, [small.guide("P006")])
    with pytest.raises(Refused, match="is 'P006'"):
        actions.import_guides(SYSTEM, path)
