"""A case as plain data for JSON and pages, and as findings that open their rows."""

from __future__ import annotations

from typing import Any

from zhoudao.engines.detection import Batch, Found, Reason, Subject, Text, batch_of
from zhoudao.engines.detection.findings import finding_id
from zhoudao.engines.invoices.cases.cases import Case, Screened
from zhoudao.engines.invoices.cases.scores import Score
from zhoudao.engines.invoices.cases.totals import Total
from zhoudao.engines.invoices.cases.widening import Step, Widened
from zhoudao.engines.invoices.cases.words import said

NAME, VERSION = "invoices.cases", "1"
TOTALS: dict[str, Text] = {
    "false_invoices_fen": Text("价税合计 {fen:money}", "False invoices, tax included: {fen:money}"),
    "false_net_fen": Text("其中不含税金额 {fen:money}", "Net of tax: {fen:money}"),
    "false_tax_fen": Text("其中税额 {fen:money}", "Tax: {fen:money}"),
    "refunds_fen": Text("已退税款 {fen:money}", "Refunds paid: {fen:money}"),
    "refunds_resting_fen": Text(
        "其中以上述发票为凭 {fen:money}", "Of these, resting on the invoices: {fen:money}"
    ),
    "refunds_claimed_fen": Text("申报退税 {fen:money}", "Refunds claimed: {fen:money}"),
}
REASONS: dict[str, Text] = {
    "case": Text(
        "上游开票企业 {issuers} 户、地下钱庄 {banks} 个、嫌疑人 {suspects} 名，"
        "价税合计 {false:money}，已退税款 {refunds:money}",
        "{issuers} upstream issuers, {banks} underground banks, {suspects} suspects, {false:money} of false invoices,"
        " {refunds:money} refunded",
    ),
    **TOTALS,
}


def case_as_data(done: Screened, case: Case) -> dict[str, Any]:
    """Ids, figures in fen, and each step with what spoke for it; sentences in Chinese and English."""
    widened = case.widened
    named = lambda firm: done.links.firms.get(firm, "")  # noqa: E731
    return {
        "strength": round(case.strength, 2),
        "exporters": sorted(widened.exporters),
        "upstream_firms": sorted(widened.issuers),
        "underground_banks": [bank.hub for bank in case.banks],
        "suspects": [suspect.person for suspect in case.suspects],
        "accounts": sorted(account.account for account in case.accounts),
        **{name: total.value for name, total in case.totals.items()},
        "totals": {
            name: {"value": total.value, "rows": len(total.rows), "finding_id": total_id(case, total)}
            for name, total in case.totals.items()
        },
        "start": widened.start,
        "steps": [_step(step, named(step.firm)) for step in widened.steps],
        "stopped": widened.stopped,
        "next": _step(widened.next, named(widened.next.firm)) if widened.next else None,
        "banks": [
            {"hub": bank.hub, "accounts": list(bank.accounts), "turnover_fen": bank.turnover,
             "customers": bank.customers}
            for bank in case.banks
        ],
        "people": [
            {"person": each.person, "name": each.name, "accounts": list(each.accounts),
             "offices": [{"firm": firm, "office": office} for firm, office in each.offices]}
            for each in case.suspects
        ],
        "money_went_by": [
            {"account": each.account, "holder": each.holder, "times": each.loops, "carried_fen": each.carried,
             "findings": list(each.findings)}
            for each in case.accounts
        ],
        "findings": list(case.findings),
    }  # fmt: skip


def widened_as_data(done: Screened, widened: Widened) -> dict[str, Any]:
    """Every step from its start, why it stopped, and the firm it stopped at."""
    named = done.links.firms
    following = widened.next
    return {
        "start": widened.start,
        "steps": [_step(step, named.get(step.firm, "")) for step in widened.steps],
        "stopped": widened.stopped,
        "next": _step(following, named.get(following.firm, "")) if following else None,
    }


def lead_as_data(done: Screened, lead: Widened) -> dict[str, Any]:
    return {
        "start": lead.start,
        "firms": sorted(lead.issuers | lead.exporters),
        "steps": [_step(step, done.links.firms.get(step.firm, "")) for step in lead.steps],
    }


def _step(step: Step, name: str) -> dict[str, Any]:
    return {
        "number": step.number, "firm": step.firm, "name": name, "role": step.role,
        "log_odds": round(step.score.total, 2), "chance": round(step.score.chance, 4), "prior": step.score.prior,
        "signs": _signs(step.score),
    }  # fmt: skip


def _signs(score: Score) -> list[dict[str, Any]]:
    return [
        {"sign": sign.name, "weight": sign.weight, "zh": said(sign, "zh"), "en": said(sign, "en"),
         "finding_id": sign.hit.finding_id if sign.hit else None}
        for sign in score.signs
    ]  # fmt: skip


def _subjects(case: Case) -> list[Subject]:
    return [
        *(Subject("firm", step.firm, step.role) for step in case.widened.steps),
        *(Subject("account", bank.hub, "underground_bank") for bank in case.banks),
        *(Subject("person", each.person, "suspect") for each in case.suspects),
    ]


def _of_total(case: Case, total: Total) -> Subject:
    return Subject("case", case.widened.start, total.name)


def total_id(case: Case, total: Total) -> str:
    return finding_id(NAME, VERSION, [_of_total(case, total)], total.rows)


def findings_of(case: Case) -> Batch:
    """One finding for the case, and one for each of its figures, whose rows are what the figure is a sum over."""
    rows = list(dict.fromkeys(row for name in ("false_invoices_fen", "refunds_claimed_fen")
                              for row in case.totals[name].rows))  # fmt: skip
    chances = [step.score.chance for step in case.widened.steps]
    values = {
        "issuers": len(case.widened.issuers), "banks": len(case.banks), "suspects": len(case.suspects),
        "false": case.totals["false_invoices_fen"].value, "refunds": case.totals["refunds_fen"].value,
    }  # fmt: skip
    whole = Found(
        _subjects(case), sum(chances) / len(chances), [Reason("case", values)], rows,
        case.totals["false_invoices_fen"].value, "CNY",
    )  # fmt: skip
    figures = [
        Found([_of_total(case, total)], whole.score, [Reason(total.name, {"fen": total.value})], total.rows,
              total.value, "CNY")
        for total in case.totals.values()
    ]  # fmt: skip
    return batch_of(NAME, VERSION, [whole, *figures])
