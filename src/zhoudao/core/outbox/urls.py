from django.urls import path

from zhoudao.core.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.stuck, name="stuck"),
    path("retry", views.retry_all, name="retry_all"),
    path("<int:message_id>/retry", views.retry, name="retry"),
    path("<int:message_id>/drop", views.drop, name="drop"),
]
