"""From what a question found to what a page draws and says: words, addresses, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhoudao.core.clock import local
from zhoudao.core.look import words
from zhoudao.desk.evidence.ledger import filters as ledger_filters
from zhoudao.desk.evidence.ledger.filters import Direction, Filters, Rows
from zhoudao.desk.evidence.queries import seal_words
from zhoudao.desk.money.asking import GraphAsk, GraphState, TraceAsk
from zhoudao.desk.money.drawing import clock as clock_drawing
from zhoudao.desk.money.drawing import dues as due_drawing
from zhoudao.desk.money.drawing import layers as layer_drawing
from zhoudao.desk.money.drawing import net as net_drawing
from zhoudao.desk.money.drawing.paper import Drawing
from zhoudao.desk.money.labels import EXPLAINED, STANDINGS, STATES
from zhoudao.desk.money.queries.common import Account
from zhoudao.desk.money.queries.network import Link, Network
from zhoudao.desk.money.queries.returns import ReturnPage
from zhoudao.desk.money.queries.rings import RingPage
from zhoudao.desk.money.queries.traces import TracePage
from zhoudao.desk.money.sums import rounded, told
from zhoudao.engines.flows.tracing import RULES, Node
from zhoudao.engines.flows.tracing import returns as return_rule

MISSING = frozenset({"not_obtained", "unknown"})


def tail(account: str) -> str:
    """The end of a number: what people call an account by."""
    return account[-4:]


def with_query(route: str, number: str, query: str) -> str:
    address = reverse(route, args=[number])
    return f"{address}?{query}" if query else address


# The graph ------------------------------------------------------------------------------------------------------------


def ledger_url(number: str, link: Link, found: Network) -> str:
    """The rows that an edge's sum is made of."""
    ask = found.ask
    asked = Filters(
        account=link.payer.ref, counterparty=link.payee.ref, direction=Direction.OUT, rows=Rows.COUNTED, own=True,
        currency=found.currency, first=ask.first, last=ask.last, least=ask.least, ledger=ask.ledger,
    )  # fmt: skip
    return f"{reverse('evidence:ledger', args=[number])}?{ledger_filters.write(asked, seal_words)}"


def as_data(number: str, found: Network) -> dict[str, Any]:
    """For the browser: what it needs to draw and to sum up under the time brush."""
    return {
        "currency": found.currency,
        "begin": found.begin.isoformat() if found.begin else "",
        "end": found.end.isoformat() if found.end else "",
        "binDays": found.bin_days,
        "nodes": [
            {
                "ref": each.account.ref,
                "name": each.account.name,
                "account": each.account.account,
                "stated": each.account.stated,
                "opened": each.is_opened,
                "hidden": each.hidden,
                "profile": reverse("evidence:profile", args=[number, "account", each.account.ref]),
                "trace": with_query("money:trace", number, TraceAsk(starts=(each.account.ref,)).query),
            }
            for each in found.nodes
        ],
        "edges": [
            {"from": each.payer.ref, "to": each.payee.ref, "bins": each.bins} for each in found.links
        ],
    }


def opened_with(number: str, ask: GraphAsk, ref: str) -> str:
    """The same graph with one account more (or less, where it is opened) whose neighbours are shown."""
    accounts = tuple(each for each in ask.accounts if each != ref) if ref in ask.accounts else (*ask.accounts, ref)
    return with_query("money:graph", number, ask.but(accounts=accounts).query)


def net(found: Network, state: GraphState, language: str) -> Drawing:
    """What the browser shows, on paper: places and groups are the reader's, names and sums the ledger's."""
    group_of = {ref: f"group {at}" for at, (_name, members) in enumerate(state.groups) for ref in members}
    names = {f"group {at}": name for at, (name, _members) in enumerate(state.groups)}
    members: dict[str, list[Any]] = {}
    for node in found.nodes:
        members.setdefault(group_of.get(node.account.ref, node.account.ref), []).append(node)
    dots = {key: _dot(key, nodes, names.get(key, ""), state) for key, nodes in members.items()}
    sums: dict[tuple[str, str], int] = {}
    for link in found.links:
        pair = tuple(group_of.get(each.ref, each.ref) for each in (link.payer, link.payee))
        if pair[0] != pair[1] and pair[0] in dots and pair[1] in dots:
            sums[pair[0], pair[1]] = sums.get((pair[0], pair[1]), 0) + link.amount
    linked = {end for pair in sums for end in pair}
    arrows = [
        net_drawing.Arrow(source, target, amount, rounded(amount, found.currency, language))
        for (source, target), amount in sums.items()
    ]
    return net_drawing.draw({key: dot for key, dot in dots.items() if key in linked or len(dots) == 1}, arrows)


def _dot(key: str, nodes: Sequence[Any], group: str, state: GraphState) -> net_drawing.Dot:
    first = nodes[0]
    amount = sum(node.came + node.went for node in nodes)
    at = state.places.get(key if key in state.places else first.account.ref, (0.0, 0.0))
    if group:
        count = ngettext("%(n)d account", "%(n)d accounts", len(nodes)) % {"n": len(nodes)}
        return net_drawing.Dot(group, count, "dot-group", amount, at)
    kind = "dot-opened" if first.is_opened else "dot"
    note = tail(first.account.account) if first.account.name else ""
    if not first.account.stated:
        kind, note = "dot-missing", f"{note} {STATES['not_obtained'][1]}".strip()
    return net_drawing.Dot(first.account.label, note, kind, amount, at)


# A trace --------------------------------------------------------------------------------------------------------------


def rule_told(rule: str, language: str) -> dict[str, Any]:
    """A rule's name, standing, source and sentence: shown wherever its figures are."""
    about = RULES[rule]
    badge, standing = STANDINGS[about.standing]
    return {
        "title": words.text(about.title, language),
        "badge": badge,
        "standing": standing,
        "source": about.source,
        "meaning": EXPLAINED[rule],
    }


def layered(number: str, found: TracePage, language: str) -> Drawing:
    """Money runs from left to right, also where it was traced back from its end."""
    assert found.layers is not None
    forward = found.ask.forward
    nodes, last = found.layers.nodes, max(node.layer for node in found.layers.nodes)
    labels = [_node_name(node, found) for node in nodes]
    bars = [
        layer_drawing.Bar(
            node.layer if forward else last - node.layer,
            label,
            _node_note(node, found, language),
            node.passed_on,
            node.kept,
            node.state in MISSING,
            _node_title(label, node, found),
            _node_url(number, node, found),
        )
        for label, node in zip(labels, nodes, strict=True)
    ]
    bands = []
    for link in found.layers.links:
        source, target = (link.source, link.target) if forward else (link.target, link.source)
        count = ngettext("%(n)d transfer", "%(n)d transfers", link.transfers) % {"n": link.transfers}
        title = f"{labels[source]} → {labels[target]}  {told(link.traced, found.currency)}  {count}"
        url = _link_url(number, nodes[source], nodes[target], found)
        bands.append(layer_drawing.Band(source, target, link.traced, title, url))
    heads = [_head(n if forward else last - n, forward) for n in range(last + 1)]
    return layer_drawing.draw(bars, bands, heads)


def _head(layer: int, forward: bool) -> str:
    if layer == 0:
        return pgettext("of a trace", "Start") if forward else pgettext("of a trace", "End")
    return _("Layer %(n)d") % {"n": layer}


def _node_name(node: Node, found: TracePage) -> str:
    if len(node.accounts) > 1:
        return ngettext("%(n)d more account", "%(n)d more accounts", len(node.accounts)) % {"n": len(node.accounts)}
    account = found.accounts.get(node.accounts[0])
    if account is None:
        return _("Unknown account")
    return f"{account.name} {tail(account.account)}" if account.name else account.account


def _node_note(node: Node, found: TracePage, language: str) -> str:
    if node.is_start:
        return rounded(node.passed_on, found.currency, language)
    kept = rounded(node.kept, found.currency, language)
    if not node.kept:
        return _("passed all on: %(sum)s") % {"sum": rounded(node.received, found.currency, language)}
    if node.state == "not_obtained":
        return _("%(sum)s, statement not obtained") % {"sum": kept}
    if node.state == "unknown":
        return _("%(sum)s, unknown account") % {"sum": kept}
    return (_("kept %(sum)s") if found.ask.forward else _("from here %(sum)s")) % {"sum": kept}


def _node_title(label: str, node: Node, found: TracePage) -> str:
    lines = [
        (_("Traced in"), node.received),
        (_("Passed on"), node.passed_on),
        (pgettext("of a trace", "Kept") if found.ask.forward else _("From here"), node.kept),
    ]
    sums = [f"{word} {told(amount, found.currency)}" for word, amount in lines]
    return "\n".join([label, *sums, str(STATES[node.state][1])]).strip()


def _ref(node: Node, found: TracePage) -> str:
    account = found.accounts.get(node.accounts[0]) if len(node.accounts) == 1 else None
    return account.ref if account else ""


def _node_url(number: str, node: Node, found: TracePage) -> str:
    """The traced rows that came to it (of a start: that left it)."""
    ref = _ref(node, found)
    if not ref:
        return ""
    is_payer = node.is_start == found.ask.forward
    return rows_of_trace(number, found.ask, payer=ref if is_payer else "", payee="" if is_payer else ref)


def _link_url(number: str, source: Node, target: Node, found: TracePage) -> str:
    payer, payee = _ref(source, found), _ref(target, found)
    return rows_of_trace(number, found.ask, payer=payer, payee=payee) if payer or payee else ""


def rows_of_trace(number: str, ask: TraceAsk, *, payer: str = "", payee: str = "") -> str:
    return with_query("money:trace", number, ask.but(payer=payer, payee=payee, page=1).query) + "#rows"


def not_known(found: TracePage) -> list[str]:
    """What a reader of the trace must know of what it doesn't show."""
    if found.trace is None:
        return []
    left = found.left
    told = [
        (int(found.trace.cut), _("The trace was cut at its limit: more money went on than is shown.")),
        (
            found.unobtained,
            _("%(n)d of the accounts have no statement obtained: money may have gone on from there."),
        ),
        (left.order_unknown, _("%(n)d transfers of the ledger share their moment with others in an unknown order.")),
        (left.coarse_times, _("Of %(n)d transfers of the ledger only the day or minute is known.")),
        (left.missing_end, _("%(n)d transfers of the ledger name no payer or no payee.")),
        (left.self_transfers, _("%(n)d transfers from an account to itself are not followed.")),
        (left.not_positive, _("%(n)d transfers of no or a negative amount are not followed.")),
        (left.failed_or_reversed, _("%(n)d failed or reversed transfers are not followed.")),
    ]
    return [sentence % {"n": count} for count, sentence in told if count]


# What is due to victims -----------------------------------------------------------------------------------------------


def return_told(language: str) -> dict[str, Any]:
    """The return rule's name, standing and source, as ``rule_told`` of a tracing rule."""
    badge, standing = STANDINGS[return_rule.STANDING]
    return {
        "title": words.text(return_rule.TITLE, language),
        "badge": badge,
        "standing": standing,
        "source": return_rule.SOURCE,
    }


def dues(found: ReturnPage, language: str) -> Drawing:
    return due_drawing.draw(
        [
            due_drawing.Bar(
                f"{each.account.name} {tail(each.account.account)}" if each.account.name else each.account.account,
                each.share.lost,
                each.share.amount,
                _("%(due)s of %(lost)s")
                % {
                    "due": rounded(each.share.amount, found.currency, language),
                    "lost": rounded(each.share.lost, found.currency, language),
                },
            )
            for each in found.dues
        ]
    )


# A ring ---------------------------------------------------------------------------------------------------------------


def ring(number: str, found: RingPage, language: str) -> Drawing:
    whole = found.last - found.first
    hops = []
    for at, hop in enumerate(found.hops):
        row = hop.row
        name = account_name(hop.payee, row["target_name"], row["target_account"])
        is_home = at == len(found.hops) - 1
        if is_home:
            note = _("back at the start")
        else:
            after = found.hops[at + 1]
            rested = words.span(after.row["time"] - row["time"], language)
            note = _("lay %(time)s, %(share)d%% went on") % {"time": rested, "share": after.kept_from or 0}
        title = f"{at + 1}. {local(row['time']):%Y-%m-%d %H:%M:%S}  {told(row['amount'], row['currency'])}  → {name}"
        url = f"{reverse('evidence:row', args=[number, row['transfer_id']])}?ledger={found.ledger}"
        hops.append(clock_drawing.Hop(row["time"], row["amount"], name, note, title, url))
    middle = [
        words.span(max(whole, timedelta(seconds=1)), language),
        ngettext("%(n)d transfer", "%(n)d transfers", len(hops)) % {"n": len(hops)},
        " → ".join(
            rounded(each.row["amount"], each.row["currency"], language) for each in (found.hops[0], found.hops[-1])
        ),
    ]
    return clock_drawing.draw(hops, middle)


def account_name(account: Account | None, name: str | None, number: str | None) -> str:
    shown = name or (account.name if account else "")
    told = f"{shown} {tail(number or '')}".strip() if shown else number or "–"
    return told if account is None or account.stated else f"{told} *"


# On paper -------------------------------------------------------------------------------------------------------------


def notes(case_number: str, ledger: int, sha256: str, *more: str) -> list[str]:
    """What a picture rests on, under it."""
    rests = _("Case %(case)s · ledger %(ledger)d · SHA-256 %(hash)s") % {
        "case": case_number,
        "ledger": ledger,
        "hash": sha256,
    }
    return [rests, *(each for each in more if each)]
