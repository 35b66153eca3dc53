"""What codes are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.desk.findings.rules import JobState, Verdict

VERDICTS = {
    Verdict.OPEN: ("waiting", _("To be decided")),
    Verdict.ACCEPTED: ("done", pgettext_lazy("finding", "Accepted")),
    Verdict.DISMISSED: ("plain", _("Dismissed")),
}
JOB_STATES = {
    JobState.WAITING: ("waiting", _("Waiting for the worker")),
    JobState.RUNNING: ("info", _("Under way")),
    JobState.DONE: ("done", pgettext_lazy("cleaning", "Done")),
    JobState.FAILED: ("danger", _("Failed")),
    JobState.CANCELLED: ("plain", _("Cancelled")),
}
