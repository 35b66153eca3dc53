"""What verdicts, reasons and changes are called on a page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.engines.seals.checking import Reason, Verdict

VERDICTS: dict[Verdict, tuple[str, Promise]] = {
    Verdict.VALID: ("done", pgettext_lazy("verdict", "Valid")),
    Verdict.EXPIRED: ("danger", pgettext_lazy("verdict", "Expired")),
    Verdict.SUSPENDED: ("waiting", pgettext_lazy("verdict", "Suspended")),
    Verdict.REVOKED: ("danger", pgettext_lazy("verdict", "Revoked")),
    Verdict.UNKNOWN_KEY: ("danger", pgettext_lazy("verdict", "Unknown key")),
    Verdict.TAMPERED: ("danger", pgettext_lazy("verdict", "Tampered")),
    Verdict.NOT_YET_VALID: ("waiting", pgettext_lazy("verdict", "Not yet valid")),
    Verdict.LIST_TOO_OLD: ("waiting", pgettext_lazy("verdict", "List too old")),
    Verdict.NO_CERTIFICATE: ("plain", pgettext_lazy("verdict", "Not a certificate")),
    Verdict.CANNOT_CHECK: ("plain", pgettext_lazy("verdict", "Can't be checked here")),
    Verdict.NOT_FOR_YOU: ("danger", pgettext_lazy("verdict", "Not shown to you")),
}
"""(tone, word) of each: the tone chooses colour and form together."""

REASONS: dict[Reason, Promise] = {
    Reason.IN_FORCE: _("Issued by this city, and in force. Compare the name with the person."),
    Reason.PAST_ITS_END: _("It has run out. Ask for the renewed one."),
    Reason.ENDORSEMENT_LATE: _("It was not endorsed in time, so its use is suspended until it is."),
    Reason.SUSPENDED_BY_ISSUER: _("The police have suspended it."),
    Reason.REVOKED_BY_ISSUER: _("The police have revoked it. Don't accept it."),
    Reason.KEY_WITHDRAWN: _("The key that signed it no longer counts. Ask for one issued since."),
    Reason.KEY_NOT_LISTED: _("Signed with a key that this city doesn't list. Go online once, then try again."),
    Reason.KEY_NOT_IN_USE_THEN: _("Signed with a key that wasn't in use on the day it names. Don't accept it."),
    Reason.OTHER_ISSUER: _("Issued in another city's name. Check it with that city's page."),
    Reason.SIGNATURE_WRONG: _("What it says was changed after it was signed. Don't accept it."),
    Reason.ENCODING_WRONG: _("The code is damaged or made up. Scan it again from the holder's own page."),
    Reason.CLAIMS_WRONG: _("It doesn't say what a certificate has to say. Don't accept it."),
    Reason.BEFORE_ITS_BEGIN: _("It comes into force later."),
    Reason.NO_LIST: _("The list of revoked certificates isn't on this device. Go online once, then try again."),
    Reason.LIST_PAST_ITS_END: _("The list of revoked certificates is too old. Go online once, then try again."),
    Reason.NOT_ON_LIST: _("The list of revoked certificates doesn't reach it. Go online once, then try again."),
    Reason.NOT_OURS: _("This code is something else. Scan the one on the certificate's page."),
    Reason.ALGORITHM_MISSING: _("This device can't do the algorithm it is signed with. Use another browser."),
    Reason.SHOWN_TO_YOU: _("Shown by its holder just now, for your six digits. What is not shown stays theirs."),
    Reason.SHOWN_TO_ANYONE: _("Shown within the last five minutes. To be sure it is no copy, ask with six digits."),
    Reason.SHOWN_TO_OTHERS: _("Made for somebody else's digits. Give them yours, and let them show it again."),
    Reason.PROOF_PAST_ITS_END: _("Made more than five minutes ago. Let them make the code anew."),
    Reason.WALLET_PAST_ITS_END: _("What their phone keeps has run out. They go online once, then show it again."),
}  # fmt: skip

SHOWN_NAMES: dict[str, Promise] = {
    "name": _("Name"),
    "document": _("Number of the document"),
    "number": _("Certificate number"),
    "district": _("District"),
}
"""What a holder may show of a certificate besides its own facts."""

CHANGES: dict[str, tuple[Promise, Promise]] = {
    "endorse": (_("Endorse"), _("Endorsed. The holder has been told.")),
    "reinstate": (_("Put in force again"), _("In force again. The holder has been told.")),
    "suspend": (pgettext_lazy("verb", "Suspend"), _("Suspended. Verifiers hear of it with the next list.")),
    "revoke": (_("Revoke for good"), _("Revoked. Verifiers hear of it with the next list.")),
}
"""(what the button says, what is said when it is done)."""

STANDINGS: dict[str, tuple[str, Promise]] = {
    verdict.value: VERDICTS[verdict]
    for verdict in (Verdict.VALID, Verdict.EXPIRED, Verdict.SUSPENDED, Verdict.REVOKED)
}
