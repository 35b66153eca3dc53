"""Every role over every route: who may open what, written down here, and held to it.

A new route fails until it says who may use it. What can be read is asked for; what only changes things is posted to,
empty. A role that may not gets 403, and a visitor the sign-in page; a role that may gets anything but those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from zhoudao.core.access import ANYONE, SIGNED_IN_ROLES, STAFF_ROLES, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.core.people.models import User
from zhoudao.core.people.tests.browsers import sign_in

BROWSERS = sorted(ANYONE - {Role.DEVICE, Role.SYSTEM})
"""Roles that open pages. Devices sign their requests and get an interface of their own."""


@dataclass(frozen=True)
class Route:
    who: frozenset[Role]
    """Roles for which the page opens, or the change is read."""
    posted: bool = False
    """It only takes POST."""
    arguments: dict[str, object] = field(default_factory=dict)
    missing_is_allowed: bool = False
    """It answers 404 to those who may, because the empty test database has nothing there."""
    not_ready_is_allowed: bool = False
    """It answers 503 and says so, because no map of ways was built for the tests."""


OWN_STEPS = frozenset(ANYONE)
"""Steps of signing in: open to all by address, and each looks at the account that is on its way in."""

LEADS_TO_SIGN_IN = frozenset({"people:sign_out"})

HOLDERS = frozenset({Role.RESIDENT, Role.AGENT})

OFFICERS = frozenset({Role.CLERK, Role.SUPERVISOR})
"""Who keeps the directory."""

BUNDLERS = frozenset({Role.AGENT, Role.CLERK})
"""Who applies for several things of an enterprise at once."""
HALL_PLANNERS = frozenset({Role.SUPERVISOR, Role.COMMANDER})
KIOSK_PLANNERS = frozenset({Role.SUPERVISOR, Role.KIOSK_KEEPER, Role.COMMANDER})

AT_THE_DESK = frozenset({Role.ANALYST, Role.TAX_OFFICER})
DESTROYERS = frozenset({Role.ANALYST, Role.COMMANDER})


def in_a_case(who: frozenset[Role] = AT_THE_DESK, *, posted: bool = False, **arguments: object) -> Route:
    """A page of a case. The walkers are members of none, so that whoever may use it gets 404."""
    return Route(who, posted, {"number": "2026-0001", **arguments}, missing_is_allowed=True)


APPLICANTS = frozenset({Role.RESIDENT, Role.AGENT})
AT_CASES = frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR})


def of_a_draft(*, posted: bool = False, **arguments: object) -> Route:
    """A page of one's own draft. The walkers have none, so that whoever may use it gets 404."""
    return Route(APPLICANTS | {Role.CLERK}, posted, {"uid": "a" * 32, **arguments}, missing_is_allowed=True)


def of_an_application(
    who: frozenset[Role] = APPLICANTS, *, posted: bool = False, **arguments: object
) -> Route:
    return Route(who, posted, {"number": "A20261124-00001", **arguments}, missing_is_allowed=True)


KIOSK_KEEPERS = frozenset({Role.KIOSK_KEEPER, Role.SUPERVISOR})
AT_WINDOWS = frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR})

WITH_A_PROVIDER = frozenset(ANYONE)
"""Signing in with a provider's word: 404 where the settings name none, as in the tests."""

def of_an_export(*roles: Role) -> Route:
    """A list that nobody asked for in the test database."""
    return Route(frozenset(roles), posted=True, arguments={"key": 1}, missing_is_allowed=True)


def of_a_team() -> Route:
    """A change to an officer's work. The walkers' district has no such officer."""
    arguments: dict[str, object] = {"district": DISTRICT, "officer": 1}
    return Route(frozenset({Role.SUPERVISOR}), posted=True, arguments=arguments, missing_is_allowed=True)


ROUTES: dict[str, Route] = {
    "people:provider": Route(WITH_A_PROVIDER, arguments={"name": "portal"}, missing_is_allowed=True),
    "people:provider_back": Route(WITH_A_PROVIDER, arguments={"name": "portal"}, missing_is_allowed=True),
    "people:provider_signed_out": Route(
        WITH_A_PROVIDER, posted=True, arguments={"name": "portal"}, missing_is_allowed=True
    ),
    "kiosks:enrol": Route(ANYONE, posted=True),
    "kiosks:heartbeat": Route(ANYONE, posted=True),
    "kiosks:items": Route(ANYONE, posted=True),
    "kiosks:applications": Route(ANYONE, posted=True),
    "kiosks:fleet": Route(KIOSK_KEEPERS),
    "kiosks:prepare": Route(
        KIOSK_KEEPERS, posted=True, missing_is_allowed=True
    ),
    "kiosks:change": Route(
        KIOSK_KEEPERS, posted=True, arguments={"code": "K001", "verb": "lock"}, missing_is_allowed=True
    ),
    "windows:take": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "windows:book": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "windows:appointment": Route(ANYONE, arguments={"code": "K7QM-2F4R"}, missing_is_allowed=True),
    "windows:change_appointment": Route(
        ANYONE, posted=True, arguments={"code": "K7QM-2F4R", "verb": "cancel"}, missing_is_allowed=True
    ),
    "windows:board": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "windows:board_events": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "windows:ticket": Route(ANYONE, arguments={"code": "K7QM-2F4R"}, missing_is_allowed=True),
    "windows:leave": Route(ANYONE, posted=True, arguments={"code": "K7QM-2F4R"}, missing_is_allowed=True),
    "enterprises:home": Route(frozenset({Role.AGENT})),
    "enterprises:begin": Route(BUNDLERS, posted=True, missing_is_allowed=True),
    "enterprises:write": Route(frozenset({Role.AGENT}), posted=True),
    "enterprises:bundle": Route(BUNDLERS, arguments={"uid": "none"}, missing_is_allowed=True),
    "enterprises:paper": Route(
        BUNDLERS, posted=True, arguments={"uid": "none", "material": "none"}, missing_is_allowed=True
    ),
    "enterprises:change_bundle": Route(
        BUNDLERS, posted=True, arguments={"uid": "none", "verb": "hand-in"}, missing_is_allowed=True
    ),
    "enterprises:list": Route(AT_WINDOWS),
    "enterprises:one": Route(AT_WINDOWS, arguments={"code": "none"}, missing_is_allowed=True),
    "enterprises:change": Route(
        AT_WINDOWS, posted=True, arguments={"code": "none", "verb": "answer"}, missing_is_allowed=True
    ),
    "windows:boards": Route(HALL_PLANNERS),
    "windows:take_figures": Route(HALL_PLANNERS, posted=True, missing_is_allowed=True),
    "windows:what_if": Route(HALL_PLANNERS),
    "windows:desk": Route(AT_WINDOWS),
    "windows:sit": Route(
        AT_WINDOWS, posted=True, arguments={"code": "P001", "number": 1}, missing_is_allowed=True
    ),
    "windows:step": Route(AT_WINDOWS, posted=True, arguments={"verb": "call"}),
    "catalog_editing:list": Route(frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})),
    "catalog_editing:edit": Route(frozenset({Role.ADMINISTRATOR}), arguments={"code": "new"}),
    "catalog_editing:preview": Route(frozenset({Role.ADMINISTRATOR}), posted=True),
    "catalog_editing:proposal": Route(
        frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
        arguments={"proposal_id": 1},
        missing_is_allowed=True,
    ),
    "applications:start": Route(ANYONE, arguments={"code": "residence-permit"}, missing_is_allowed=True),
    "applications:save": of_a_draft(posted=True),
    "applications:drop": of_a_draft(posted=True),
    "applications:check": of_a_draft(),
    "applications:question": of_a_draft(code="since"),
    "applications:paper": of_a_draft(material="photo"),
    "applications:mine": Route(APPLICANTS),
    "applications:own": of_an_application(),
    "applications:receipt": of_an_application(APPLICANTS | {Role.CLERK}),
    "applications:answer": of_an_application(),
    "applications:change": of_an_application(posted=True, what="withdraw"),
    "applications:enter": Route(frozenset({Role.CLERK})),
    "applications:cases": Route(AT_CASES),
    "applications:case": of_an_application(AT_CASES),
    "applications:step": of_an_application(AT_CASES, posted=True, verb="accept"),
    "home": Route(ANYONE),
    "look:healthz": Route(ANYONE),
    "readyz": Route(ANYONE),
    "metrics": Route(ANYONE),
    "settings": Route(frozenset({Role.ADMINISTRATOR})),
    "keys": Route(frozenset({Role.SECURITY_OFFICER})),
    "state": Route(frozenset({Role.ADMINISTRATOR})),
    "credentials:verify": Route(ANYONE),
    "credentials:verifier_worker": Route(ANYONE),
    "credentials:key_set": Route(ANYONE),
    "credentials:holder_worker": Route(ANYONE),
    "credentials:mine": Route(HOLDERS),
    "credentials:shown": Route(HOLDERS, arguments={"number": "1"}, missing_is_allowed=True),
    "credentials:pdf": Route(HOLDERS, arguments={"number": "1"}, missing_is_allowed=True),
    "credentials:wallet": Route(HOLDERS, posted=True, arguments={"number": "1"}, missing_is_allowed=True),
    "credentials:of_district": Route(frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR})),
    "credentials:one": Route(
        frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR}),
        arguments={"number": "1"},
        missing_is_allowed=True,
    ),
    "credentials:change": Route(
        frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR}),
        posted=True,
        arguments={"number": "1", "change": "revoke"},
        missing_is_allowed=True,
    ),
    "credentials:keys": Route(frozenset({Role.SECURITY_OFFICER, Role.AUDITOR})),
    "credentials:rotate": Route(frozenset({Role.SECURITY_OFFICER}), posted=True),
    "look:language": Route(ANYONE, posted=True),
    "look:manifest": Route(ANYONE),
    "look:guide": Route(ANYONE),  # staff only, but for everyone in a sample city, as here
    "places:search": Route(ANYONE),
    "places:points": Route(ANYONE),
    "places:point": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "places:way": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "places:phones": Route(ANYONE),
    "places:help": Route(ANYONE),
    "places:help_ticket": Route(ANYONE, arguments={"number": "K7QM-2F4R"}, missing_is_allowed=True),
    "places:help_desk": Route(frozenset({Role.CLERK, Role.SUPERVISOR})),
    "places:help_answer": Route(
        frozenset({Role.CLERK, Role.SUPERVISOR}), arguments={"number": "K7QM-2F4R"}, missing_is_allowed=True
    ),
    "places:help_close": Route(
        frozenset({Role.CLERK, Role.SUPERVISOR}),
        posted=True,
        arguments={"number": "K7QM-2F4R"},
        missing_is_allowed=True,
    ),
    "places:editing:report": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "places:editing:follow": Route(ANYONE),
    "places:editing:progress": Route(ANYONE, arguments={"receipt": "K7QF-3MXR"}, missing_is_allowed=True),
    "places:editing:desk": Route(OFFICERS),
    "places:editing:stale": Route(OFFICERS),
    "places:editing:reports": Route(OFFICERS),
    "places:editing:handle": Route(OFFICERS, arguments={"receipt": "K7QF-3MXR"}, missing_is_allowed=True),
    "places:editing:contact": Route(
        OFFICERS, posted=True, arguments={"receipt": "K7QF-3MXR"}, missing_is_allowed=True
    ),
    "places:editing:close_urgently": Route(OFFICERS),
    "places:editing:change": Route(OFFICERS, arguments={"change_id": 1}, missing_is_allowed=True),
    "places:editing:decide": Route(
        frozenset({Role.SUPERVISOR}),
        posted=True,
        arguments={"change_id": 1, "decision": "approve"},
        missing_is_allowed=True,
    ),
    "places:editing:edit": Route(
        OFFICERS, arguments={"kind": "point", "key": "P001"}, missing_is_allowed=True
    ),
    "places:editing:check": Route(
        OFFICERS, posted=True, arguments={"kind": "point", "key": "P001"}, missing_is_allowed=True
    ),
    "places:editing:entry": Route(
        OFFICERS, arguments={"kind": "point", "key": "P001"}, missing_is_allowed=True
    ),
    "places:worker": Route(ANYONE),
    "places:offline": Route(ANYONE),
    "places:offline_shell": Route(ANYONE, arguments={"language": "en"}),
    "places:offline_current": Route(ANYONE, not_ready_is_allowed=True),
    "places:offline_document": Route(ANYONE, arguments={"name": "facts-0"}, missing_is_allowed=True),
    "places:layer": Route(ANYONE, arguments={"name": "land-0"}, missing_is_allowed=True),
    "places:tile": Route(ANYONE, arguments={"name": "streets-0", "zoom": 13, "x": 1, "y": 1}),
    "coverage:page": Route(KIOSK_PLANNERS),
    "coverage:ask": Route(KIOSK_PLANNERS, posted=True),
    "coverage:progress": Route(KIOSK_PLANNERS, missing_is_allowed=True),
    "coverage:shares_csv": Route(KIOSK_PLANNERS, missing_is_allowed=True),
    "coverage:area_geojson": Route(KIOSK_PLANNERS, missing_is_allowed=True),
    "coverage:sites_csv": Route(KIOSK_PLANNERS, missing_is_allowed=True),
    "coverage:sites_geojson": Route(KIOSK_PLANNERS, missing_is_allowed=True),
    "api:openapi-json": Route(ANYONE),
    "api:api-root": Route(ANYONE, missing_is_allowed=True),
    "api:search": Route(ANYONE),
    "api:points": Route(ANYONE),
    "api:point": Route(ANYONE, arguments={"code": "P001"}, missing_is_allowed=True),
    "api:soonest_": Route(ANYONE),
    "api:coverage": Route(ANYONE, not_ready_is_allowed=True),
    "catalog:items": Route(ANYONE),
    "catalog:item": Route(ANYONE, arguments={"code": "id-card-renewal"}, missing_is_allowed=True),
    "people:start": Route(SIGNED_IN_ROLES),
    "people:sign_in": Route(OWN_STEPS),
    "people:sign_out": Route(OWN_STEPS, posted=True),
    "people:handover": Route(OWN_STEPS, posted=True, missing_is_allowed=True),
    "people:handover_go_on": Route(OWN_STEPS, posted=True, missing_is_allowed=True),
    "people:second_factor": Route(SIGNED_IN_ROLES),
    "people:recovery": Route(SIGNED_IN_ROLES),
    "people:enrol": Route(SIGNED_IN_ROLES),
    "people:enrol_image": Route(SIGNED_IN_ROLES, missing_is_allowed=True),
    "people:recovery_codes": Route(SIGNED_IN_ROLES, missing_is_allowed=True),
    "people:change_password": Route(SIGNED_IN_ROLES),
    "people:act_for": Route(frozenset({Role.AGENT}), posted=True, missing_is_allowed=True),
    "people:accounts": Route(frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER})),
    "people:open_account": Route(frozenset({Role.ADMINISTRATOR})),
    "people:account": Route(
        frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER}), arguments={"user_id": "staff"}
    ),
    "people:reissue_password": Route(
        frozenset({Role.ADMINISTRATOR}), posted=True, arguments={"user_id": "staff"}
    ),
    "people:change_account": Route(
        frozenset({Role.SECURITY_OFFICER}), posted=True, arguments={"user_id": "staff", "change": "unlock"}
    ),
    "audit:trail": Route(frozenset({Role.AUDITOR})),
    "audit:verify": Route(frozenset({Role.AUDITOR}), posted=True),
    "audit:table": Route(frozenset({Role.AUDITOR})),
    "outbox:stuck": Route(frozenset({Role.ADMINISTRATOR})),
    "outbox:retry_all": Route(frozenset({Role.ADMINISTRATOR}), posted=True),
    "outbox:retry": Route(
        frozenset({Role.ADMINISTRATOR}), posted=True, arguments={"message_id": 1}, missing_is_allowed=True
    ),
    "outbox:drop": Route(
        frozenset({Role.ADMINISTRATOR}), posted=True, arguments={"message_id": 1}, missing_is_allowed=True
    ),
    "workdays:year": Route(STAFF_ROLES),
    "applications:performance": Route(frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER})),
    "applications:performance_csv": Route(frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER})),
    "applications:published": Route(ANYONE),
    "applications:marks": Route(frozenset({Role.SUPERVISOR})),
    "applications:exports": Route(frozenset({Role.REVIEWER, Role.SUPERVISOR})),
    "applications:ask_export": Route(frozenset({Role.REVIEWER, Role.SUPERVISOR}), posted=True),
    "applications:decide_export": of_an_export(Role.SUPERVISOR),
    "applications:take_export_csv": of_an_export(Role.REVIEWER, Role.SUPERVISOR),
    "applications:take_export_pdf": of_an_export(Role.REVIEWER, Role.SUPERVISOR),
    "applications:retention": Route(frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    "applications:next": Route(AT_CASES, posted=True),
    "applications:team": Route(frozenset({Role.SUPERVISOR})),
    "applications:assign": of_an_application(frozenset({Role.SUPERVISOR}), posted=True),
    "applications:hand_over": of_a_team(),
    "applications:duties": of_a_team(),
    "applications:figures": Route(frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER})),
    "applications:figures_csv": Route(frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER})),
    "cases:list": Route(frozenset({*AT_THE_DESK, Role.COMMANDER})),
    "cases:new": Route(frozenset({Role.ANALYST})),
    "cases:certificate": Route(DESTROYERS, arguments={"number": "2026-0001"}, missing_is_allowed=True),
    "cases:confirm_destruction": Route(
        DESTROYERS, posted=True, arguments={"number": "2026-0001"}, missing_is_allowed=True
    ),
    "cases:overview": in_a_case(),
    "cases:enter": in_a_case(),
    "cases:leave": in_a_case(posted=True),
    "cases:renew": in_a_case(),
    "cases:manage": in_a_case(),
    "cases:change": in_a_case(frozenset({Role.ANALYST}), posted=True, change="close"),
    "cases:document": in_a_case(document_id=1),
    "cases:requests": in_a_case(),
    "cases:new_request": in_a_case(),
    "cases:request": in_a_case(retrieval=1),
    "evidence:files": in_a_case(),
    "evidence:upload": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "evidence:clean": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "evidence:cancel": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "evidence:progress": in_a_case(),
    "evidence:sample_files": in_a_case(),
    "evidence:refused": in_a_case(),
    "evidence:breaks": in_a_case(),
    "evidence:file": in_a_case(file_id=1),
    "evidence:layout": in_a_case(file_id=1),
    "evidence:raw": in_a_case(frozenset({Role.ANALYST}), file_id=1),
    "evidence:ledger": in_a_case(),
    "evidence:ask": in_a_case(posted=True),
    "evidence:export": in_a_case(frozenset({Role.ANALYST})),
    "evidence:row": in_a_case(transfer_id="a1"),
    "evidence:pivot": in_a_case(),
    "evidence:accounts": in_a_case(),
    "evidence:next_round": in_a_case(),
    "evidence:next_round_csv": in_a_case(frozenset({Role.ANALYST})),
    "evidence:profile": in_a_case(kind="account", ref="r0123456789abcdef"),
    "findings:list": in_a_case(),
    "findings:choose": in_a_case(),
    "findings:search": in_a_case(detector="ledgers.in_and_out"),
    "findings:progress": in_a_case(),
    "findings:cancel": in_a_case(frozenset({Role.ANALYST}), posted=True, run=1),
    "findings:finding": in_a_case(finding=1),
    "findings:change": in_a_case(posted=True, finding=1, change="note"),
    "findings:packages": in_a_case(),
    "findings:package_progress": in_a_case(),
    "findings:package_cancel": in_a_case(frozenset({Role.ANALYST}), posted=True, package=1),
    "findings:package": in_a_case(frozenset({Role.ANALYST}), package=1),
    "money:start": in_a_case(),
    "money:graph": in_a_case(),
    "money:link": in_a_case(),
    "money:graph_picture": in_a_case(frozenset({Role.ANALYST}), posted=True, kind="svg"),
    "money:trace": in_a_case(),
    "money:trace_picture": in_a_case(frozenset({Role.ANALYST}), kind="svg"),
    "money:return": in_a_case(),
    "money:return_table": in_a_case(frozenset({Role.ANALYST})),
    "money:rings": in_a_case(),
    "money:ring": in_a_case(finding=1),
    "money:ring_picture": in_a_case(frozenset({Role.ANALYST}), finding=1, kind="svg"),
    "money:save": in_a_case(posted=True),
    "money:view": in_a_case(view=1),
    "money:remove": in_a_case(posted=True, view=1),
    "trade:start": in_a_case(),
    "trade:upload": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "trade:screen": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "trade:progress": in_a_case(),
    "trade:cancel": in_a_case(frozenset({Role.ANALYST}), posted=True),
    "trade:found": in_a_case(found=1),
    "trade:rows": in_a_case(found=1),
    "trade:report": in_a_case(frozenset({Role.ANALYST}), found=1, kind="pdf"),
    "files:download": Route(frozenset(), arguments={"file_id": 1}),
}


def names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        else:
            yield f"{namespace}{pattern.name}"


ALL = sorted(set(names(get_resolver().url_patterns)))


def test_every_route_says_who_may_use_it():
    assert [name for name in ALL if name not in ROUTES] == []
    assert [name for name in ROUTES if name not in ALL] == [], "routes that no longer exist"


@pytest.fixture
def browser_of(db) -> Callable[[Role], Client]:
    """A browser of a role, as far signed up as that role asks."""

    def go(role: Role) -> Client:
        client = Client()
        if role is Role.VISITOR:
            return client
        number = f"99{BROWSERS.index(role):04d}" if role in STAFF_ROLES else ""
        user = User.objects.create(
            username=f"walker.{role}", role=role.value, districts=["*"], staff_number=number
        )
        return sign_in(client, user)

    return go


@pytest.mark.parametrize("role", BROWSERS)
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_role_over_route(name, role, browser_of):
    route = ROUTES[name]
    somebody = User.objects.create(
        username="somebody", role=Role.CLERK.value, districts=[DISTRICT], staff_number="980001"
    )
    arguments = {key: somebody.pk if value == "staff" else value for key, value in route.arguments.items()}
    address = reverse(name, kwargs=arguments)
    client = browser_of(role)
    answer = client.post(address) if route.posted else client.get(address)
    assert answer.status_code < 500 or (answer.status_code == 503 and route.not_ready_is_allowed)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("people:sign_in"))
    if role in route.who:
        assert answer.status_code != 403, "refused, though it may"
        assert not to_sign_in or name in LEADS_TO_SIGN_IN, "sent to sign in, though signed in"
        assert answer.status_code != 404 or route.missing_is_allowed
    else:
        assert answer.status_code in (403, 404) or to_sign_in, (
            f"opened with {answer.status_code}, though it may not"
        )


ODD = {
    "a number longer than Python reads": "9" * 5000,
    "digits of another script": "१२",
    "a number below all": "-1",
    "a letter no database keeps": "a\x00b",
    "half a letter": "\ud83d",
    "words": "' OR 1=1 --",
}
PARAMETERS = re.findall(
    r"\w+",
    """
    after at audience before category code day district for frame hour item kind language lat least limit
    lon minutes mode next number order organisation page point q role sites size state status step text
    theme view what when who within words year
    """,
)
"""Names that pages read from their address; one that a page does not know is ignored."""


@pytest.mark.parametrize(
    "name", sorted(name for name, route in ROUTES.items() if not route.posted and route.who)
)
@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_words_in_an_address_are_no_servers_error(name, value, browser_of):
    route = ROUTES[name]
    somebody = User.objects.create(
        username="somebody", role=Role.CLERK.value, districts=[DISTRICT], staff_number="980001"
    )
    arguments = {key: somebody.pk if value == "staff" else value for key, value in route.arguments.items()}
    client = browser_of(min(route.who - {Role.DEVICE, Role.SYSTEM}))
    query = urlencode(dict.fromkeys(PARAMETERS, value), errors="surrogatepass")
    answer = client.get(f"{reverse(name, kwargs=arguments)}?{query}")
    assert answer.status_code < 500 or (answer.status_code == 503 and route.not_ready_is_allowed)


def test_a_refused_page_leaves_a_row_in_the_trail(browser_of):
    before = AuditRow.objects.count()
    assert browser_of(Role.CLERK).get(reverse("audit:trail")).status_code == 403
    assert AuditRow.objects.count() == before + 1
    assert AuditRow.objects.order_by("-sequence").first().outcome == "refused"
