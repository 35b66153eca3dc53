from django.urls import path

from zhoudao.operations import views

urlpatterns = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.numbers, name="metrics"),
    path("staff/state/", views.state, name="state"),
    path("staff/keys/", views.keys, name="keys"),
    path("staff/settings/", views.settings_page, name="settings"),
]
