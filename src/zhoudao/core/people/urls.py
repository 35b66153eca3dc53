from django.urls import path

from zhoudao.core.people.providers import views as provider_views
from zhoudao.core.people.views import handing_over, managing, signing_in

app_name = "people"
urlpatterns = [
    path("", signing_in.start_page, name="start"),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("handover/", handing_over.arrive, name="handover"),
    path("handover/go-on/", handing_over.go_on, name="handover_go_on"),
    path("with/<slug:name>/", provider_views.leave, name="provider"),
    path("with/<slug:name>/back/", provider_views.come_back, name="provider_back"),
    path("with/<slug:name>/signed-out/", provider_views.signed_out_there, name="provider_signed_out"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("second-factor/", signing_in.second_factor, name="second_factor"),
    path("second-factor/recovery/", signing_in.recovery, name="recovery"),
    path("second-factor/set-up/", signing_in.enrol, name="enrol"),
    path("second-factor/set-up/code.png", signing_in.enrol_image, name="enrol_image"),
    path("second-factor/recovery-codes/", signing_in.recovery_codes, name="recovery_codes"),
    path("password/", signing_in.change_password, name="change_password"),
    path("organisation/", signing_in.act_for, name="act_for"),
    path("staff/", managing.accounts, name="accounts"),
    path("staff/open/", managing.open_account, name="open_account"),
    path("staff/<int:user_id>/", managing.account, name="account"),
    path("staff/<int:user_id>/password/", managing.reissue_password, name="reissue_password"),
    path("staff/<int:user_id>/<slug:change>/", managing.change_account, name="change_account"),
]
