"""A case as told by the engine, in the reader's words and for the drawings. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhoudao.core.look.words import is_chinese, money, text
from zhoudao.desk.trade import drawing
from zhoudao.desk.trade.labels import EVENTS, LAYERS, ROLES
from zhoudao.engines.invoices.dossier import FIGURES, HEADINGS
from zhoudao.engines.invoices.dossier import LAYERS as SHOWN

TAX = "tax"
"""The tax office, as a party."""


def headings_of(figure: str) -> list[str]:
    if figure in FIGURES:
        return list(FIGURES[figure][0])
    return [figure] if figure in ("firms", "accounts", "suspects") else []


def steps(given: Sequence[Mapping[str, Any]], shown: int, language: str) -> list[dict[str, Any]]:
    """Each firm taken, with what spoke for it in the reader's language."""
    tongue = "zh" if is_chinese(language) else "en"
    return [
        {
            **each,
            "role_said": ROLES.get(each["role"], each["role"]),
            "said": [{"text": sign[tongue], "weight": sign["weight"]} for sign in each["signs"]],
            "is_last": place == shown,
        }
        for place, each in enumerate(given[:shown], 1)
    ]


def names(told: Mapping[str, Any]) -> dict[str, str]:
    """What a party is called: a firm by name, an account by its holder and last digits."""
    found = {firm["id"]: firm["name"] or firm["id"] for firm in told["firms"]}
    people = {each["person"]: each["name"] for each in told["case"]["people"]}
    for account in told["case"]["money_went_by"]:
        holder = people.get(account["holder"], "")
        found[account["account"]] = f"{holder} {account['account'][-4:]}".strip()
    found[TAX] = _("Tax office")
    return found


def edges(told: Mapping[str, Any], taken: Collection[str]) -> list[dict[str, Any]]:
    """What went between the firms taken, and between them and accounts and the tax office."""
    called, outside = names(told), {firm["id"] for firm in told["firms"]} - set(taken)
    return [
        {**each, "from": called.get(each["from_id"], each["from_id"]), "to": called.get(each["to_id"], each["to_id"]),
         "said": money(each["amount"])}
        for each in told["edges"]
        if not {each["from_id"], each["to_id"]} & outside and {each["from_id"], each["to_id"]} & set(taken)
    ]  # fmt: skip


def network(told: Mapping[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """``nodes`` (key, name, kind) and ``edges`` (from, to, kind, amount, word) for the browser."""
    called, roles = names(told), {firm["id"]: firm["role"] for firm in told["firms"]}
    banks = {hub for bank in told["case"]["banks"] for hub in (bank["hub"], *bank["accounts"])}
    drawn = edges(told, taken)
    keys = dict.fromkeys([*taken, *(each[side] for each in drawn for side in ("from_id", "to_id"))])
    return {
        "nodes": [
            {"key": key, "name": called.get(key, key[-8:]),
             "kind": roles.get(key) or (TAX if key == TAX else "bank" if key in banks else "account")}
            for key in keys
        ],
        "edges": [
            {"from": each["from_id"], "to": each["to_id"], "kind": each["heading"], "amount": each["amount"],
             "word": each["said"]}
            for each in drawn
        ],
    }  # fmt: skip


def layers(told: Mapping[str, Any], language: str, rows_url: str) -> SafeString:
    if not told["span"]:
        return mark_safe("")
    lanes = [
        (layer, str(LAYERS[layer]), [(each, text(HEADINGS[each], language)) for each in shown])
        for layer, shown in SHOWN.items()
    ]
    return mark_safe(  # noqa: S308  everything in it was escaped
        drawing.layers(
            told["flows"],
            lanes,
            drawing.months_between(*told["span"]),
            _("Goods, invoices and money over time"),
            lambda heading, each: f"{text(HEADINGS[heading], language)} {each['month']}: {amount(each)}",
            lambda heading, month: f"{rows_url}?{urlencode({'heading': heading, 'month': month})}",
        )
    )


def amount(each: Mapping[str, Any]) -> str:
    if each["currency"] == "CNY":
        return money(each["amount"] or 0)
    return f"{each['currency']} {(each['amount'] or 0) / 100:,.2f}"


def timeline(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    called = names(told)
    return [
        {"day": each["day"], "kind": each["kind"], "who": called.get(each["who"], each["who"]),
         "said": EVENTS.get(each["kind"], each["kind"]), "amount": each.get("amount")}
        for each in told["timeline"]
    ]  # fmt: skip


def firms(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **firm,
            "role_said": ROLES.get(firm["role"], firm["role"]),
            "status_said": [
                f"{each['since']} {EVENTS[each['status']]}"
                for each in firm["status"]
                if each["status"] in EVENTS
            ],
        }
        for firm in told["firms"]
    ]
