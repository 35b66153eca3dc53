"""How many applications there were: a page, and the same as a file."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from zhoudao.core.look.refusals import Unusable
from zhoudao.counter.applications import chart
from zhoudao.counter.applications.queries import counting as queries
from zhoudao.counter.applications.views.pages import district_name, item_names


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    years = queries.years(actor)
    year = chosen_year(request, years)
    shown = queries.year_figures(actor, year)
    by_month = queries.month_counts(actor, year)
    names = item_names(actor)
    districts = [district_name(code) for code in shown.districts]
    address = reverse("applications:figures")
    return render(
        request,
        "applications/figures.html",
        {
            "figures": shown,
            "districts": districts,
            "sums": list(zip(districts, shown.by_district.values(), strict=True)),
            "rows": [
                (
                    names.get(row.item, row.item),
                    zip(districts, row.by_district.values(), strict=True),
                    row.total,
                )
                for row in shown.items
            ],
            "upright": chart.upright(_month_names(), by_month),
            "lying": chart.lying(_month_names(), by_month),
            "kinds": kinds_of_figures("received", year),
            "tabs": [(str(known), f"{address}?year={known}", known == year) for known in years],
        },
    )


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """UTF-8 with a byte-order mark, without which spreadsheets show Chinese as noise."""
    actor = request.actor  # type: ignore[attr-defined]
    shown = queries.year_figures(actor, chosen_year(request, queries.years(actor)))
    names = item_names(actor)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="applications-{shown.year}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [gettext("Code"), gettext("Item"), *map(district_name, shown.districts), gettext("Total")]
    )
    for row in shown.items:
        writer.writerow([row.item, names.get(row.item, row.item), *row.by_district.values(), row.total])
    writer.writerow(["", gettext("All items"), *shown.by_district.values(), shown.total])
    return response


def kinds_of_figures(current: str, year: int) -> list[tuple[str, str, bool]]:
    """Tabs: what was received, and what became of it."""
    pages = (
        ("received", pgettext("figures", "Received"), "applications:figures"),
        ("decided", gettext("Promised and kept"), "applications:performance"),
    )
    return [(label, f"{reverse(name)}?year={year}", code == current) for code, label, name in pages]


def chosen_year(request: HttpRequest, years: list[int]) -> int:
    """The year asked for; the latest when none is. Raises Unusable for one without applications."""
    asked = request.GET.get("year", "")
    if not asked:
        return years[0]
    if asked not in map(str, years):
        raise Unusable(
            gettext("There are no applications of that year."),
            todo=gettext("Choose one of %(years)s.") % {"years": ", ".join(map(str, years))},
        )
    return int(asked)


def _month_names() -> list[str]:
    return [
        pgettext("month", "Jan"), pgettext("month", "Feb"), pgettext("month", "Mar"),
        pgettext("month", "Apr"), pgettext("month", "May"), pgettext("month", "Jun"),
        pgettext("month", "Jul"), pgettext("month", "Aug"), pgettext("month", "Sep"),
        pgettext("month", "Oct"), pgettext("month", "Nov"), pgettext("month", "Dec"),
    ]  # fmt: skip
