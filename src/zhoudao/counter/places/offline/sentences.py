"""What the page without a network says, in the language that is active, for ``words.mjs`` and ``page.mjs``."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def sentences() -> dict[str, str]:
    """By the name the scripts know them by, with ``%(name)s`` where values go. Those that the pages say too are the
    same, so that they are translated once."""
    return {
        # Journeys, as zhoudao.counter.places.journeys.words has them
        "walk": _("Walk %(span)s to %(to)s"),
        "ferry": _("Boat from %(from)s: %(line)s, %(span)s to %(to)s"),
        "bus": _("%(line)s from %(from)s, %(span)s to %(to)s"),
        "wait_boat": _("Wait %(span)s for the boat"),
        "wait_bus": _("Wait %(span)s for the bus"),
        "opens": _("Opens %(when)s"),
        "served_at": _("You are served at %(place)s"),
        "here": _("where you are"),
        "there_already": _("you are there already"),
        "on_foot": _("%(span)s on foot"),
        "by_boat": _("boat %(line)s"),
        "by_bus": _("bus %(line)s"),
        "with_lines": _("%(span)s, with %(lines)s"),
        "leave": _("leave %(when)s"),
        "last_boat": _("Last boat home: %(line)s from %(pier)s at %(time)s; leave by %(leave)s"),
        "last_bus": _("Last bus home: %(line)s from %(pier)s at %(time)s; leave by %(leave)s"),
        "no_way_back": _("No boat or bus home after that today: plan to stay, or come another day"),
        "comma": pgettext("between things in a list", ", "),
        "tomorrow": _("tomorrow %(time)s"),
        "earliest": _("The earliest you can be served is %(when)s"),
        "served": _("served %(when)s"),
        "later": _("%(span)s later"),
        "nobody": _("Nobody we know of can serve you within a week of that time"),
        # Whether it is open
        "always": _("Open 24 hours"),
        "open": _("Open now, closes %(when)s"),
        "shut": _("Closed, opens %(when)s"),
        "unconfirmed": _("Holiday hours not announced yet; call first"),
        "closed": _("Not open in the next two weeks; call first"),
        # Only without a network
        "data_of": _("These answers are from what this device kept on %(when)s."),
        "unreachable": _("no boat or bus goes there today by the timetable kept here"),
        "too_old": _("What this device kept is from %(when)s, too old to answer from."),
        "outside": _("The timetable kept here says nothing about that day."),
        "nothing_kept": _("Nothing is kept on this device yet."),
        "kept": _("Kept on this device: the map of %(when)s, good until %(until)s."),
        "not_on_land": _("There is no street near that place. Choose one from the list."),
        "setting_out": _("On foot, by bus and boat, setting out %(when)s."),
    }
