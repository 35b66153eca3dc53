from django.urls import path

from zhoudao.core.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("verify", views.verify, name="verify"),
    path("table.csv", views.table, name="table"),
]
