"""The pictures in the documentation are of the pages as they are: `ZHOUDAO_PICTURES=docs/images make browser`
takes them anew; otherwise they are only checked to exist.
"""

import os
from pathlib import Path

import pytest

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PICTURES = [
    ("search-desk-zh", "/search?q=身份证丢了&at=yancang", "desk", "zh-hans"),
    ("search-desk-en", "/search?q=lost my ID card&at=yancang", "desk", "en"),
    ("home-desk-zh", "/", "desk", "zh-hans"),
    ("home-phone-zh", "/", "phone", "zh-hans"),
]


@pytest.mark.browser
@pytest.mark.parametrize(("name", "path", "size", "language"), PICTURES)
def test_a_picture_shows_its_page(visit, name, path, size, language):
    page = visit(path, size=size, language=language)
    assert page.locator("h1").is_visible()
    if "ZHOUDAO_PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["ZHOUDAO_PICTURES"]) / f"{name}.png")
    assert (IMAGES / f"{name}.png").stat().st_size > 10_000
