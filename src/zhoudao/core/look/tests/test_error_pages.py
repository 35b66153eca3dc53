"""Every refusal says what happened, what was kept and what to do, with the phone that helps."""

import pytest
from django.test import Client

from zhoudao.core import city
from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.look.tests import routes

pytestmark = [pytest.mark.django_db, pytest.mark.urls(routes.__name__)]
CLERK = Actor("user:7", Role.CLERK, user_id=7)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def clerk(visitor, monkeypatch):
    """A client whose requests carry a clerk: how an account becomes an actor is tested with people."""

    def as_clerk(self, request):
        request.actor, request.missing_step = CLERK, None
        return self.get_response(request)

    monkeypatch.setattr("zhoudao.core.look.navigation._offered", {})
    monkeypatch.setattr("zhoudao.core.people.middleware.ActorMiddleware.__call__", as_clerk)
    return visitor


REFUSED = [
    ("/nothing-here", 404, "没有找到这个页面", "没有丢失任何内容", "从首页开始"),
    ("/conflict", 409, "刚刚有人先改了这里", "保留了对方的修改", "Choose another time"),
    ("/taken", 409, "The slot was taken", "保留了对方的修改", "请返回上一页刷新"),
    ("/too-many", 429, "短时间内尝试的次数太多了", "之前办好的都在", "请等 2 分钟再试"),
    ("/unusable", 400, "The month is missing", "没有改动任何内容", "请返回上一页"),
    ("/taken?q=a%00b", 400, "提交的内容无法识别", "没有改动任何内容", "请返回上一页"),
    ("/suspicious", 400, "提交的内容无法识别", "没有改动任何内容", "请返回上一页"),
]


@pytest.mark.parametrize(("path", "status", "what", "kept", "todo"), REFUSED)
def test_a_refusal_is_a_page_with_three_parts_and_a_phone(visitor, path, status, what, kept, todo):
    answer = visitor.get(path, headers={"Accept-Language": "zh-CN"})
    page = answer.content.decode()
    assert answer.status_code == status
    for part in (what, kept, todo, city.current().help_phone):
        assert part in page
    assert answer["Cache-Control"] == "no-store"


def test_the_page_speaks_english_to_english_readers(visitor):
    page = visitor.get("/nothing-here", headers={"Accept-Language": "en"}).content.decode()
    assert "There is no page at this address" in page
    assert '<html lang="en"' in page


@pytest.mark.parametrize(
    ("path", "status", "code"), [("/nothing-here", 404, "not_found"), ("/taken", 409, "conflict")]
)
def test_programs_get_json(visitor, path, status, code):
    answer = visitor.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert (error["status"], error["code"], error["phone"]) == (status, code, city.current().help_phone)


def test_htmx_gets_a_fragment_not_a_page_inside_a_page(visitor):
    answer = visitor.get("/nothing-here", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<html" not in page
    assert "notice-danger" in page


def test_a_request_for_another_host_is_refused_before_anyone_is_known(visitor):
    answer = visitor.get("/form", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert city.current().help_phone in answer.content.decode()


def test_too_many_tells_programs_when_to_come_back(visitor):
    assert visitor.get("/too-many")["Retry-After"] == "90"


def test_a_visitor_is_sent_to_sign_in_and_back(visitor):
    answer = visitor.get("/secret?month=11")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/sign-in?next=/secret%3Fmonth%3D11"


def test_a_visitors_form_comes_back_to_the_page_it_was_sent_from(visitor):
    answer = visitor.post("/secret", headers={"Referer": "http://testserver/conflict?a=1"})
    assert answer["Location"] == "/account/sign-in?next=/conflict%3Fa%3D1"


def test_signing_in_never_leads_to_another_site(visitor):
    answer = visitor.post("/secret", headers={"Referer": "http://elsewhere.example/trap"})
    assert answer["Location"] == "/account/sign-in?next=/"


def test_htmx_is_told_to_load_the_sign_in_page(visitor):
    answer = visitor.get(
        "/secret", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/list?page=2"}
    )
    assert answer["HX-Redirect"] == "/account/sign-in?next=/list%3Fpage%3D2"


def test_a_visiting_program_gets_401(visitor):
    answer = visitor.get("/api/secret")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in_first"


def test_an_account_without_the_permission_gets_403_in_its_own_frame(clerk):
    answer = clerk.get("/secret", headers={"Accept-Language": "zh-CN"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "您的账号不能打开这个页面" in page
    assert "staff-side" in page
    assert 'href="/account/start"' in page


def test_a_refusal_to_an_account_is_in_the_audit_trail_as_its_page_says(clerk):
    before = AuditRow.objects.count()
    clerk.get("/secret")
    row = AuditRow.objects.latest("pk")
    assert AuditRow.objects.count() == before + 1
    assert (row.action, row.outcome) == (routes.SECRET.name, "refused")


def test_a_form_without_its_token_gets_a_plain_answer(settings):
    settings.CSRF_FAILURE_VIEW = "zhoudao.core.look.views.csrf_failure"
    answer = Client(enforce_csrf_checks=True).post("/form", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 403
    assert "页面打开太久" in answer.content.decode()


def test_a_failure_tells_nothing_of_its_cause_and_gives_a_number_to_quote(visitor, caplog):
    answer = visitor.get("/boom")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "hunter2" not in page
    assert "RuntimeError" not in page
    assert city.current().help_phone in page
    assert "我们这边出了问题" in page
    assert "Something failed on our side" in page
    reference = caplog.text.split("reference ")[1][:8]
    assert page.count(reference) == 2


def test_a_failing_program_gets_json(visitor):
    answer = visitor.get("/boom", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "failed"


def test_the_failure_page_stands_when_templates_static_files_and_the_city_are_down(
    visitor, monkeypatch, settings
):
    def broken(*arguments, **options):
        raise OSError("disk")

    monkeypatch.setattr("django.template.loader.get_template", broken)
    monkeypatch.setattr("django.shortcuts.render", broken)
    monkeypatch.setattr("zhoudao.core.look.views.refusals.static", broken)
    monkeypatch.setattr("zhoudao.core.look.views.refusals.city.current", broken)
    answer = visitor.get("/boom")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "我们这边出了问题" in page
    assert not {"SHEETS", "PHONE", "REFERENCE"} & set(page.replace("<", " ").replace(">", " ").split())
