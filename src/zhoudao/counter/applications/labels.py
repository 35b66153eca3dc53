"""What states, steps and ways are called on a page, and in which colour a state is shown."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.counter.applications.models import PaperState
from zhoudao.counter.applications.rules import Status, Verb

STATUSES = {
    Status.SUBMITTED: ("info", _("Handed in")),
    Status.CORRECTION: ("waiting", _("Waits for you")),
    Status.RECEIVED: ("info", _("Being reviewed")),
    Status.SUPPLEMENT: ("waiting", _("Waits for you")),
    Status.SECOND_LOOK: ("info", _("Second look")),
    Status.APPROVED: ("done", _("Approved")),
    Status.FINISHED: ("done", pgettext_lazy("application", "Finished")),
    Status.REFUSED: ("danger", _("Refused")),
    Status.RECONSIDERING: ("info", _("Looked at again")),
    Status.WITHDRAWN: ("plain", _("Taken back")),
}
"""To the applicant."""
STAFF_STATUSES = {
    **STATUSES,
    Status.SUBMITTED: ("waiting", _("To be accepted")),
    Status.CORRECTION: ("plain", _("Waits for the applicant")),
    Status.RECEIVED: ("waiting", _("To be reviewed")),
    Status.SUPPLEMENT: ("plain", _("Waits for the applicant")),
    Status.SECOND_LOOK: ("waiting", _("To be decided by a second person")),
    Status.APPROVED: ("waiting", _("To be handed over")),
    Status.RECONSIDERING: ("waiting", _("To be looked at again")),
}
EVENTS = {
    Verb.SUBMIT: _("Handed in"),
    Verb.ACCEPT: _("Accepted"),
    Verb.ASK: _("Asked for something to be put right"),
    Verb.ANSWER: _("Put right"),
    Verb.PROPOSE_APPROVAL: _("Approval proposed"),
    Verb.PROPOSE_REFUSAL: _("Refusal proposed"),
    Verb.RETURN: _("Sent back for another review"),
    Verb.APPROVE: _("Approved"),
    Verb.REFUSE: _("Refused"),
    Verb.ISSUE: _("Handed over"),
    Verb.WITHDRAW: _("Taken back"),
    Verb.RECONSIDER: _("Asked to look again"),
    Verb.UPHOLD: _("Looked at again: the refusal stands"),
    Verb.OVERTURN: _("Looked at again: approved"),
}
INNER = frozenset({Verb.PROPOSE_APPROVAL, Verb.PROPOSE_REFUSAL, Verb.RETURN})
"""Events between officers, which an applicant isn't shown."""
BUTTONS = {
    Verb.ACCEPT: _("Accept"),
    Verb.ASK: _("Ask to put it right"),
    Verb.PROPOSE_APPROVAL: _("Propose to approve"),
    Verb.PROPOSE_REFUSAL: _("Propose to refuse"),
    Verb.RETURN: _("Send back"),
    Verb.APPROVE: _("Approve"),
    Verb.REFUSE: _("Refuse"),
    Verb.ISSUE: _("Hand over"),
    Verb.UPHOLD: _("The refusal stands"),
    Verb.OVERTURN: _("Approve after all"),
}
PAPERS = {
    PaperState.FILE: _("File"),
    PaperState.FOLLOWS: _("Follows later"),
    PaperState.COMMITMENT: _("Commitment given"),
    PaperState.HELD: _("Certificate already held"),
    PaperState.SEEN: _("Original seen at the window"),
}
REGISTERS = {
    "population": _("Population register"),
    "residence": _("Residence registrations"),
    "photo": _("Photographs on file"),
    "home_province": _("Home province"),
}
VERDICTS = {
    "matches": ("done", _("Matches")),
    "differs": ("danger", _("Differs")),
    "unknown": ("waiting", _("Not in the register")),
    "unanswered": ("waiting", _("No answer: look it up by hand")),
}
MARKS = [
    (5, _("Very good")),
    (4, pgettext_lazy("mark", "Good")),
    (3, pgettext_lazy("mark", "Fair")),
    (2, pgettext_lazy("mark", "Poor")),
    (1, _("Very poor")),
]
PURPOSES = [
    _("Accepting or reviewing it"),
    _("The applicant asks about it"),
    _("Answering a complaint or a mark"),
]
