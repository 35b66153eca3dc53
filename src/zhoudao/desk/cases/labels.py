"""What codes are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.desk.cases.rules import Basis, DocumentKind, Duty, Measure, Offence, Purpose

BASES = {
    Basis.ACCEPTED: _("Accepted: may query"),
    Basis.FILED: _("Filed: may query and freeze"),
}
OFFENCES = {
    Offence.FALSE_INVOICES: _("False VAT invoices"),
    Offence.REFUND_FRAUD: _("Export refund fraud"),
    Offence.BID_RIGGING: _("Bid-rigging"),
    Offence.UNDERGROUND_BANK: _("Underground bank"),
    Offence.ILLEGAL_BUSINESS: _("Illegal business operation"),
    Offence.EMBEZZLEMENT: _("Embezzlement"),
    Offence.FUND_RAISING: _("Illegal fund-raising"),
    Offence.PYRAMID: _("Pyramid selling"),
    Offence.FUTURES: _("Illegal futures trading"),
    Offence.FRAUD: _("Fraud"),
    Offence.OTHER: _("Another offence"),
}
DUTIES = {
    Duty.LEAD: _("Lead handler"),
    Duty.ANALYST: pgettext_lazy("case", "Analyst"),
    Duty.TAX_OFFICER: pgettext_lazy("case", "Tax officer"),
    Duty.VIEWER: _("Viewer"),
}
PURPOSES = {
    Purpose.IMPORT: _("Bring in and clean files"),
    Purpose.TRACE: _("Trace money"),
    Purpose.IDENTIFY: _("Find out who holds an account"),
    Purpose.PREPARE: _("Prepare evidence"),
    Purpose.REVIEW: _("Review another officer's work"),
    Purpose.TRAINING: _("Training on a generated case"),
}
DOCUMENTS = {
    DocumentKind.ACCEPTANCE: _("Acceptance register"),
    DocumentKind.FILING: _("Decision to file"),
    DocumentKind.EXTENSION: _("Renewal of the basis"),
    DocumentKind.REQUEST: _("Request for evidence"),
    DocumentKind.ANSWER: _("Answer"),
    DocumentKind.DELETION: _("Approval to destroy"),
}
MEASURES = {Measure.QUERY: _("Query"), Measure.FREEZE: _("Freeze")}
