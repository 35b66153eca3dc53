"""Accounts: the administrator opens and closes them, the security officer grants roles and resets what is
lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zhoudao.core.access import Actor, allowed, require
from zhoudao.core.parsing import whole_number
from zhoudao.core.people import queries
from zhoudao.core.people.actions import accounts as actions
from zhoudao.core.people.forms import SENTENCES, GrantForm, OpenAccountForm, SearchForm, show_problem
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CHANGES: dict[str, tuple[Callable[[Actor, int], object], _StrPromise]] = {
    "close": (actions.close_account, _("The account is closed.")),
    "reopen": (actions.reopen_account, _("The account is open again.")),
    "reset-second-factor": (
        actions.reset_second_factor,
        _("The second factor is reset. It is set up anew at the next sign-in."),
    ),
    "unlock": (actions.unlock, _("The account is unlocked.")),
}
"""What one button on an account's page does, and what is said after it."""


@never_cache
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """All staff accounts. A search is posted, so that what somebody types never stands in an address or a
    log.
    """
    form = SearchForm(request.POST or None)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    found = queries.accounts(_actor(request), text, whole_number(request.GET.get("page")) or 1)
    return render(
        request,
        "people/accounts.html",
        {"form": form, "page": found, "may_open": allowed(_actor(request), duties.OPEN_ACCOUNT)},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    require(_actor(request), duties.OPEN_ACCOUNT)
    form = OpenAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.open_account(_actor(request), **form.cleaned_data)
        except BadInput as problem:
            show_problem(form, problem)
        else:
            return render(request, "people/first_password.html", {"account": user, "password": password})
    return render(request, "people/open_account.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account. Posting grants its role and districts."""
    state = _state(request, user_id)
    language = "en" if get_language() == "en" else "zh"
    form = GrantForm(
        request.POST or None,
        initial={"role": state.user.role, "districts": state.user.districts},
        language=language,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_role(
                _actor(request), user_id, form.cleaned_data["role"], form.cleaned_data["districts"]
            )
        except BadInput as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Role and districts are granted."))
            return redirect("people:account", user_id)
    actor = _actor(request)
    context = {
        "state": state,
        "form": form,
        "is_own": actor.user_id == user_id,
        "may_close": allowed(actor, duties.CLOSE_ACCOUNT),
        "may_grant": allowed(actor, duties.GRANT_ROLE),
    }
    return render(request, "people/account.html", context)


@never_cache
@require_POST
def change_account(request: HttpRequest, user_id: int, change: str) -> HttpResponse:
    """Do what one of the buttons on an account's page says."""
    if change not in CHANGES:
        raise Http404
    _state(request, user_id)
    action, said = CHANGES[change]
    try:
        action(_actor(request), user_id)
    except BadInput as problem:
        messages.error(request, SENTENCES[problem.reason])
    else:
        messages.success(request, said)
    return redirect("people:account", user_id)


@never_cache
@require_POST
def reissue_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give out a new first password, shown once."""
    state = _state(request, user_id)
    try:
        password = actions.reissue_password(_actor(request), user_id)
    except BadInput as problem:
        messages.error(request, SENTENCES[problem.reason])
        return redirect("people:account", user_id)
    return render(request, "people/first_password.html", {"account": state.user, "password": password})


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _state(request: HttpRequest, user_id: int) -> queries.AccountState:
    state = queries.account(_actor(request), user_id)
    if state is None:
        raise Http404
    return state
