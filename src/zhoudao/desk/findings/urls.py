from django.urls import path

from zhoudao.desk.findings import views

app_name = "findings"
CASE = "<str:number>"
urlpatterns = [
    path(f"{CASE}/findings/", views.list_, name="list"),
    path(f"{CASE}/findings/search/", views.choose, name="choose"),
    path(f"{CASE}/findings/search/<str:detector>/", views.search, name="search"),
    path(f"{CASE}/findings/progress/", views.progress, name="progress"),
    path(f"{CASE}/findings/run/<int:run>/cancel/", views.cancel, name="cancel"),
    path(f"{CASE}/findings/<int:finding>/", views.finding_, name="finding"),
    path(f"{CASE}/findings/<int:finding>/<str:change>/", views.change, name="change"),
    path(f"{CASE}/packages/", views.packages, name="packages"),
    path(f"{CASE}/packages/progress/", views.package_progress, name="package_progress"),
    path(f"{CASE}/packages/<int:package>/cancel/", views.package_cancel, name="package_cancel"),
    path(f"{CASE}/packages/<int:package>/", views.package_, name="package"),
]
