from django.urls import path

from zhoudao.counter.applications.views import figures

app_name = "applications"
urlpatterns = [
    path("", figures.figures, name="figures"),
    path("figures.csv", figures.figures_csv, name="figures_csv"),
]
