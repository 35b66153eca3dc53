"""The year at a glance, and changing a day."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhoudao.core import clock
from zhoudao.core.access import allowed
from zhoudao.core.parsing import whole_number
from zhoudao.core.workdays import actions, queries, rules
from zhoudao.core.workdays.forms import DayForm

YEARS = range(2000, 2101)


@require_http_methods(["GET", "POST"])
def year(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    chosen = _year_of(request)
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.change_day(
                actor, form.cleaned_data["day"], form.named(), form.cleaned_data["reason"]
            )
        except actions.BadChange as problem:
            form.add_error("day", str(problem))
        else:
            messages.success(request, _("Version %(number)s is in force.") % {"number": version.number})
            return redirect(f"{reverse('workdays:year')}?year={form.cleaned_data['day'].year}")
    table = queries.in_force(actor)
    return render(
        request,
        "workdays/year.html",
        {
            "year": chosen,
            "weekdays": [
                (str(WEEKDAYS_ABBR[number]).removeprefix("星期"), WEEKDAYS[number]) for number in range(7)
            ],
            "months": queries.year_page(actor, chosen),
            "table": table,
            "confirmed": table.first.year <= chosen <= table.last.year,
            "versions": queries.versions(actor),
            "form": form if allowed(actor, rules.PUBLISH) else None,
        },
        status=400 if form.errors else 200,
    )


def _year_of(request: HttpRequest) -> int:
    asked = whole_number(request.GET.get("year"))
    return asked if asked is not None and asked in YEARS else clock.local(clock.now()).year
