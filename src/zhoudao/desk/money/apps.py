from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "zhoudao.desk.money"
    label = "money"

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from zhoudao.desk.cases import ports
        from zhoudao.desk.money.actions import forget

        ports.offer_tab(25, pgettext_lazy("tab", "Money"), "money:start", "money/")
        ports.on_destroying("money", forget)
