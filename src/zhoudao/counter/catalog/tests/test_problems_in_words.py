"""What is wrong with an item is said in the language of whoever writes it."""

import ast
import re
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from django.utils import translation
from pydantic import BaseModel

from zhoudao.core.access import SYSTEM
from zhoudao.core.city import yaml_lines
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.counter.catalog import program, schema, texts
from zhoudao.counter.catalog.editing import wording
from zhoudao.counter.catalog.editing.checking import check
from zhoudao.counter.catalog.editing.wording import in_words
from zhoudao.counter.catalog.files import BadItems

KNOWN = {*wording.WRONG, *wording.EXPECTED, *wording.UNREADABLE}
PERMIT = (ITEMS / "household" / "residence-permit.yaml").read_text(encoding="utf-8")


def models(annotation) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return {annotation}.union(*(models(field.annotation) for field in fields))
    return set(chain.from_iterable(map(models, get_args(annotation))))


def refusals() -> set[str]:
    """The sentences that the schema's checks raise, and what each expected."""
    found = set()
    for module in (program, schema, texts):
        for call in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "refused":
                found.update(ast.literal_eval(call.args[1]).split("; expected "))
    return found


def test_every_sentence_of_the_schema_stands_among_the_messages():
    descriptions = {
        field.description for model in models(schema.Item) for field in model.model_fields.values()
    }
    assert len(descriptions) > 50
    assert len(refusals()) > 20
    plain = {sentence for sentence, *_names in yaml_lines.PLAINLY.values()}
    assert (descriptions | refusals() | plain) - KNOWN == set()


def test_every_sentence_is_said_in_chinese():
    with translation.override("zh-hans"):
        assert [text for text in sorted(KNOWN) if translation.gettext(text) == text] == []


BROKEN = [
    ("code: residence-permit\n", "", "没有写"),
    ("category: household", "category: houses", "不是可选的值"),
    ("category: household", "category: household\ncolour: red", "不是已知的字段"),
    ("category: household", "category: *other", "别名"),
    ("category: household", "category: [household", "不是正确的 YAML"),
    ("category: household", "category: household\ncategory: traffic", "写了两次"),
    ("  fen: 0", "  fen: -5", "小于 0"),
    ("  fen: 0", "  fen: much", "应当是整数"),
    ("channels:", "channels: online\nold:", "应当是列表"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_an_editors_problem(old, new, said):
    assert old in PERMIT
    with pytest.raises(BadItems) as bad:
        check(SYSTEM, PERMIT.replace(old, new, 1))
    with translation.override("zh-hans"):
        found = [in_words(problem) for problem in bad.value.problems]
    assert any(said in problem.problem for problem in found), found
    for problem in found:
        assert problem.line > 0
        for text in (problem.problem, problem.expected):
            assert re.search(r"[\u4e00-\u9fff]", text), text


@pytest.mark.django_db
def test_the_values_of_a_problem_are_said_too():
    with pytest.raises(BadItems) as bad:
        check(SYSTEM, re.sub(r"(?m)^related:.*(\n( |-).*)*", "related: [no-such-item]", PERMIT))
    [problem] = bad.value.problems
    assert problem.problem == "names no-such-item, which is no item"
    with translation.override("zh-hans"):
        assert in_words(problem).problem == "写了 no-such-item，没有这个事项"
