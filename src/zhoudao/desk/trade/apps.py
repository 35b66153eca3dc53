from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "zhoudao.desk.trade"
    label = "trade"

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from zhoudao.desk.cases import ports
        from zhoudao.desk.trade.actions import forget

        ports.offer_tab(27, pgettext_lazy("tab", "Invoices"), "trade:start", "trade/")
        ports.on_destroying("trade", forget)
