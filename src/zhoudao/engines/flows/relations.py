"""What an analyst asks of accounts: neighbours, common counterparties, levels below, and who shares a device."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph

LINKS = pa.schema(
    [("payer", pa.string()), ("payee", pa.string()), ("transfers", pa.int64()), ("amount", pa.int64())]
)


def neighbours(
    graph: MoneyGraph,
    accounts: Sequence[str],
    *,
    most: int = 200,
    first: int | None = None,
    last: int | None = None,
) -> tuple[pa.Table, bool]:
    """Who paid ``accounts`` and whom they paid: LINKS, largest sums first; and whether there are more than ``most``.

    ``first`` and ``last``: microseconds, inclusive. Names that aren't in the ledger are left out.
    """
    numbers = graph.account_numbers(accounts)
    edges = np.unique(
        np.concatenate([_edges(graph, int(n)) for n in numbers if n >= 0] or [np.zeros(0, np.int32)])
    )
    inside = np.ones(edges.size, dtype=bool)
    if first is not None:
        inside &= graph.time[edges] >= first
    if last is not None:
        inside &= graph.time[edges] <= last
    edges = edges[inside]
    pair = graph.source[edges].astype(np.int64) * graph.account_count + graph.target[edges]
    keys, place = np.unique(pair, return_inverse=True)
    sums, counts = np.zeros(keys.size, dtype=np.int64), np.bincount(place, minlength=keys.size)
    np.add.at(sums, place, graph.amount[edges])
    order = np.lexsort((keys, -sums))[:most]
    table = pa.table(
        [
            graph.account_names(keys[order] // graph.account_count),
            graph.account_names(keys[order] % graph.account_count),
            pa.array(counts[order], pa.int64()),
            pa.array(sums[order], pa.int64()),
        ],
        schema=LINKS,
    )
    return table, keys.size > most


def transfers_between(graph: MoneyGraph, payer: str, payee: str) -> Ints:
    """The transfers (by number) that one account made to another."""
    source, target = graph.account_numbers([payer, payee])
    if source < 0 or target < 0:
        return np.zeros(0, dtype=np.int32)
    part = slice(graph.out_start[source], graph.out_start[source + 1])
    return graph.out_edge[part][graph.out_target[part] == target]


def common_counterparties(graph: MoneyGraph, subjects: Sequence[str], *, least: int = 2) -> pa.Table:
    """Accounts that dealt with ``least`` subjects or more (共同对手): a row each, and two columns a subject.

    ``account, subjects``, then for each subject ``to NAME`` and ``from NAME``: minor units that the account paid to it
    and had from it. Conduits and the unknown account are left out.
    """
    numbers = graph.account_numbers(subjects)
    paid = np.zeros((graph.account_count, len(subjects), 2), dtype=np.int64)
    for column, number in enumerate(numbers.tolist()):
        if number < 0:
            continue
        came = slice(graph.in_start[number], graph.in_start[number + 1])
        went = slice(graph.out_start[number], graph.out_start[number + 1])
        np.add.at(paid[:, column, 0], graph.in_source[came], graph.amount[graph.in_edge[came]])
        np.add.at(paid[:, column, 1], graph.out_target[went], graph.amount[graph.out_edge[went]])
    dealt = (paid.sum(axis=2) > 0).sum(axis=1)
    dealt[np.asarray(graph.closed) != 0] = 0
    rows = np.flatnonzero(dealt >= least)
    rows = rows[np.lexsort((rows, -paid[rows].sum(axis=(1, 2)), -dealt[rows]))]
    columns = {"account": graph.account_names(rows), "subjects": pa.array(dealt[rows], pa.int64())}
    for column, name in enumerate(subjects):
        columns[f"to {name}"] = pa.array(paid[rows, column, 0])
        columns[f"from {name}"] = pa.array(paid[rows, column, 1])
    return pa.table(columns)


def penetrate(
    graph: MoneyGraph,
    account: str,
    levels: int,
    *,
    floor: int = 0,
    within: timedelta | None = None,
    forward: bool = True,
    most: int = 100_000,
) -> tuple[pa.Table, bool]:
    """Level by level, whom money went to (穿透): ``level, payer, payee, transfer_id, amount``; and whether it was cut.

    An account is followed from its earliest arrival on (backward: until its latest departure), by transfers of
    ``floor`` or more, each at most ``within`` after the arrival; every account is followed once, at its first level.
    Conduits and the unknown account are named and not followed. At most ``most`` transfers.
    """  # fmt: skip
    start = int(graph.account_numbers([account])[0])
    if start < 0:
        raise ValueError(f"{account}: expected an account of the ledger")
    span = None if within is None else within // timedelta(microseconds=1)
    starts, edges, others = (
        (graph.out_start, graph.out_edge, graph.out_target)
        if forward
        else (graph.in_start, graph.in_edge, graph.in_source)
    )
    sign = 1 if forward else -1
    reached: dict[int, int | None] = {start: None}
    frontier: dict[int, int | None] = {start: None}
    found: list[int] = []
    depth: list[int] = []
    cut = False
    for level in range(1, levels + 1):
        arrivals: dict[int, int] = {}
        for x, at in frontier.items():
            part = slice(starts[x], starts[x + 1])
            chosen, to = edges[part], others[part]
            good = graph.amount[chosen] >= floor
            if at is not None:
                late = sign * (graph.rank[chosen] - graph.rank[at]) > 0
                good &= late
                if span is not None:
                    good &= np.abs(graph.time[chosen] - graph.time[at]) <= span
            chosen, to = chosen[good], to[good]
            if len(found) + chosen.size > most:
                chosen, to, cut = chosen[: most - len(found)], to[: most - len(found)], True
            found += chosen.tolist()
            depth += [level] * chosen.size
            for edge, y in zip(chosen.tolist(), to.tolist(), strict=True):
                if y not in reached and not graph.closed[y]:
                    known = arrivals.get(y)
                    arrivals[y] = edge if known is None else (min if forward else max)(known, edge)
        reached |= arrivals
        frontier = dict(arrivals.items())
        if cut or not frontier:
            break
    rows = np.array(found, dtype=np.int64)
    table = pa.table(
        {
            "level": pa.array(depth, pa.int32()),
            "payer": graph.account_names(graph.source[rows]),
            "payee": graph.account_names(graph.target[rows]),
            "transfer_id": graph.ids(rows),
            "amount": pa.array(graph.amount[rows], pa.int64()),
        }
    )
    return table, cut


def device_clusters(ledger: pa.Table, *, left_out: Sequence[str] = (), most_accounts: int = 200) -> pa.Table:
    """Payers that share an IP or MAC address: ``cluster, account, address``, by cluster, largest first.

    Blank, private, loopback and reserved addresses are left out, those in ``left_out`` too (a bank's or a carrier's,
    as addresses or networks), and any that more than ``most_accounts`` use: a carrier's gateway says nothing.
    """
    networks = [ipaddress.ip_network(each, strict=False) for each in left_out if ":" in each or "." in each]
    macs = {each.lower().replace("-", ":") for each in left_out}
    pairs: set[tuple[str, str]] = set()
    for column in ("ip", "mac"):
        if column not in ledger.column_names:
            continue
        table = pa.table({"account": ledger["source_account"], "address": ledger[column]})
        table = table.filter(pc.and_(pc.is_valid(table["account"]), pc.is_valid(table["address"])))
        table = table.group_by(["account", "address"]).aggregate([])
        for account, text in zip(table["account"].to_pylist(), table["address"].to_pylist(), strict=True):
            address = _ip(text, networks) if column == "ip" else _mac(text, macs)
            if address and account:
                pairs.add((account, address))
    users: dict[str, list[str]] = {}
    for account, address in sorted(pairs):
        users.setdefault(address, []).append(account)
    shared = {address: who for address, who in users.items() if 2 <= len(who) <= most_accounts}
    accounts = sorted({account for who in shared.values() for account in who})
    place = {account: i for i, account in enumerate(accounts)}
    links = [(place[who[0]], place[each]) for who in shared.values() for each in who[1:]]
    schema = pa.schema([("cluster", pa.int64()), ("account", pa.string()), ("address", pa.string())])
    if not links:
        return schema.empty_table()
    ends = np.array(links).T
    size = len(accounts)
    _, label = connected_components(
        coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(size, size))
    )
    sizes = np.bincount(label)
    number = {old: new for new, old in enumerate(np.lexsort((np.arange(sizes.size), -sizes)).tolist())}
    rows = sorted(
        (number[int(label[place[account]])], account, address)
        for address, who in shared.items()
        for account in who
    )
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema)


def _edges(graph: MoneyGraph, account: int) -> Ints:
    return np.concatenate(
        [
            graph.out_edge[graph.out_start[account] : graph.out_start[account + 1]],
            graph.in_edge[graph.in_start[account] : graph.in_start[account + 1]],
        ]
    )


def _ip(text: str, networks: list) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if not address.is_global or any(address in network for network in networks):
        return None
    return str(address)


def _mac(text: str, left_out: set[str]) -> str | None:
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if len(digits) != 12 or len(set(digits)) < 3:  # none, 00:00..., ff:ff...
        return None
    address = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
    return None if address in left_out else address
