from django.urls import path
from django.views.i18n import set_language

from zhoudao.core.look import views

app_name = "look"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("language/", set_language, name="language"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("look", views.guide, name="guide"),
]
