"""Names as people have them: common ones, rare characters, middle dots, long Latin ones; coined firms.

The weights are rough: enough for a name list to look like one, not a study of names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhoudao.sample.seeds import Weighted, pick

MIDDLE_DOT = "\u00b7"
"""Between the parts of a name in Chinese characters, as GB 18030 and identity cards have it (间隔号)."""

_SURNAMES = (
    "陈王张林徐周李金黄吴郑胡叶沈朱应夏邵刘杨孙马何罗高梁宋唐许韩冯邓曹彭曾萧田董潘袁于蒋蔡余杜戴魏程吕丁任姚卢傅钟姜崔谭"
    "廖范汪陆石贾韦付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚万覃武钱严赖洪莫孔汤贝虞乐翁柳鲍庄柴屠竺忻郏"
)
_DOUBLE_SURNAMES = ("欧阳", "诸葛", "上官", "司徒", "皇甫", "夏侯")
SURNAMES = Weighted(
    [*_SURNAMES, *_DOUBLE_SURNAMES],
    [*(1 / (rank + 5) for rank in range(len(_SURNAMES))), *([0.0015] * len(_DOUBLE_SURNAMES))],
)

RARE_CHARACTERS = "𫖯䶮𫖳𬱖㛃𬱟𬍛㬎𬍡𬭎㬚𬭶𬬭㻬𬭚𬴊㴔𬸚𬘭㑇𬘡𬣙㠓𬤊𬇹㳘𫓶𫓯㵐𫍯𫍽䌹𨱏𤧛䜣𬊈"
"""Characters of the general table (通用规范汉字表) that GBK lacks and GB 18030-2022 asks for: from extension
A and the supplementary planes, so that what counts two bytes a character, or UTF-16 units, shows itself."""


@dataclass(frozen=True)
class _Generation:
    """Given-name characters people of about one age have."""

    born_from: int
    female: str
    male: str
    single: float
    """Share whose given name is one character."""


_GENERATIONS = (
    _Generation(
        1900,
        "秀英珍凤兰菊香娣月亚芬玉彩素琴翠莲阿云梅桂仙",
        "国志明德福根祥财宝阿海龙永生土才富贵康岳信仁",
        0.10,
    ),
    _Generation(
        1960,
        "红丽燕霞敏芳萍娟亚飞静波君珠雅琼慧艳群央儿娜",
        "军伟平勇杰辉斌建国海波明忠良峰刚强世定方跃",
        0.22,
    ),
    _Generation(
        1982,
        "婷静雪倩莹佳颖璐琳蕾瑶丹娜晓燕洁盈珊梦露巧怡",
        "超鹏浩磊佳俊晨凯宁威翔帆程斌亮琦坤洋航诚挺科",
        0.25,
    ),
    _Generation(
        2003,
        "欣怡语桐诗涵梓萱若熙可馨思妍雨彤艺芯沐瑾安歆",
        "梓轩子涵浩宇奕辰沐铭睿泽皓昊霖景逸屹承旭一诺",
        0.08,
    ),
)


def given_name(chance: np.random.Generator, born: int, sex: str) -> str:
    """A given name someone born in the year ``born`` might have."""
    generation = next(known for known in reversed(_GENERATIONS) if born >= known.born_from)
    characters = generation.female if sex == "female" else generation.male
    first = pick(chance, characters)
    if chance.random() < generation.single:
        return first
    second = pick(chance, characters)
    return first + second


def rare_given_name(chance: np.random.Generator, born: int, sex: str, which: int) -> str:
    """A given name with the ``which``-th rare character, alone or beside a common one."""
    rare = RARE_CHARACTERS[which % len(RARE_CHARACTERS)]
    common = given_name(chance, born, sex)[0]
    return (rare, rare + common, common + rare)[which % 3]


# Names with middle dots --------------------

_DOTTED_FEMALE = (
    "阿依古丽",
    "古丽娜尔",
    "迪丽努尔",
    "帕提古丽",
    "热依汗古丽",
    "祖丽皮娅",
    "米日古丽",
    "阿衣努尔",
    "古丽加依娜尔",
    "巴哈尔古丽",
)
_DOTTED_MALE = (
    "艾尼瓦尔",
    "吐尔逊江",
    "阿卜杜拉",
    "库尔班江",
    "玉素甫",
    "艾山江",
    "阿迪力江",
    "努尔兰",
    "叶尔肯",
    "阿卜杜喀迪尔",
)
_DOTTED_FATHERS = (
    "买买提",
    "阿卜杜热合曼",
    "依明尼亚孜",
    "吐尔孙",
    "艾合买提",
    "阿卜杜热依木江",
    "哈力克",
    "马合木提",
    "赛力克",
    "阿布都外力",
)


def dotted_name(chance: np.random.Generator, sex: str) -> str:
    """Own name, middle dot, father's name, as Uyghur and Kazakh people write theirs in Chinese."""
    return (
        pick(chance, _DOTTED_FEMALE if sex == "female" else _DOTTED_MALE)
        + MIDDLE_DOT
        + pick(chance, _DOTTED_FATHERS)
    )


# Foreign names: the Latin spelling of a passport and a Chinese rendering --------------------


@dataclass(frozen=True)
class _Tongue:
    female: tuple[tuple[str, str], ...]
    male: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    given_parts: tuple[int, ...]
    family_parts: tuple[int, ...]


_TONGUES = (
    _Tongue(
        (
            ("MARIA", "玛丽亚"),
            ("GUADALUPE", "瓜达卢佩"),
            ("FERNANDA", "费尔南达"),
            ("ISABEL", "伊莎贝尔"),
            ("XIMENA", "希梅娜"),
        ),
        (
            ("JUAN", "胡安"),
            ("MIGUEL", "米格尔"),
            ("ALEJANDRO", "亚历杭德罗"),
            ("FRANCISCO", "弗朗西斯科"),
            ("JOSE", "何塞"),
        ),
        (
            ("DE LA CRUZ", "德拉克鲁斯"),
            ("HERNANDEZ", "埃尔南德斯"),
            ("FERNANDEZ DE CORDOBA", "费尔南德斯德科尔多瓦"),
            ("SANTILLAN", "桑蒂良"),
            ("MONTENEGRO", "蒙特内格罗"),
            ("VILLANUEVA", "比利亚努埃瓦"),
        ),
        (1, 2, 3),
        (1, 2),
    ),
    _Tongue(
        (("DILHANI", "迪尔哈尼"), ("SANDUNI", "桑杜尼"), ("THARUSHI", "塔鲁希")),
        (("NUWAN", "努万"), ("CHAMINDA", "查明达"), ("KASUN", "卡森")),
        (
            ("WARNAKULASURIYA", "瓦纳库拉苏里亚"),
            ("MUDIYANSELAGE", "穆迪扬塞拉格"),
            ("RATHNAYAKE", "拉特纳亚克"),
            ("JAYASEKARA", "贾亚塞卡拉"),
            ("WICKRAMASINGHE", "维克勒马辛哈"),
            ("PATABENDIGE", "帕塔本迪格"),
        ),
        (1, 2),
        (2, 3),
    ),
    _Tongue(
        (("EMMA", "艾玛"), ("GRACE", "格蕾丝"), ("CHARLOTTE", "夏洛特"), ("SIOBHAN", "希沃恩")),
        (("OLIVER", "奥利弗"), ("THOMAS", "托马斯"), ("EDWARD", "爱德华"), ("RORY", "罗里")),
        (
            ("ASHDOWN", "阿什当"),
            ("O'SULLIVAN", "奥沙利文"),
            ("FEATHERSTONE", "费瑟斯通"),
            ("MACALLISTER", "麦卡利斯特"),
        ),
        (1, 2),
        (1,),
    ),
    _Tongue(
        (("SIRIPORN", "诗丽蓬"), ("KANOKWAN", "卡诺婉"), ("PHATCHARAPHON", "帕查拉蓬")),
        (("SOMCHAI", "颂猜"), ("THANAWAT", "塔纳瓦"), ("KITTIPHONG", "吉滴蓬")),
        (
            ("CHAROENRATTANAWONG", "乍伦叻他那翁"),
            ("PHATTHARAKULWANIT", "帕塔拉恭瓦尼"),
            ("SRISUWANNARAT", "西素万纳叻"),
        ),
        (1,),
        (1,),
    ),
    _Tongue(
        (("NGOC ANH", "玉英"), ("THI HONG NHUNG", "氏红绒"), ("BAO CHAU", "宝珠")),
        (("QUOC HUNG", "国雄"), ("MINH TUAN", "明俊"), ("DUC THANH", "德成")),
        (("NGUYEN", "阮"), ("TRAN", "陈"), ("PHAM", "范"), ("HOANG", "黄")),
        (1,),
        (1,),
    ),
    _Tongue(
        (("ANASTASIIA", "阿纳斯塔西娅"), ("EKATERINA", "叶卡捷琳娜"), ("ALEKSANDRA", "亚历山德拉")),
        (("KONSTANTIN", "康斯坦丁"), ("MIKHAIL", "米哈伊尔"), ("VSEVOLOD", "弗谢沃洛德")),
        (
            ("SHEVCHENKO", "舍甫琴科"),
            ("CHERNYKH", "切尔内赫"),
            ("BONDARENKO", "邦达连科"),
            ("LITVINENKO", "利特维年科"),
        ),
        (1,),
        (1,),
    ),
)


def foreign_name(chance: np.random.Generator, sex: str) -> tuple[str, str]:
    """``(Latin, Chinese)``: given names before family names, as the passport's page reads."""
    tongue = pick(chance, _TONGUES)
    given = _some(chance, tongue.female if sex == "female" else tongue.male, pick(chance, tongue.given_parts))
    family = _some(chance, tongue.family, pick(chance, tongue.family_parts))
    parts = given + family
    return " ".join(latin for latin, _ in parts), MIDDLE_DOT.join(chinese for _, chinese in parts)


def _some(
    chance: np.random.Generator, parts: tuple[tuple[str, str], ...], count: int
) -> list[tuple[str, str]]:
    """``count`` of the parts, none twice."""
    return [parts[place] for place in chance.permutation(len(parts))[:count].tolist()]


# Coined names of firms --------------------

_COINED = "澜屿湉翀洄沄汐漪溱涣泓沚渚浔潞颐珩琛瑾岫嵘巍晗昱煜曜霁霖岚岱崧嵩嵘皓璟骁骞翊翎翔"
UNREGISTRABLE = "峯羣崑崙樑槑秌煙巖遊僊湧牀鉅"
"""Variant forms outside the general table. A firm's name is written in standard characters (Provisions on
the Registration of Enterprise Names, 企业名称登记管理规定, 2020, art. 5): no registry holds one of these."""


def coined_word(chance: np.random.Generator) -> str:
    """Three characters, exactly one of them unregistrable, so that no real firm can be called so."""
    characters = [pick(chance, _COINED), pick(chance, _COINED)]
    characters.insert(int(chance.integers(3)), pick(chance, UNREGISTRABLE))
    return "".join(characters)
