from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "zhoudao.desk.findings"
    label = "findings"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from zhoudao.desk.cases import ports
        from zhoudao.desk.findings.actions import forget

        ports.offer_tab(30, _("Findings"), "findings:list", "findings/")
        ports.offer_tab(40, _("Packages"), "findings:packages", "packages/")
        ports.on_destroying("findings", forget)
