from django.urls import path

from zhoudao.counter.applications import views

app_name = "applications"
urlpatterns = [
    path("", views.figures, name="figures"),
    path("figures.csv", views.figures_csv, name="figures_csv"),
]
