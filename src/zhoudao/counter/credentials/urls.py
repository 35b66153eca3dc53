from django.urls import path

from zhoudao.counter.credentials.views import holding, managing, verifying

app_name = "credentials"
urlpatterns = [
    path("certificates/", holding.mine, name="mine"),
    path("certificates/sw.js", holding.worker, name="holder_worker"),
    path("certificates/<str:number>/", holding.shown, name="shown"),
    path("certificates/<str:number>/certificate.pdf", holding.pdf, name="pdf"),
    path("certificates/<str:number>/wallet", holding.wallet, name="wallet"),
    path("verify/", verifying.page, name="verify"),
    path("verify/keys.json", verifying.keys, name="key_set"),
    path("verify/sw.js", verifying.worker, name="verifier_worker"),
    path("staff/certificates/", managing.of_district, name="of_district"),
    path("staff/certificates/keys/", managing.keys, name="keys"),
    path("staff/certificates/keys/rotate/", managing.rotate, name="rotate"),
    path("staff/certificates/<str:number>/", managing.one, name="one"),
    path("staff/certificates/<str:number>/<str:change>/", managing.change, name="change"),
]
