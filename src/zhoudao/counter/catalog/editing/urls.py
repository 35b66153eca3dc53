from django.urls import path

from zhoudao.counter.catalog.editing import views

app_name = "catalog_editing"
urlpatterns = [
    path("", views.listed, name="list"),
    path("preview/", views.preview, name="preview"),
    path("proposals/<int:proposal_id>/", views.proposal, name="proposal"),
    path("<str:code>/", views.edit, name="edit"),
]
