from django.urls import path

from zhoudao.counter.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.items, name="items"),
    path("<str:code>/", views.item, name="item"),
]
