"""What could not be checked, in the language of the page."""

from collections.abc import Iterable

from django import template
from django.utils.translation import get_language

from zhoudao.desk.findings import words

register = template.Library()


@register.filter
def gaps(kept: Iterable[object]) -> list[str]:
    return words.gaps(kept, get_language() or "zh-hans")
