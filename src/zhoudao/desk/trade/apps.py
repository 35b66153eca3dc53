from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "zhoudao.desk.trade"
    label = "trade"

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from zhoudao.desk.cases import ports
        from zhoudao.desk.findings import ports as findings
        from zhoudao.desk.trade.actions import forget
        from zhoudao.desk.trade.labels import CASE_ROWS
        from zhoudao.desk.trade.packed import packed
        from zhoudao.engines.invoices.cases import DETECTORS

        ports.offer_tab(27, pgettext_lazy("tab", "Invoices"), "trade:start", "trade/")
        ports.on_destroying("trade", forget)
        for detector in DETECTORS:
            findings.offer(detector.name, findings.Source("trade:found", packed, CASE_ROWS))
