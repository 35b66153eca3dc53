"""The administrator's page: what waits, what is late, what was given up. What messages say isn't on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import Actor
from zhoudao.core.outbox import actions, queries
from zhoudao.core.outbox.forms import DropForm
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import Kind

TABS = {
    "waiting": gettext_lazy("Waiting"),
    "late": gettext_lazy("Late"),
    "given_up": gettext_lazy("Given up"),
}
KINDS = {Kind.JOB: gettext_lazy("job"), Kind.NOTICE: gettext_lazy("notice")}
CHANNELS = {
    "sms": gettext_lazy("text message"),
    "email": gettext_lazy("e-mail"),
    "letterbox": gettext_lazy("letter in the platform"),
}


@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    view = request.GET.get("view", "given_up")
    if view not in queries.VIEWS:
        raise Http404
    counts = queries.counts(_actor(request))
    tabs = [
        {"label": label, "url": f"?view={name}", "count": counts[name], "current": name == view}
        for name, label in TABS.items()
    ]
    shown = [_shown(message) for message in queries.messages(_actor(request), view)]
    return render(request, "outbox/stuck.html", {"view": view, "tabs": tabs, "messages_shown": shown})


def _shown(message: OutboxMessage) -> dict[str, object]:
    return {
        "message": message,
        "kind": KINDS[Kind(message.kind)],
        "channel": CHANNELS.get(message.channel, ""),
    }


@require_POST
def retry(request: HttpRequest, message_id: int) -> HttpResponse:
    try:
        actions.retry(_actor(request), message_id)
    except OutboxMessage.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Message %(number)s will be tried again now.") % {"number": message_id})
    return redirect("outbox:stuck")


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    count = actions.retry_all(_actor(request))
    messages.success(request, _("%(count)s messages will be tried again now.") % {"count": count})
    return redirect("outbox:stuck")


@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, message_id: int) -> HttpResponse:
    form = DropForm(request.POST or None)
    try:
        message = queries.message(_actor(request), message_id)
        if request.method == "POST" and form.is_valid():
            actions.drop(_actor(request), message_id, form.cleaned_data["reason"])
            messages.success(request, _("Message %(number)s was dropped.") % {"number": message_id})
            return redirect("outbox:stuck")
    except OutboxMessage.DoesNotExist:
        raise Http404 from None
    context = {"form": form, "shown": _shown(message), "back": reverse("outbox:stuck")}
    return render(request, "outbox/drop.html", context, status=400 if form.errors else 200)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
