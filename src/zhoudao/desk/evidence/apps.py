from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "zhoudao.desk.evidence"
    label = "evidence"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from zhoudao.desk.cases import ports
        from zhoudao.desk.evidence.actions import forget

        ports.offer_tab(10, _("Evidence"), "evidence:files", "evidence/")
        ports.offer_tab(20, _("Ledger"), "evidence:ledger", "ledger/")
        ports.on_destroying("evidence", forget)
