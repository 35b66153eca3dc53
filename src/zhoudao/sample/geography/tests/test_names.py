"""Names of places and streets read as people say them."""

import pytest

from zhoudao.core.city import Text
from zhoudao.sample.geography.naming import chinese, short_name


@pytest.mark.parametrize(
    ("zh", "en", "short_zh", "short_en"),
    [
        ("金塘镇沥港", "Ligang (Jintang)", "沥港", "Ligang"),
        ("白泉镇", "Baiquan", "白泉", "Baiquan"),
        ("临城街道", "Lincheng", "临城", "Lincheng"),
        ("普陀山客运码头", "Putuoshan Pier", "普陀山", "Putuoshan"),
        ("蚂蚁岛", "Mayi", "蚂蚁岛", "Mayi"),
        ("念母岙", "Nianmu'ao", "念母岙", "Nianmu'ao"),
    ],
)
def test_a_place_without_its_kind(zh, en, short_zh, short_en):
    assert short_name(Text(zh=zh, en=en)) == Text(zh=short_zh, en=short_en)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (45, "四十五")]
)
def test_numbers_in_chinese(number, said):
    assert chinese(number) == said


def test_neighbouring_quarters_of_a_town_share_no_street_name(ground):
    """定海's quarters touch; two 文化路 in them would send people the wrong way."""
    codes = {place.code: index for index, place in enumerate(ground.made.settlements)}
    if "changguo" not in codes:
        quarters = [[codes["denglou"]]]
    else:
        quarters = [[codes[code]] for code in ("changguo", "jiefang", "huannan")]
    names = [
        {
            way.name.zh
            for way in ground.made.network.ways
            if way.name is not None and way.settlement in quarter
        }
        for quarter in quarters
    ]
    assert all(names)
    assert len(set().union(*names)) == sum(map(len, names))
