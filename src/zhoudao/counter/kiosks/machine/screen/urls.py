from django.urls import path

from zhoudao.counter.kiosks.machine.screen import views

urlpatterns = [
    path("", views.screen),
    path("touch/", views.touch),
    path("state/", views.state),
    path("stay/", views.stay),
]
