"""What was promised and what came of it: a chart, a table, and the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from zhoudao.counter.applications import chart
from zhoudao.counter.applications.queries import counting
from zhoudao.counter.applications.queries import performance as queries
from zhoudao.counter.applications.queries.performance import Line, Performance
from zhoudao.counter.applications.views.figures import chosen_year, kinds_of_figures
from zhoudao.counter.applications.views.pages import actor_of, district_name, item_names

CHARTED = 10
"""Items in the chart; the table has all."""


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    years = counting.years(actor)
    found = queries.performance(actor, chosen_year(request, years))
    names = item_names(actor)
    charted = [
        (names.get(line.code, line.code), line.median, line.worst, line.promised)
        for line in found.by_item
        if line.promised
    ][:CHARTED]
    address = reverse("applications:performance")
    return render(
        request,
        "applications/performance.html",
        {
            "found": found,
            "items": [(names.get(line.code, line.code), line) for line in found.by_item],
            "districts": [(district_name(line.code), line) for line in found.by_district],
            "wide": chart.against(charted, 720),
            "narrow": chart.against(charted, 340),
            "kinds": kinds_of_figures("decided", found.year),
            "tabs": [(str(year), f"{address}?year={year}", year == found.year) for year in years],
        },
    )


@require_safe
def performance_csv(request: HttpRequest) -> HttpResponse:
    """UTF-8 with a byte-order mark, without which spreadsheets show Chinese as noise."""
    actor = actor_of(request)
    found = queries.performance(actor, chosen_year(request, counting.years(actor)))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="promised-and-kept-{found.year}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            gettext("Kind"), gettext("Code"), pgettext("figures", "Name"), pgettext("figures", "Issued"),
            gettext("Same days of the year before"), gettext("Change in per cent"), gettext("Decided"),
            gettext("Promised, working days"), gettext("Median, working days"),
            gettext("Worst, working days"), gettext("In time, per cent"),
        ]
    )  # fmt: skip
    for kind, name, line in _named(found, item_names(actor)):
        writer.writerow(
            [
                kind, line.code, name, line.issued, line.issued_before,
                "" if line.change is None else f"{line.change:.1f}", line.decided, line.promised,
                line.median, line.worst, f"{line.kept_share:.1f}",
            ]
        )  # fmt: skip
    return response


def _named(found: Performance, names: dict[str, str]) -> Iterator[tuple[str, str, Line]]:
    for line in found.by_item:
        yield gettext("Item"), names.get(line.code, line.code), line
    for line in found.by_district:
        yield gettext("District"), district_name(line.code), line
    yield gettext("Total"), gettext("All items"), found.whole
