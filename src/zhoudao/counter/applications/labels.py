"""What states, steps and ways are called on a page, and in which colour a state is shown."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zhoudao.counter.applications.models import PaperState
from zhoudao.counter.applications.queries.worklist import Part
from zhoudao.counter.applications.rules import Agreed, Status, Verb

STATUSES = {
    Status.SUBMITTED: ("info", _("Handed in")),
    Status.CORRECTION: ("waiting", _("Waits for you")),
    Status.RECEIVED: ("info", _("Being reviewed")),
    Status.SUPPLEMENT: ("waiting", _("Waits for you")),
    Status.SECOND_LOOK: ("info", _("Second look")),
    Status.APPROVED: ("done", _("Approved")),
    Status.FINISHED: ("done", pgettext_lazy("application", "Finished")),
    Status.REFUSED: ("danger", pgettext_lazy("application", "Refused")),
    Status.RECONSIDERING: ("info", _("Looked at again")),
    Status.WITHDRAWN: ("plain", pgettext_lazy("application", "Taken back")),
}
"""To the applicant."""
STAFF_STATUSES = {
    **STATUSES,
    Status.SUBMITTED: ("waiting", _("To be accepted")),
    Status.CORRECTION: ("plain", _("Waits for the applicant")),
    Status.RECEIVED: ("waiting", _("To be reviewed")),
    Status.SUPPLEMENT: ("plain", _("Waits for the applicant")),
    Status.SECOND_LOOK: ("waiting", _("For a second decision")),
    Status.APPROVED: ("waiting", _("To be handed over")),
    Status.RECONSIDERING: ("waiting", _("To be looked at again")),
}
PARTS = {
    Part.TO_DO: pgettext_lazy("list", "To do"),
    Part.MINE: _("In my hands"),
    Part.ALL: _("Everybody’s"),
    Part.APPLICANT: _("Waits for the applicant"),
    Part.FINISHED: pgettext_lazy("application", "Finished"),
    Part.REFUSED: pgettext_lazy("application", "Refused"),
}
"""The lists of officers."""
EVENTS = {
    Verb.SUBMIT: _("Handed in"),
    Verb.ACCEPT: pgettext_lazy("application", "Accepted"),
    Verb.ASK: _("Asked for something to be put right"),
    Verb.ANSWER: _("Put right"),
    Verb.CORRECT: _("Slip put right by an officer"),
    Verb.PROPOSE_APPROVAL: _("Approval proposed"),
    Verb.PROPOSE_REFUSAL: _("Refusal proposed"),
    Verb.RETURN: _("Sent back for another review"),
    Verb.APPROVE: _("Approved"),
    Verb.REFUSE: pgettext_lazy("application", "Refused"),
    Verb.ISSUE: _("Handed over"),
    Verb.WITHDRAW: pgettext_lazy("application", "Taken back"),
    Verb.RECONSIDER: _("Asked to look again"),
    Verb.UPHOLD: _("Looked at again: the refusal stands"),
    Verb.OVERTURN: _("Looked at again: approved"),
}
INNER = frozenset({Verb.PROPOSE_APPROVAL, Verb.PROPOSE_REFUSAL, Verb.RETURN})
"""Events between officers, which an applicant isn't shown."""
BUTTONS = {
    Verb.ACCEPT: _("Accept"),
    Verb.ASK: _("Ask to put it right"),
    Verb.CORRECT: _("Put a slip right"),
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
FACTS = {
    "since": _("Registered here since"),
    "district": _("District"),
    "taken_on": _("Photograph taken on"),
    "signed_on": _("Signed off on"),
    "office": pgettext_lazy("register", "By"),
}
"""What a register adds."""
FIELDS = {
    "name": _("Name"),
    "identity_number": pgettext_lazy("register", "Identity number"),
    "receipt": pgettext_lazy("register", "Receipt"),
}
"""What a register was told, and may say differs."""
WHY = [
    gettext_noop("no register is connected"),
    gettext_noop("the register does not answer in time"),
    gettext_noop("the register can't be reached"),
    gettext_noop("the register answers"),
    gettext_noop("the answer can't be read"),
    gettext_noop("the answer is to another question"),
    gettext_noop("the answer contradicts itself"),
    gettext_noop("the register has no answer"),
]
"""Why a register gave no answer, as it is kept."""
AGREED = {
    Agreed.WINDOW: _("They stand here and said so"),
    Agreed.PHONE: _("They said so on the phone"),
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
