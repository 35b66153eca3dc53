"""What codes are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLES = {"issuer": _("Upstream issuer"), "exporter": _("Exporter")}
LAYERS = {
    "goods": pgettext_lazy("layer", "Goods"),
    "invoices": pgettext_lazy("layer", "Invoices"),
    "money": pgettext_lazy("layer", "Money"),
}
CASE_ROWS = _("Invoices and refund claims")
"""What a case found rests on: a finding over both keeps the rows of both."""
FIGURES = {
    "false_invoices_fen": _("False invoices, tax included"),
    "false_net_fen": _("Of it, net of tax"),
    "false_tax_fen": _("Of it, tax"),
    "refunds_fen": _("Refunds paid"),
    "refunds_claimed_fen": _("Refunds claimed"),
    "firms": _("Firms"),
    "accounts": pgettext_lazy("of money", "Accounts"),
    "suspects": _("Suspects"),
}
EVENTS = {
    "registered": _("registered"),
    "lost": _("lost to the tax office"),
    "cancelled": _("registration cancelled"),
    "abnormal": _("listed as abnormal"),
    "first_invoices": _("first invoice to an exporter"),
    "last_invoices": _("last invoice to an exporter"),
    "first_exports": _("first export declared"),
    "last_exports": _("last export declared"),
    "first_returned": _("first money that came back"),
    "last_returned": _("last money that came back"),
    "refund": _("refund paid"),
}
STOPPED = {
    "nobody_else": _("nobody else is tied to these firms"),
    "too_weak": _("the strongest firm that is left is less likely than not"),
    "most": _("as many firms as are allowed were taken"),
}
