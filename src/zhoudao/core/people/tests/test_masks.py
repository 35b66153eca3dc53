"""What a screen shows of a person: enough to recognise, too little to use."""

from __future__ import annotations

import pytest

from zhoudao.core.people.rules.masks import mask_document, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("张王小三", "张**三"),
        ("欧阳明", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("𬎆三", "𬎆*"),
        ("阿卜杜拉·买买提", "阿**·买**"),
        ("Maria Fernanda dos Santos", "M** F** d** S**"),
        ("Pelé", "P**"),
        ("", ""),
    ],
)
def test_names(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("339999198002290010", "3399**********0010"),
        ("E12345678", "E1*****78"),
        ("A1234", "A***4"),
        ("123456789012345", "1234*******2345"),
    ],
)
def test_documents(number, shown):
    assert mask_document(number) == shown
    assert len(shown) == len(number)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("12012345678", "12******678"),
        ("0580-2260110", "0580-****110"),
        ("021-62580110-801", "021-*****110"),
        ("+447700900123", "+447******123"),
        ("", ""),
    ],
)
def test_phones(number, shown):
    assert mask_phone(number) == shown
