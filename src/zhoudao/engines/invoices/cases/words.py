"""What the signs of a case say, in both languages: screens speak for themselves, ties here."""

from __future__ import annotations

from zhoudao.engines.detection import Text, detectors, say
from zhoudao.engines.detection.words import money
from zhoudao.engines.invoices.cases.scores import Sign
from zhoudao.engines.invoices.cases.ties import Tie

TIES: dict[str, Text] = {
    "sells_to_exporter": Text(
        "销售的 {share} 开给在案出口企业 {other}",
        "{share} of its sales went to {other}, an exporter of the case",
    ),
    "sells_to_issuer": Text(
        "销售的 {share} 开给在案开票企业 {other}",
        "{share} of its sales went to {other}, an issuer of the case",
    ),
    "buys_from_issuer": Text(
        "购进的 {share} 来自在案开票企业，以 {other} 为最多",
        "{share} of its purchases came from issuers of the case, most from {other}",
    ),
    "refunds_rest_on": Text(
        "退税的 {share}（{amount}）以在案开票企业的发票为凭，以 {other} 为最多",
        "{share} of its refunds ({amount}) rest on issuers of the case, most on {other}",
    ),
    "carries_refunds": Text(
        "其发票是在案出口企业 {other} 退税 {amount} 的凭证",
        "Its invoices carry refunds of {amount} to {other}, an exporter of the case",
    ),
    "pays_and_gets_back": Text(
        "付给在案开票企业 {other} 的 {amount} 又回到自己手中",
        "{amount} it paid to {other}, an issuer of the case, came back to it",
    ),
    "paid_and_gave_back": Text(
        "在案出口企业 {other} 付出的 {amount} 经其账户回流",
        "{amount} that {other}, an exporter of the case, paid went back by its account",
    ),
    "on_the_way_back": Text(
        "{other} 付出的 {amount} 回流时经过其账户",
        "{amount} that {other} paid passed its account on the way back",
    ),
}
_SHARED = {
    "person": Text("与在案企业同由 {other} 任职", "{other} holds office in it and in a firm of the case"),
    "phone": Text("与在案企业共用电话 {other}", "shares the telephone {other} with a firm of the case"),
    "address": Text("与在案企业同一地址（{other}）", "has the address of a firm of the case ({other})"),
    "device": Text(
        "与在案企业在同一设备（{other}）上开票", "issues on the machine of a firm of the case ({other})"
    ),
}
TIES |= {f"{kind}_{reach}": text for kind, text in _SHARED.items() for reach in ("close", "wide")}


def said(sign: Sign, language: str) -> str:
    """One sign as a sentence; ``language`` is zh or en."""
    if sign.hit is not None:
        return say(detectors()[sign.hit.detector], sign.hit.code, sign.hit.values, language)
    assert sign.tie is not None
    return tie_said(sign.tie, language)


def tie_said(tie: Tie, language: str) -> str:
    text = TIES[tie.name]
    values = {"other": tie.other, "amount": money(tie.amount, language), "share": f"{tie.share * 100:.3g}%"}
    return (text.zh if language.startswith("zh") else text.en).format(**values)
