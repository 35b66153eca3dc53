"""What codes are called."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhoudao.desk.evidence.rules import CONFIRMED, CleaningState, FileState

FILE_STATES = {
    FileState.KEPT: ("done", _("Kept")),
    FileState.ARCHIVE: ("plain", _("Archive")),
    FileState.ASIDE: ("plain", _("Set aside")),
}
CLEANING_STATES = {
    CleaningState.WAITING: ("waiting", _("Waiting for the worker")),
    CleaningState.RUNNING: ("info", _("Cleaning")),
    CleaningState.DONE: ("done", pgettext_lazy("cleaning", "Done")),
    CleaningState.FAILED: ("danger", _("Failed")),
    CleaningState.CANCELLED: ("plain", _("Cancelled")),
}
REPAIRS = {
    "newest_first_turned_round": _("Sheets that run from newest to oldest, turned round"),
    "reordered_by_balance": _("Rows of one moment, put in the order that their balances tell"),
    "balance_left_out": _("Balances that can't be read, left out; the row is kept"),
    "red_letter_amount": _("Amounts in red or in brackets, read as reversals"),
}
"""What the engine's report counts among its repairs."""
DIMENSIONS = {
    "month": _("Month"),
    "day": _("Day"),
    "weekday": _("Weekday"),
    "hour": _("Hour"),
    "channel": _("Channel"),
    "source": _("Payer"),
    "target": _("Payee"),
}
MEASURES = {
    "sum": _("Sum"),
    "count": _("Transfers"),
    "average": _("Average"),
    "largest": _("Largest"),
}
WEEKDAYS = {
    1: _("Mon"),
    2: _("Tue"),
    3: _("Wed"),
    4: _("Thu"),
    5: _("Fri"),
    6: _("Sat"),
    7: _("Sun"),
}
ROLES = {
    "time": _("Time"),
    "date": pgettext_lazy("column", "Date"),
    "clock": _("Time of day"),
    "card": _("Own card"),
    "account": _("Own account"),
    "sub_account": _("Sub-account"),
    "own_name": _("Own holder"),
    "own_id": _("Own identity number"),
    "own_bank": _("Own bank"),
    "amount": _("Amount"),
    "debit": _("Amount out"),
    "credit": _("Amount in"),
    "direction": _("In or out"),
    "balance": _("Balance after"),
    "currency": _("Currency"),
    "other_account": _("Counterparty account"),
    "other_card": _("Counterparty card"),
    "other_name": _("Counterparty"),
    "other_id": _("Counterparty identity number"),
    "other_bank": _("Counterparty bank"),
    "other_balance": _("Counterparty balance"),
    "payer_account": _("Payer's account"),
    "payer_name": _("Payer"),
    "payee_account": _("Payee's account"),
    "payee_name": _("Payee"),
    "memo": _("Memo"),
    "remark": _("Remark"),
    "kind": _("Kind of transfer"),
    "channel": _("Channel"),
    "cash": _("Cash or transfer"),
    "status": _("Succeeded or not"),
    "branch": _("Branch"),
    "place": pgettext_lazy("column", "Place"),
    "teller": _("Teller"),
    "ip": _("IP address"),
    "mac": _("MAC address"),
    "serial": pgettext_lazy("of a transfer", "Serial number"),
    "other_serial": _("Voucher or log number"),
    "merchant": _("Merchant"),
    "fee": pgettext_lazy("column", "Fee"),
}
TOLD_BY = {
    "layout": _("a layout"),
    "header": _("its header"),
    "values": _("its values"),
    "": "",
}
UNITS = {"元": _("yuan"), "万元": _("ten thousand yuan"), "千元": _("thousand yuan"), "分": _("fen")}
DATE_ORDERS = {
    "auto": _("as the file tells"),
    "day": _("day first, as in 31/01/2026"),
    "month": _("month first, as in 01/31/2026"),
}


def layout_name(name: str) -> str:
    """What a file was recognised as: a layout that comes with the platform, one that an analyst confirmed, or none."""
    if not name:
        return gettext("told by its columns")
    return gettext("confirmed by an analyst") if name.startswith(CONFIRMED) else name
