from django.urls import path

from zhoudao.counter.places.editing import views

app_name = "editing"
urlpatterns = [
    path("points/<str:code>/report/", views.report, name="report"),
    path("reports/", views.follow, name="follow"),
    path("reports/<str:receipt>/", views.progress, name="progress"),
    path("staff/directory/", views.desk, name="desk"),
    path("staff/directory/stale/", views.stale, name="stale"),
    path("staff/directory/reports/", views.reports, name="reports"),
    path("staff/directory/reports/<str:receipt>/", views.handle, name="handle"),
    path("staff/directory/reports/<str:receipt>/contact/", views.contact, name="contact"),
    path("staff/directory/close/", views.close_urgently, name="close_urgently"),
    path("staff/directory/changes/<int:change_id>/", views.change, name="change"),
    path("staff/directory/changes/<int:change_id>/<slug:decision>/", views.decide, name="decide"),
    path("staff/directory/<slug:kind>/<path:key>/edit/", views.edit, name="edit"),
    path("staff/directory/<slug:kind>/<path:key>/check/", views.check, name="check"),
    path("staff/directory/<slug:kind>/<path:key>/", views.entry, name="entry"),
]
