from django.urls import path

from zhoudao.counter.places.offline import views

urlpatterns = [
    path("sw.js", views.worker, name="worker"),
    path("offline/current.json", views.current, name="offline_current"),
    path("offline/<str:name>.json", views.document, name="offline_document"),
    path("offline/", views.page, name="offline"),
    path("offline/<str:language>/", views.shell, name="offline_shell"),
]
