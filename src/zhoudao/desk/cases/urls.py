from django.urls import path

from zhoudao.desk.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="list"),
    path("new/", views.new, name="new"),
    path("destroyed/<str:number>/", views.certificate, name="certificate"),
    path("destroyed/<str:number>/confirm/", views.confirm_destruction, name="confirm_destruction"),
    path("<str:number>/", views.overview, name="overview"),
    path("<str:number>/enter/", views.enter, name="enter"),
    path("<str:number>/leave/", views.leave, name="leave"),
    path("<str:number>/renew/", views.renew, name="renew"),
    path("<str:number>/manage/", views.manage, name="manage"),
    path("<str:number>/manage/<str:change>/", views.change, name="change"),
    path("<str:number>/document/<int:document_id>/", views.document, name="document"),
    path("<str:number>/requests/", views.requests, name="requests"),
    path("<str:number>/requests/new/", views.new_request, name="new_request"),
    path("<str:number>/requests/<int:retrieval>/", views.request_, name="request"),
]
