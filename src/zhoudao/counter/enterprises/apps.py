from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "zhoudao.counter.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from zhoudao.counter.applications import ports
        from zhoudao.counter.enterprises.queries.firms import officer_of

        ports.register_named_officer(officer_of)
