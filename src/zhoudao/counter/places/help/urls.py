from django.urls import path

from zhoudao.counter.places.help import views

urlpatterns = [
    path("help/", views.ask, name="help"),
    path("help/<str:number>/", views.ticket, name="help_ticket"),
    path("staff/help/", views.desk, name="help_desk"),
    path("staff/help/<str:number>/", views.answer, name="help_answer"),
    path("staff/help/<str:number>/close/", views.close, name="help_close"),
]
