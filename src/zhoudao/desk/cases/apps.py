from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "zhoudao.desk.cases"
    label = "cases"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from zhoudao.desk.cases.ports import offer_tab

        offer_tab(0, _("Overview"), "cases:overview", "")
        offer_tab(50, _("Requests"), "cases:requests", "requests/")
