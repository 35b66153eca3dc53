"""Bundles as their owner sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role, require
from zhoudao.counter.applications.models import Application, Draft, Paper
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import ForWhom, Program
from zhoudao.counter.catalog.schema import Channel, Item
from zhoudao.counter.enterprises.models import Bundle
from zhoudao.counter.enterprises.problems import NotFound
from zhoudao.counter.enterprises.rules import BUNDLE, Asked, asked_once


@dataclass(frozen=True)
class PartOf:
    """An item of a bundle that isn't handed in."""

    uid: str
    item: Item
    program: Program
    answers: dict[str, str]
    wrong: tuple[forms.BadAnswer, ...]
    missing: tuple[str, ...]
    """Materials that it needs and doesn't have."""

    @property
    def complete(self) -> bool:
        return not self.wrong and not self.missing


@dataclass(frozen=True)
class Shown:
    bundle: Bundle
    parts: list[PartOf]
    asked: Asked
    answers: dict[str, str]
    papers: dict[str, Paper]
    """By material: what was handed in for the first that asks."""
    saved: int
    """How many papers need not be handed in a second time."""

    @property
    def complete(self) -> bool:
        return bool(self.parts) and all(each.complete for each in self.parts)


def own(actor: Actor, uid: str) -> Bundle:
    """A bundle the actor began: an agent's of the organisation they act for now. Raises NotFound, Forbidden."""
    require(actor, BUNDLE)
    found = Bundle.objects.select_related("organisation").filter(uid=uid, owner_id=actor.user_id).first()
    if found is None or (actor.role is Role.AGENT and found.organisation_id != actor.organisation_id):
        raise NotFound(uid)
    return found


def offered(actor: Actor) -> list[Item]:
    """Items that an enterprise may apply for online; for a clerk, at a window. Raises Forbidden."""
    require(actor, BUNDLE)
    way = Channel.WINDOW if actor.role is Role.CLERK else Channel.ONLINE
    return [
        item
        for item in catalog.definitions(actor)
        if item.program is not None and ForWhom.ORGANISATION in item.program.for_whom and way in item.channels
    ]


def parts_of(bundle: Bundle) -> list[PartOf]:
    """Three queries, and what the catalogue keeps in memory."""
    uids = list(bundle.parts.values_list("uid", flat=True))
    drafts = {each.uid: each for each in Draft.objects.filter(uid__in=uids)}
    have: dict[str, set[str]] = {uid: set() for uid in uids}
    for uid, material in Paper.objects.filter(uid__in=uids).values_list("uid", "material"):
        have[uid].add(material)
    return [_part(drafts[uid], have[uid]) for uid in uids if uid in drafts]


def shown(actor: Actor, uid: str) -> Shown:
    """Raises NotFound, Forbidden."""
    bundle = own(actor, uid)
    parts = parts_of(bundle)
    answers = {code: text for part in reversed(parts) for code, text in part.answers.items()}
    asked = asked_once([(each.program, each.answers) for each in parts])
    papers: dict[str, Paper] = {}
    for paper in (
        Paper.objects.select_related("file").filter(uid__in=[each.uid for each in parts]).order_by("pk")
    ):
        papers.setdefault(paper.material, paper)
    each_asks = sum(len(forms.papers(part.program, part.answers)) for part in parts)
    return Shown(bundle, parts, asked, answers, papers, each_asks - len(asked.papers))


def applied_for(actor: Actor, uid: str) -> list[Application]:
    """The applications of a bundle that was handed in. Raises NotFound, Forbidden."""
    bundle = own(actor, uid)
    uids = list(bundle.parts.values_list("uid", flat=True))
    return list(Application.objects.filter(uid__in=uids).order_by("number"))


def _part(draft: Draft, have: set[str]) -> PartOf:
    item = catalog.item_in_version(SYSTEM, draft.item, draft.item_version)
    assert item.program is not None  # a draft is of an item that is applied for
    answers = json.loads(draft.answers or "{}")
    good, bad = forms.check_all(item.program, answers, clock.local(clock.now()).date())
    needed = [each.material for each in forms.papers(item.program, good) if each.required]
    missing = tuple(material for material in needed if material not in have)
    return PartOf(draft.uid, item, item.program, answers, tuple(bad), missing)
