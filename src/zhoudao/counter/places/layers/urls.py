from django.urls import path

from zhoudao.counter.places.layers import views

urlpatterns = [
    path("<slug:name>.json", views.document, name="layer"),
    path("<slug:name>/<int:zoom>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
]
