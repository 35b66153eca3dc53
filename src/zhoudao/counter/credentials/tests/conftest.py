"""A resident with an account, officers of two districts, and the templates of a permit, a licence and a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role
from zhoudao.core.city.shapes import Text
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people.tests.conftest import (  # noqa: F401  fixtures are found by name
    _quick_passwords,
    carol,
    firm,
    signed_in,
    staff,
    visit,
)
from zhoudao.counter.applications.ports import Grant, Issued, Template

if TYPE_CHECKING:
    from zhoudao.core.people.models import Resident
    from zhoudao.counter.credentials.models import Credential

REVIEWER = Actor("user:901", Role.REVIEWER, frozenset({DISTRICT}), user_id=901)
ELSEWHERE = Actor("user:902", Role.REVIEWER, frozenset({OTHER_DISTRICT}), user_id=902)
SUPERVISOR = Actor("user:903", Role.SUPERVISOR, frozenset({DISTRICT}), user_id=903)
SECURITY = Actor("user:904", Role.SECURITY_OFFICER, user_id=904)

PERMIT = Template(
    "residence-permit", Text(zh="浙江省居住证", en="Residence permit"), valid_months=36, endorse_months=12
)
LICENCE = Template(
    "security-firm-licence",
    Text(zh="保安服务许可证", en="Security firm licence"),
    valid_months=60,
    facts={"address": Text(zh="住所", en="Address")},
)
CARD = Template(
    "temporary-id-card", Text(zh="临时居民身份证", en="Temporary ID card"), valid_months=3, physical=True
)


@pytest.fixture
def permit(carol: Resident) -> Callable[..., Credential]:  # noqa: F811
    """Issues Carol a residence permit."""
    from zhoudao.counter.credentials import actions
    from zhoudao.counter.credentials.models import Credential

    def issue(application: str = "A1", template: Template = PERMIT, **changed: object) -> Credential:
        grant = Grant(application, DISTRICT, resident_id=carol.pk)
        issued: Issued = actions.issue(REVIEWER, replace(grant, **changed), template)  # type: ignore[arg-type]
        return Credential.objects.get(number=issued.number)

    return issue


@pytest.fixture
def verdict_on() -> Callable[[Credential], str]:
    """What a verifier says who has the keys and the list as they are published now."""
    from zhoudao.core.access import VISITOR
    from zhoudao.counter.credentials import queries
    from zhoudao.engines.seals import checking

    def check(credential: Credential, later: object = None) -> str:
        keys = queries.key_set(VISITOR)
        statuses = checking.open_list(keys.status_list, keys) if keys.status_list else None
        moment = clock.now() if later is None else clock.now() + later  # type: ignore[operator]
        return checking.check(str(credential.text), keys, statuses, moment).verdict.value

    return check
