"""An agent's pages: the enterprise, a bundle, the thread."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import Actor, Role
from zhoudao.core.files.rules import BadFile
from zhoudao.core.look import words
from zhoudao.counter.applications.models import PaperState
from zhoudao.counter.applications.problems import Incomplete
from zhoudao.counter.applications.views.pages import language, material_of, paper_words
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import fields
from zhoudao.counter.enterprises import actions
from zhoudao.counter.enterprises.models import Bundle
from zhoudao.counter.enterprises.problems import NotFound, Unusable
from zhoudao.counter.enterprises.queries import bundles, firms
from zhoudao.counter.enterprises.queries.bundles import Shown
from zhoudao.counter.enterprises.rules import LONGEST_MESSAGE

INSTEAD = (PaperState.FOLLOWS, PaperState.COMMITMENT, PaperState.SEEN)
"""What a bundle's page offers in place of a file."""


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    profile = firms.own_profile(actor)
    return render(
        request,
        "enterprises/home.html",
        {
            "profile": profile,
            "bundle": firms.open_bundle(actor, profile.firm) if profile else None,
            "items": bundles.offered(actor) if profile else [],
            "form": secrets.token_hex(16),
            "most": LONGEST_MESSAGE,
        },
    )


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    bundle = actions.begin(actor_of(request), request.POST.getlist("item"), request.POST.get("firm", ""))
    return redirect("enterprises:bundle", bundle.uid)


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    actions.write(actor_of(request), request.POST.get("text", ""), request.POST.get("form", ""))
    return redirect("enterprises:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, uid: str) -> HttpResponse:
    """Every question and material once. POST keeps the answers, good or not, and says what is wrong."""
    actor = actor_of(request)
    found = bundles.shown(actor, uid)
    if found.bundle.handed_in_at is not None:
        rows = bundles.applied_for(actor, uid)
        names = {each.code: words.text(each.name, language()) for each in catalog.definitions(actor)}
        shown = [(each, names.get(each.item, each.item)) for each in rows]
        page = "applications:case" if actor.role is Role.CLERK else "applications:own"
        return render(
            request,
            "enterprises/handed_in.html",
            {"applications": shown, "page": page, "home": _home(actor, found.bundle)},
        )
    form = fields.form_of(
        found.asked.questions, found.answers, request.POST if request.method == "POST" else None
    )
    if request.method == "POST":
        codes = [each.code for each in found.asked.questions]
        actions.save_answers(actor, uid, {code: request.POST.get(code, "") for code in codes})
        if form.is_valid():
            messages.success(request, _("Kept."))
            return redirect("enterprises:bundle", uid)
    return render(
        request,
        "enterprises/bundle.html",
        {
            "found": found,
            "form": form,
            "uid": uid,
            "papers": _papers(found),
            "home": _home(actor, found.bundle),
            "at_window": actor.role is Role.CLERK,
        },
        status=HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK,
    )


@require_POST
def paper(request: HttpRequest, uid: str, material: str) -> HttpResponse:
    """One material, once for all items that ask for it."""
    actor, given = actor_of(request), request.FILES.get("file")
    try:
        if isinstance(given, UploadedFile):
            count = actions.hand_in(actor, uid, material, given)
        elif request.POST.get("instead") in list(INSTEAD):
            count = actions.stand_in(actor, uid, material, PaperState(request.POST["instead"]))
        else:
            bundles.own(actor, uid)
            raise Unusable(_("Nothing was chosen."), todo=_("Choose a file, or one of the other ways."))
    except BadFile as bad:
        raise Unusable(str(bad), todo=_("Choose another file.")) from None
    messages.success(request, _("Taken for %(count)d of your items.") % {"count": count})
    return redirect("enterprises:bundle", uid)


@require_POST
def change(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """``leave-out`` an item, or ``hand-in`` all."""
    actor = actor_of(request)
    if verb == "leave-out":
        actions.leave_out(actor, uid, request.POST.get("item", ""))
    elif verb == "hand-in":
        try:
            actions.hand_in_all(actor, uid)
        except Incomplete:
            messages.error(request, _("Something is still missing. Nothing was handed in."))
    else:
        raise NotFound(verb)
    return redirect("enterprises:bundle", uid)


def _home(actor: Actor, bundle: Bundle) -> str:
    """The page one comes from: one's own enterprise, or for a clerk that of the enterprise."""
    if actor.role is Role.CLERK:
        return reverse("enterprises:one", args=[bundle.organisation.credit_code])
    return reverse("enterprises:home")


def _papers(found: Shown) -> list[dict[str, object]]:
    """Each material with its name, what was handed in, and for how many items it counts."""
    shown = []
    for rule in found.asked.papers:
        asking = [
            part
            for part in found.parts
            if any(each.material == rule.material for each in part.program.papers)
        ]
        given = found.papers.get(rule.material)
        shown.append(
            {
                "rule": rule,
                "name": words.text(material_of(asking[0].item, rule.material).name, language()),
                "items": len(asking),
                "given": paper_words(given) if given else "",
                "accept": ",".join(
                    {"jpeg": ".jpg,.jpeg", "png": ".png", "pdf": ".pdf"}[kind] for kind in rule.kinds
                ),
            }
        )
    return shown
