"""What a notice says: a text file for each language, in the room that sends it.

Template ``applications/received`` is ``applications/notices/received.zh-hans.txt`` and ``….en.txt`` under
the room's ``templates``: the subject on the first line, an empty line, the text. Values are put in as
Django templates do, without HTML escaping; filters and dates follow the recipient's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def write(template: str, values: Mapping[str, object], language: str) -> Words:
    """Raises TemplateDoesNotExist when there is neither the language nor the platform's own."""
    with translation.override(language):
        content = find(template, language).render(Context(dict(values), autoescape=False))
    subject, _, text = content.strip().partition("\n")
    return Words(subject.strip(), text.strip())


def find(template: str, language: str) -> Template:
    room, _, name = template.partition("/")
    paths = [f"{room}/notices/{name}.{code}.txt" for code in (language.lower(), settings.LANGUAGE_CODE)]
    for path in paths:
        try:
            return get_template(path).template  # type: ignore[attr-defined]
        except TemplateDoesNotExist:
            continue
    raise TemplateDoesNotExist(f"no notice {template}: expected {paths[-1]} in a room's templates")
