from django.urls import path

from zhoudao.counter.places.coverage import views

app_name = "coverage"
urlpatterns = [
    path("", views.page, name="page"),
    path("ask/", views.ask, name="ask"),
    path("progress/", views.progress, name="progress"),
    path("shares.csv", views.shares_csv, name="shares_csv"),
    path("area.geojson", views.area_geojson, name="area_geojson"),
    path("sites.csv", views.sites_csv, name="sites_csv"),
    path("sites.geojson", views.sites_geojson, name="sites_geojson"),
]
