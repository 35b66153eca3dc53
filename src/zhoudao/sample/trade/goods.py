"""What is traded: goods with their tax code, customs code, price, weight and rates.

Tax codes have the form of the tax classification (19 digits, two a level after the first) and follow its chapters, but
below the third level they are made up, as prices are: close enough that chains of goods make sense, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """One kind of goods. ``price`` is fen a unit net of tax, ``rate`` and ``refund`` basis points."""

    name: str
    tax_code: str
    hs_code: str
    unit: str
    price: int
    kilograms: float
    """Of one unit."""
    rate: int
    refund: int
    """0: no refund is paid on it."""
    made_from: tuple[str, ...] = ()
    """Names of what a maker buys for it; empty for what comes from the ground, the sea, or abroad."""
    exported: bool = False


def _good(
    name: str, level: str, hs: str, unit: str, yuan: float, kilograms: float, refund: int = 1300,
    made_from: tuple[str, ...] = (), rate: int = 1300, exported: bool = False,
) -> Good:  # fmt: skip
    return Good(
        name, level.ljust(19, "0"), hs, unit, round(yuan * 100), kilograms, rate, refund, made_from, exported
    )


GOODS: tuple[Good, ...] = (
    # Sea and farm
    _good("冷冻鱿鱼", "1010304010101", "0307430000", "千克", 21, 1.0, 900, rate=900, exported=True),
    _good("冷冻带鱼", "1010304010102", "0303899000", "千克", 18, 1.0, 900, rate=900, exported=True),
    _good("鱼糜", "1030104010101", "1604209000", "千克", 16, 1.0, 900, ("冷冻带鱼",), 900, True),
    _good("原木", "1010201010101", "4403219000", "立方米", 1_100, 620, 0, rate=900),
    _good("天然橡胶", "1010401010101", "4001220000", "千克", 12, 1.0, 0, rate=900),
    # Fuel, metal, chemicals
    _good("煤炭", "1020101010101", "2701129000", "吨", 760, 1000, 0),
    _good("废钢", "1020901010101", "7204490000", "吨", 2_300, 1000, 0),
    _good("热轧钢板", "1080206010101", "7208390000", "吨", 3_900, 1000, 0, ("废钢", "煤炭")),
    _good("铝锭", "1080303010101", "7601101000", "吨", 19_500, 1000, 0, ("煤炭",)),
    _good("黄金", "1080304010101", "7108120000", "克", 560, 0.001, 0),
    _good("聚酯切片", "1070213010101", "3907610000", "千克", 7, 1.0, 1300),
    _good("塑料粒子", "1070213010201", "3902100000", "千克", 8, 1.0, 1300),
    _good("成品油", "1070101010101", "2710192210", "吨", 7_400, 1000, 0),
    # Textiles
    _good("棉纱", "1040101010101", "5205220000", "千克", 24, 1.0, 1300),
    _good("化纤布", "1040104010101", "5407520000", "米", 6, 0.18, 1300, ("聚酯切片",)),
    _good("棉布", "1040102010101", "5208520000", "米", 9, 0.2, 1300, ("棉纱",)),
    _good("针织衫", "1040201010101", "6110300000", "件", 42, 0.32, 1300, ("棉纱", "化纤布"), exported=True),
    _good("梭织裤", "1040201010201", "6203429000", "条", 55, 0.5, 1300, ("棉布",), exported=True),
    _good("羽绒服", "1040201010301", "6202401000", "件", 210, 0.9, 1300, ("化纤布",), exported=True),
    _good("箱包", "1040301010101", "4202129000", "个", 68, 1.4, 1300, ("化纤布", "塑料粒子"), exported=True),
    # Things made
    _good("塑料制品", "1070601010101", "3926909090", "千克", 15, 1.0, 1300, ("塑料粒子",), exported=True),
    _good("螺杆", "1080401010101", "8477900000", "件", 380, 14, 1300, ("热轧钢板",), exported=True),
    _good(
        "注塑机",
        "1090127010101",
        "8477101010",
        "台",
        145_000,
        5_200,
        1300,
        ("热轧钢板", "螺杆"),
        exported=True,
    ),
    _good("水泵", "1090106010101", "8413709990", "台", 640, 22, 1300, ("热轧钢板", "铜线"), exported=True),
    _good("铜线", "1080305010101", "7408190000", "千克", 68, 1.0, 0),
    _good("电路板", "1090522010101", "8534009000", "块", 38, 0.12, 1300, ("铜线", "塑料粒子")),
    _good(
        "充电器", "1090416010101", "8504401400", "个", 22, 0.15, 1300, ("电路板", "塑料粒子"), exported=True
    ),
    _good("手机配件", "1090511010101", "8517799000", "个", 31, 0.06, 1300, ("电路板",), exported=True),
    _good("集成电路", "1090521010101", "8542319090", "个", 19, 0.001, 1300, exported=True),
    _good("灯具", "1090424010101", "9405119000", "套", 74, 1.9, 1300, ("电路板", "铝锭"), exported=True),
    _good("家具", "1050101010101", "9403609990", "件", 420, 24, 1300, ("原木",), exported=True),
    _good("玩具", "1060401010101", "9503006000", "个", 18, 0.3, 1300, ("塑料粒子",), exported=True),
    _good("船用配件", "1090218010101", "8487100000", "件", 1_250, 38, 1300, ("热轧钢板",), exported=True),
    _good("轮胎", "1070501010101", "4011200010", "条", 620, 52, 1300, ("天然橡胶",), exported=True),
    # Services
    _good("运输服务", "3010102020100", "", "次", 2_600, 0, 0, rate=900),
    _good("咨询服务", "3040603000000", "", "项", 18_000, 0, 0, rate=600),
)

BY_NAME = {good.name: number for number, good in enumerate(GOODS)}
EXPORTED = tuple(number for number, good in enumerate(GOODS) if good.exported)
SERVICES = tuple(number for number, good in enumerate(GOODS) if not good.hs_code)
