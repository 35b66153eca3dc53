from django.urls import include, path

from zhoudao.counter.places import views

app_name = "places"
urlpatterns = [
    path("search", views.search, name="search"),
    path("points/", views.points, name="points"),
    path("points/<str:code>/", views.point, name="point"),
    path("points/<str:code>/way/", views.way, name="way"),
    path("phones/", views.phones, name="phones"),
    path("map/layers/", include("zhoudao.counter.places.layers.urls")),
    path("", include("zhoudao.counter.places.offline.urls")),
    path("", include("zhoudao.counter.places.help.urls")),
    path("", include("zhoudao.counter.places.editing.urls")),
]
