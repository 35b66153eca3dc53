from django.urls import path

from zhoudao.counter.enterprises.views import own, serving

app_name = "enterprises"
urlpatterns = [
    path("enterprise/", own.home, name="home"),
    path("enterprise/begin/", own.begin, name="begin"),
    path("enterprise/write/", own.write, name="write"),
    path("enterprise/bundles/<str:uid>/", own.bundle, name="bundle"),
    path("enterprise/bundles/<str:uid>/papers/<str:material>/", own.paper, name="paper"),
    path("enterprise/bundles/<str:uid>/<str:verb>/", own.change, name="change_bundle"),
    path("staff/enterprises/", serving.listed, name="list"),
    path("staff/enterprises/<str:code>/", serving.one, name="one"),
    path("staff/enterprises/<str:code>/<str:verb>/", serving.change, name="change"),
]
