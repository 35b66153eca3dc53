"""A small case of money: a ring within the hour, what was passed on, and accounts nobody asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

AN, BO, CE, DE, FAR = (f"62990000000000{n}" for n in (11, 12, 13, 14, 19))
NAMES = {AN: "安样一", BO: "伯样二", CE: "策样三", DE: "德样四", FAR: "远方账户"}
STATED = (AN, BO, CE)
BEGIN = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)  # Monday 10:00 in the city
FLOW = (
    # hours after BEGIN, payer, payee, fen
    (0, FAR, AN, 10_000_000),
    (1, AN, BO, 9_000_000),
    (2, BO, CE, 8_000_000),
    (3, CE, AN, 7_000_000),
    (30, AN, DE, 4_000_000),
    (31, AN, FAR, 500_000),
    (60, BO, DE, 900_000),
    (61, DE, BO, 100_000),
)


def rows() -> list[dict[str, object]]:
    """The flow above, a failed transfer, a reversed one and one in dollars beside it."""
    balance = dict.fromkeys(STATED, 0)
    told = []
    for n, (hours, payer, payee, fen) in enumerate(FLOW):
        row = _row(n, hours, payer, payee, fen)
        for account, side, moved in ((payer, "source", -fen), (payee, "target", fen)):
            if account in balance:
                balance[account] += moved
                row[f"{side}_balance_after"] = balance[account]
        told.append(row)
    told.append({**_row(90, 4, AN, BO, 7_777_777), "succeeded": False})
    told.append({**_row(91, 5, AN, BO, 6_666_666), "reversed": True})
    told.append({**_row(92, 6, AN, BO, 123_456), "currency": "USD"})
    return told


def _row(n: int, hours: int, payer: str, payee: str, fen: int) -> dict[str, object]:
    return {
        "transfer_id": f"{n:016x}",
        "time": BEGIN + timedelta(hours=hours),
        "time_precision": "second",
        "sequence": n,
        "source_account": payer,
        "target_account": payee,
        "source_name": NAMES[payer],
        "target_name": NAMES[payee],
        "amount": fen,
        "currency": "CNY",
        "source_balance_after": None,
        "target_balance_after": None,
        "memo": "货款",
        "succeeded": True,
        "reversed": False,
        "own_account": False,
    }
