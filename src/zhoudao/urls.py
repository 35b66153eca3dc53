"""Every address of the platform. A room keeps its own list; this file only says where each begins."""

from django.urls import include, path

from zhoudao.api import api
from zhoudao.core.look import views as look
from zhoudao.counter.places import views as places

urlpatterns = [
    path("", places.home, name="home"),
    path("", include("zhoudao.core.look.urls")),
    path("", include("zhoudao.counter.places.urls")),
    path("", include("zhoudao.counter.credentials.urls")),
    path("", include("zhoudao.counter.windows.urls")),
    path("", include("zhoudao.counter.kiosks.urls")),
    path("", include("zhoudao.counter.enterprises.urls")),
    path("api/v1/", api.urls),
    path("items/", include("zhoudao.counter.catalog.urls")),
    path("staff/items/", include("zhoudao.counter.catalog.editing.urls")),
    path("account/", include("zhoudao.core.people.urls")),
    path("staff/audit/", include("zhoudao.core.audit.urls")),
    path("staff/outbox/", include("zhoudao.core.outbox.urls")),
    path("staff/workdays/", include("zhoudao.core.workdays.urls")),
    path("", include("zhoudao.counter.applications.urls")),
    path("staff/coverage/", include("zhoudao.counter.places.coverage.urls")),
    path("desk/cases/", include("zhoudao.desk.cases.urls")),
    path("desk/cases/", include("zhoudao.desk.evidence.urls")),
    path("desk/cases/", include("zhoudao.desk.findings.urls")),
    path("desk/cases/", include("zhoudao.desk.money.urls")),
    path("desk/cases/", include("zhoudao.desk.trade.urls")),
    path("files/", include("zhoudao.core.files.urls")),
    path("", include("zhoudao.operations.urls")),
]

handler400 = look.bad_request
handler403 = look.forbidden
handler404 = look.not_found
handler500 = look.server_error
