from django.urls import path

from zhoudao.counter.kiosks import views

app_name = "kiosks"
urlpatterns = [
    path("devices/kiosks/enrol/", views.enrol, name="enrol"),
    path("devices/kiosks/heartbeat/", views.heartbeat, name="heartbeat"),
    path("devices/kiosks/items/", views.items, name="items"),
    path("devices/kiosks/applications/", views.applications, name="applications"),
    path("staff/kiosks/", views.fleet, name="fleet"),
    path("staff/kiosks/prepare/", views.prepare, name="prepare"),
    path("staff/kiosks/<str:code>/<str:verb>/", views.change, name="change"),
]
