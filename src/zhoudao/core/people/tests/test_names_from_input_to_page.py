"""Names as people have them, from the form they are typed into to the page that greets them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from zhoudao.core.access import SYSTEM, Role
from zhoudao.core.people import actions, queries
from zhoudao.core.people.models import Resident, User
from zhoudao.core.people.rules import masks
from zhoudao.core.people.tests.cast import PASSWORD, identity_number

NAMES = [
    "\U00020bb7野\U00020bb7",  # 𠮷野𠮷: extension B
    "\U0002b838\U00030edd",  # extensions D and G, as GB 18030-2022 requires at its level 3
    "阿卜杜热合曼·艾买提江·穆罕默德",
    "Maria Fernanda dos Santos Oliveira-Guimarães da Conceição",
    "Нуркан Абишев",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_typed_at_the_counter_greets_its_owner(name, signed_in, visit):
    signed_in(Role.ADMINISTRATOR)
    typed = {"username": "bob", "display_name": name, "staff_number": "120999"}
    page = visit.client.post(reverse("people:open_account"), typed).content.decode()
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page).group()
    bob = User.objects.get(username="bob")
    assert bob.display_name == name
    assert name in visit.client.get(reverse("people:account", args=[bob.pk])).content.decode()

    visit.client.logout()
    visit.sign_in("bob", password)
    new = {"old": password, "new": PASSWORD, "again": PASSWORD}
    assert name in visit.client.post(reverse("people:change_password"), new, follow=True).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_name_from_a_table_is_found_again_and_masked_by_whole_characters(name):
    row = {"name": name, "document_kind": "resident_id", "document_number": identity_number(3), "mobile": ""}
    assert actions.import_residents(SYSTEM, [(2, row)]).refused == []
    resident = Resident.objects.get()
    assert resident.name == name
    shown = queries.resident_summary(SYSTEM, resident.pk)
    assert shown is not None
    assert shown.name == masks.mask_name(name)
    assert shown.name[0] == name[0], "one code point is one character: no half of one is shown"
