"""Signing in, the second factor, one's own password, and the page where everybody starts."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote, urlencode

import segno
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhoudao.core import city
from zhoudao.core.access import STAFF_ROLES, Role
from zhoudao.core.parsing import whole_number
from zhoudao.core.people import known_browsers, lockout, queries, sessions, start
from zhoudao.core.people.actions import sign_in as actions
from zhoudao.core.people.forms import CodeForm, PasswordForm, RecoveryForm, SignInForm, show_problem
from zhoudao.core.people.middleware import account_actor
from zhoudao.core.people.models import Authenticator, User
from zhoudao.core.people.providers import views as providers
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.steps import asked_next, keep_next, onward


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return onward(request)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        username = queries.username_meant(form.cleaned_data["username"])
        user = authenticate(request, username=username, password=form.cleaned_data["password"])
        if isinstance(user, User):
            sessions.begin(request, user)
            keep_next(request)
            actions.record_sign_in(account_actor(request))
            response = onward(request)
            known_browsers.remember(request, response, username)
            return response
        # django-axes would put its own bare page in the place of ours.
        request.axes_locked_out = False  # type: ignore[attr-defined]
        until = lockout.until(request, username)
        actions.record_refused_sign_in(request.actor, username, locked=until is not None)  # type: ignore[attr-defined]
        if until is not None:
            return render(request, "people/locked.html", {"until": until}, status=429)
        form.add_error(None, _("User name and password don't fit together. Check both and type them again."))
    words = {"form": form, "next": asked_next(request), "providers": providers.offered()}
    return render(request, "people/sign_in.html", words)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        actions.record_sign_out(account_actor(request), "asked")
        there = providers.leaving(request)
        sessions.end(request)
        if there:
            return redirect(there)
        messages.success(request, _("You are signed out."))
    return redirect("home")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    if not sessions.lacks_second_factor(_user(request)):
        return onward(request)
    if queries.authenticator_of(_user(request)) is None:
        return redirect("people:enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            authenticator = actions.check_code(
                account_actor(request), _user(request), form.cleaned_data["code"]
            )
        except BadInput as problem:
            show_problem(form, problem)
        else:
            sessions.pass_second_factor(request, authenticator)
            return onward(request)
    return render(request, "people/second_factor.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    if not sessions.lacks_second_factor(_user(request)):
        return onward(request)
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            authenticator, left = actions.use_recovery_code(account_actor(request), _user(request), code)
        except BadInput as problem:
            show_problem(form, problem)
        else:
            sessions.pass_second_factor(request, authenticator)
            words = ngettext(
                "%(left)s recovery code is left. If your app is lost, ask the security officer to reset it.",
                "%(left)s recovery codes are left. If your app is lost, ask the security officer to reset "
                "it.",
                left,
            )
            messages.warning(request, words % {"left": left})
            return onward(request)
    return render(request, "people/recovery.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if not sessions.lacks_second_factor(user):
        return onward(request)
    if queries.authenticator_of(user) is not None:
        return redirect("people:second_factor")
    authenticator = queries.pending_authenticator(user) or actions.begin_enrolment(
        account_actor(request), user
    )
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            authenticator, codes = actions.finish_enrolment(
                account_actor(request), user, form.cleaned_data["code"]
            )
        except BadInput as problem:
            show_problem(form, problem)
        else:
            sessions.pass_second_factor(request, authenticator)
            return render(request, "people/recovery_codes.html", {"codes": codes})
    secret = authenticator.secret
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return render(request, "people/enrol.html", {"form": form, "secret": " ".join(groups)})


@never_cache
@login_required
@require_GET
def enrol_image(request: HttpRequest) -> HttpResponse:
    """The secret as a QR code, for as long as it is being set up."""
    user = _user(request)
    authenticator = queries.pending_authenticator(user)
    if authenticator is None:
        raise Http404
    image = BytesIO()
    segno.make(_app_address(user, authenticator), error="m").save(image, kind="png", scale=6, border=4)
    return HttpResponse(image.getvalue(), content_type="image/png")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes, for whoever has a second factor."""
    if queries.authenticator_of(_user(request)) is None:
        raise Http404
    if request.method == "POST":
        codes = actions.renew_recovery_codes(account_actor(request), _user(request))
        return render(request, "people/recovery_codes.html", {"codes": codes})
    return render(request, "people/recovery_codes_renew.html")


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                account_actor(request), user, form.cleaned_data["old"], form.cleaned_data["new"]
            )
        except BadInput as problem:
            show_problem(form, problem)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed."))
            return onward(request)
    return render(request, "people/change_password.html", {"form": form, "forced": user.must_change_password})


@never_cache
@login_required
@require_GET
def start_page(request: HttpRequest) -> HttpResponse:
    """Where everybody begins: what their role may do, and their own account."""
    user, actor = _user(request), request.actor  # type: ignore[attr-defined]
    context: dict[str, object] = {
        "user": user,
        "links": start.links(actor),
        "is_new": user.role == Role.VISITOR,
    }
    if user.role == Role.AGENT:
        context["organisations"] = queries.organisations_of(actor)
        context["acting_for"] = actor.organisation_id
    staff = user.role in STAFF_ROLES
    return render(request, "people/start_staff.html" if staff else "people/start.html", context)


@login_required
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """An agent of several organisations chooses one."""
    chosen = whole_number(request.POST.get("organisation"))
    if chosen is None or not queries.organisations_of(request.actor).filter(pk=chosen).exists():  # type: ignore[attr-defined]
        raise Http404
    request.session[sessions.ORGANISATION] = chosen
    return redirect("people:start")


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def _app_address(user: User, authenticator: Authenticator) -> str:
    """What an authenticator app reads from the QR code (the otpauth key URI format)."""
    issuer = city.current().brand["en"]
    parts = {"secret": authenticator.secret, "issuer": issuer, "digits": 6, "period": 30}
    return f"otpauth://totp/{quote(issuer)}:{quote(user.username)}?{urlencode(parts, quote_via=quote)}"
