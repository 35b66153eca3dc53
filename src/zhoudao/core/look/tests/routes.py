"""Routes that refuse in each way, for the tests of error pages."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from zhoudao.core.access import Permission, Role, require
from zhoudao.core.look import views
from zhoudao.core.look.refusals import Conflict, TooMany, Unusable

SECRET = Permission("look.test_secret", "open what nobody may open", {Role.AUDITOR})


class SlotTaken(Exception):
    """As a room below the look declares its refusals: it can't import ours."""

    http_status = 409
    what = "The slot was taken"
    kept = ""
    todo = ""


def secret(request: HttpRequest) -> HttpResponse:
    require(request.actor, SECRET)
    return HttpResponse("secret")


def refusing(error: Exception):
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sent")


def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse("here")


people = ([path("sign-in", nowhere, name="sign_in"), path("start", nowhere, name="start")], "people")
urlpatterns = [
    path("", nowhere, name="home"),
    path("", include("zhoudao.core.look.urls")),
    path("account/", include(people)),
    path("secret", secret),
    path("api/secret", secret),
    path("conflict", refusing(Conflict(todo="Choose another time"))),
    path("taken", refusing(SlotTaken())),
    path("too-many", refusing(TooMany(retry_after=90))),
    path("unusable", refusing(Unusable("The month is missing"))),
    path("suspicious", refusing(SuspiciousOperation("x"))),
    path("boom", refusing(RuntimeError("password=hunter2"))),
    path("form", form),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
