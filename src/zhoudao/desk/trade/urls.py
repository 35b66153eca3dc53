from django.urls import path

from zhoudao.desk.trade import views

app_name = "trade"
CASE = "<str:number>/trade"
# ``found`` is the finding of a case found: the room of findings leads here with it.
urlpatterns = [
    path(f"{CASE}/", views.start, name="start"),
    path(f"{CASE}/upload/", views.upload, name="upload"),
    path(f"{CASE}/screen/", views.screen, name="screen"),
    path(f"{CASE}/progress/", views.progress, name="progress"),
    path(f"{CASE}/cancel/", views.cancel, name="cancel"),
    path(f"{CASE}/<int:found>/", views.found_, name="found"),
    path(f"{CASE}/<int:found>/rows/", views.rows, name="rows"),
    path(f"{CASE}/<int:found>/report/<str:kind>/", views.report, name="report"),
]
