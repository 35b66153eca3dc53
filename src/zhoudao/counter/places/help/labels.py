"""What the states of a question are called: the badge's kind, and the word."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.counter.places.help.rules import Status

HELP_STATES = {
    Status.OPEN: ("waiting", _("Waiting for an answer")),
    Status.ANSWERED: ("done", _("Answered")),
    Status.CLOSED: ("plain", pgettext_lazy("a question", "Closed")),
}
